/** The entropy law of arXiv 2505.22617: score = −a · exp(entropy) + b, fitted by least squares. */

/** A fitted law. The fields of a prefix are there when one was asked for and could be fitted. */
export interface EntropyLaw {
  /** score paid per unit of exp(entropy) */
  a: number;
  b: number;
  /** the score that the law predicts at entropy 0: −a + b */
  ceiling_at_H0: number;
  /** root mean square of the residuals */
  rmse: number;
  /** share of the score's variance that the law explains; NaN where all scores are equal */
  r2: number;
  a_prefix?: number;
  b_prefix?: number;
  /** the ceiling as predicted from the first points alone */
  ceiling_prefix?: number;
  /** root mean square error of that prediction on the points behind the prefix; NaN where there are none */
  rmse_rest?: number;
}

/** Fewer distinct entropies than this carry no law. */
const LEAST_POINTS = 3;

/** Least squares of the score on exp(entropy); undefined with too few distinct entropies. */
function fitLine(entropy: readonly number[], score: readonly number[]): { a: number; b: number } | undefined {
  if (new Set(entropy).size < LEAST_POINTS) return undefined;
  const n = entropy.length;
  const x = entropy.map(Math.exp);
  const mean_x = x.reduce((sum, v) => sum + v, 0) / n;
  const mean_y = score.reduce((sum, v) => sum + v, 0) / n;
  let xx = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    xx += (x[i] - mean_x) ** 2;
    xy += (x[i] - mean_x) * (score[i] - mean_y);
  }
  const slope = xy / xx;
  return { a: -slope, b: mean_y - slope * mean_x };
}

/** Sum of squared residuals of the points from `from` on. */
function squares(
  law: { a: number; b: number },
  entropy: readonly number[],
  score: readonly number[],
  from = 0,
): number {
  let sum = 0;
  for (let i = from; i < entropy.length; i++) sum += (score[i] - (law.b - law.a * Math.exp(entropy[i]))) ** 2;
  return sum;
}

/**
 * Fits the law to pairs of entropy (nats) and score. With `prefix_points`, also fits the first so many points alone and
 * says how well they predict the rest. Undefined with fewer than three distinct entropies.
 */
export function fitEntropyLaw(
  entropy: readonly number[],
  score: readonly number[],
  prefix_points?: number,
): EntropyLaw | undefined {
  const law = fitLine(entropy, score);
  if (!law) return undefined;
  const n = entropy.length;
  const rest = squares(law, entropy, score);
  const mean = score.reduce((sum, v) => sum + v, 0) / n;
  const total = score.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const out: EntropyLaw = {
    ...law,
    ceiling_at_H0: law.b - law.a,
    rmse: Math.sqrt(rest / n),
    r2: total > 0 ? 1 - rest / total : Number.NaN,
  };
  if (prefix_points === undefined) return out;
  const prefix = fitLine(entropy.slice(0, prefix_points), score.slice(0, prefix_points));
  if (!prefix) return out;
  const behind = n - prefix_points;
  return {
    ...out,
    a_prefix: prefix.a,
    b_prefix: prefix.b,
    ceiling_prefix: prefix.b - prefix.a,
    rmse_rest: behind > 0 ? Math.sqrt(squares(prefix, entropy, score, prefix_points) / behind) : Number.NaN,
  };
}
