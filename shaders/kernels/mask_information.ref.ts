import type { TwinCall } from '../../src/engine/twin.ts';

/** Clears the mask of every closed information block, tags included (arXiv 2508.10874). */
export function mask_information({ b, size }: TwinCall): void {
  const { tokens, length, token_mask } = b;
  const { replica, sequence, context, prompt_position, mask_word, open_information, close_information } = size;
  for (let s = 0; s < replica * sequence; s++) {
    const start = s * context + prompt_position;
    const response = Array.from(tokens.subarray(start, start + length[s]));
    for (let from = response.indexOf(open_information); from >= 0; ) {
      const to = response.indexOf(close_information, from + 1);
      if (to < 0) break;
      for (let t = from; t <= to; t++) {
        const word = s * mask_word + (t >>> 5);
        token_mask[word] = (token_mask[word] & ~(1 << (t & 31))) >>> 0;
      }
      from = response.indexOf(open_information, to + 1);
    }
  }
}
