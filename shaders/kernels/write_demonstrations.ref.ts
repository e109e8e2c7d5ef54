import { PURPOSE, randomBits } from '../../src/engine/random.ts';
import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';
import { make_history, next_sample } from '../lib/history.ref.ts';

/** A demonstration in place of every response that its solver authors, an empty mask where nobody does; which variant is a pure function of (seed, step, sequence). */
export function write_demonstrations({ b, size, hyper, slot }: TwinCall): void {
  const { clock, demonstration_table, prompt_index, tokens, token_mask, length, recorded } = b;
  const { replica, sequence, prompt, member, variant, table_row, context, mask_word } = size;
  const { position, position_stride, prompt_position } = size;
  const history = make_history(tokens, size);
  for (let i = 0; i < replica * sequence; i++) {
    const author = recorded[i * position_stride * 4 + 3];
    if (author === AUTHOR.policy) continue;
    token_mask.fill(0, i * mask_word, (i + 1) * mask_word);
    if (author === AUTHOR.nobody) continue;
    const r = Math.floor(i / sequence);
    const s = i % sequence;
    history.hyper = hyper(r);
    history.base = i * context;
    const pick = randomBits(clock[r * 2], clock[r * 2 + 1], PURPOSE.demonstration, s, 0) % variant;
    const index = prompt_index[r * prompt + Math.floor(s / member)];
    const from = (index * variant + pick) * table_row;
    const symbols = demonstration_table[from + position];
    for (let t = 0; t < position; t++) {
      tokens[history.base + prompt_position + t] = t < symbols ? demonstration_table[from + t] : 0;
    }
    for (let t = 0; t < position; t++) recorded.set([0, 0, 0, AUTHOR.demonstration], (i * position_stride + t) * 4);
    for (let t = 0; t < symbols; t++) {
      // a symbol that the task forces is not the policy's own
      if (slot.next_symbol(t, history).kind === next_sample) token_mask[i * mask_word + (t >>> 5)] |= 1 << (t & 31);
    }
    length[i] = symbols;
  }
}
