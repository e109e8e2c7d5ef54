/** How a token's coefficient becomes one of nine colours. */
import type { SampleGroup } from '../trainer/protocol.ts';

/** Colours on either side of zero. */
export const COEF_LEVELS = 4;

/** The largest coefficient of a group in size, which gets the strongest colour; 0 where nothing is pushed. */
export function coefLimit(sample: SampleGroup): number {
  let limit = 0;
  for (const response of sample.responses) {
    for (const token of response.tokens) if (token.mask > 0) limit = Math.max(limit, Math.abs(token.coef));
  }
  return Number.isFinite(limit) ? limit : 0;
}

/** The colour of a coefficient, from −4 to 4; 0 only for zero itself, so that no push is hidden. */
export function coefLevel(coef: number, limit: number): number {
  if (!(limit > 0) || !(Math.abs(coef) > 0)) return 0;
  return Math.sign(coef) * Math.min(COEF_LEVELS, Math.max(1, Math.ceil((Math.abs(coef) / limit) * COEF_LEVELS)));
}
