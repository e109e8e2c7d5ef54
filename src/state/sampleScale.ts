/** How a number of a token becomes one of nine colours, and its sign a symbol. */
import type { SampleGroup, SampleToken } from '../trainer/protocol.ts';

/** Colours on either side of zero. */
export const COEF_LEVELS = 4;

const ROUNDING = 1e-5; // a ratio so near to 1 differs from it by rounding alone

/** The numbers that can colour the tokens. */
export type TokenColor = 'coef' | 'advantage' | 'ratio' | 'entropy';

/** A number of a token, and how it is coloured. */
export interface TokenScale {
  /** what is coloured: 0 has no colour */
  of(token: SampleToken): number;
  /** the number that a coloured size stands for */
  shown(size: number): number;
  /** what is said at the ends of the legend; a number without a sign has only one */
  low: string;
  high: string;
  is_signed: boolean;
  /** what it means that all are 0 */
  none: string;
}

/** How each number is coloured. */
export const TOKEN_SCALES: Record<TokenColor, TokenScale> = {
  coef: {
    of: (token) => token.coef,
    shown: (size) => size,
    low: 'less likely',
    high: 'more likely',
    is_signed: true,
    none: 'No token is pushed: every coef of this group is 0, as it is when all its rewards are equal.',
  },
  advantage: {
    of: (token) => token.advantage,
    shown: (size) => size,
    low: 'worse than expected',
    high: 'better than expected',
    is_signed: true,
    none: 'Every advantage of this group is 0, as it is when all its rewards are equal.',
  },
  ratio: {
    of: (token) => {
      const log_ratio = Math.log(token.ratio);
      return Math.abs(log_ratio) < ROUNDING ? 0 : log_ratio;
    },
    shown: (size) => Math.exp(size),
    low: 'less likely than when drawn',
    high: 'more likely than when drawn',
    is_signed: true,
    none: 'Every ratio is 1: the weights that were updated are those that drew the tokens.',
  },
  entropy: {
    of: (token) => token.entropy,
    shown: (size) => size,
    low: 'certain',
    high: 'undecided, nats',
    is_signed: false,
    none: 'Every entropy is 0: the policy had no choice left.',
  },
};

/** Their names, in the order in which they are offered. */
export const TOKEN_COLORS = Object.keys(TOKEN_SCALES) as TokenColor[];

/** The largest number of a group in size, which gets the strongest colour; 0 where nothing is coloured. */
export function coefLimit(sample: SampleGroup, by: TokenColor = 'coef'): number {
  let limit = 0;
  for (const response of sample.responses) {
    for (const token of response.tokens) {
      const size = Math.abs(TOKEN_SCALES[by].of(token));
      if (token.mask > 0 && Number.isFinite(size)) limit = Math.max(limit, size);
    }
  }
  return limit;
}

/** The colour of a number, from −4 to 4; 0 only for zero itself, so that no push is hidden. */
export function coefLevel(coef: number, limit: number): number {
  if (!(limit > 0) || !(Math.abs(coef) > 0)) return 0;
  return Math.sign(coef) * Math.min(COEF_LEVELS, Math.max(1, Math.ceil((Math.abs(coef) / limit) * COEF_LEVELS)));
}

/** The symbol of a token's colour: the sign, or for a number without one how many quarters of the largest. */
export function signOf(token: SampleToken, by: TokenColor, limit: number): string {
  const level = token.mask > 0 ? coefLevel(TOKEN_SCALES[by].of(token), limit) : 0;
  if (level === 0) return '';
  if (TOKEN_SCALES[by].is_signed) return level > 0 ? '+' : '−';
  return String(level);
}

/** How probable a token was when it was drawn. */
export const probabilityOf = (token: Pick<SampleToken, 'logp'>): number => Math.exp(token.logp);
