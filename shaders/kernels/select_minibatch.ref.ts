import type { TwinCall } from '../../src/engine/twin.ts';

/** The sequences of a minibatch: whole groups in the epoch's order, or a share of one group's members. */
export function select_minibatch({ b, size, at }: TwinCall): void {
  const { prompt_order, kept_group, sequence_index } = b;
  const { replica, prompt, member, mb_prompt, mb_member, mb_sequence } = size;
  const shares = member / mb_member;
  const first_member = (at.minibatch % shares) * mb_member;
  for (let r = 0; r < replica; r++) {
    for (let p = 0; p < mb_prompt; p++) {
      const place = prompt_order[r * prompt + Math.floor(at.minibatch / shares) * mb_prompt + p];
      const group = kept_group[r * prompt + place];
      for (let m = 0; m < mb_member; m++) {
        sequence_index[r * mb_sequence + p * mb_member + m] = group * member + first_member + m;
      }
    }
  }
}
