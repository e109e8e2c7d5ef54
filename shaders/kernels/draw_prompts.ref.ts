import type { TwinCall } from '../../src/engine/twin.ts';

/** One prompt per group, its symbols in front of every member's response. */
export function draw_prompts({ b, size, at, hyper, slot }: TwinCall): void {
  const { clock, prompt_table, prompt_index, tokens } = b;
  const { replica, prompt, member, prompt_position, context } = size;
  for (let r = 0; r < replica; r++) {
    const asked = at.is_common ? 0 : r;
    for (let group = 0; group < prompt; group++) {
      const index = slot.choose_prompt(group, clock[asked * 2], clock[r * 2 + 1], size, hyper(asked));
      prompt_index[r * prompt + group] = index;
      for (let m = 0; m < member; m++) {
        const to = ((r * prompt + group) * member + m) * context;
        for (let j = 0; j < prompt_position; j++) tokens[to + j] = prompt_table[index * prompt_position + j];
      }
    }
  }
}
