import type { Numbers } from '../../src/engine/twin.ts';

/** Token masks are bits, 32 positions to a word: is position t, of the sequence whose words start at `first`, the policy's own? */
export const mask_bit = (token_mask: Numbers, first: number, t: number): boolean =>
  ((token_mask[first + (t >>> 5)] >>> (t & 31)) & 1) === 1;
