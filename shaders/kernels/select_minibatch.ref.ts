import type { TwinCall } from '../../src/engine/twin.ts';

/** The sequences of a minibatch: whole groups in the epoch's order, or a share of one group's members. */
export function select_minibatch({ b, size, at }: TwinCall): void {
  const { prompt_order, sequence_index } = b;
  const { replica, prompt, member, mb_prompt, mb_member, mb_sequence } = size;
  const shares = member / mb_member;
  const first_member = (at.minibatch % shares) * mb_member;
  for (let r = 0; r < replica; r++) {
    for (let p = 0; p < mb_prompt; p++) {
      const group = prompt_order[r * prompt + Math.floor(at.minibatch / shares) * mb_prompt + p];
      for (let m = 0; m < mb_member; m++) {
        sequence_index[r * mb_sequence + p * mb_member + m] = group * member + first_member + m;
      }
    }
  }
}
