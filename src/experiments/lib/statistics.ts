/** Means over seeds with 95 % intervals, and what an interval says about a claim. */

/** 0.975 quantiles of Student's t for 1 … 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
/** 0.975 quantile of the normal distribution. */
const Z_975 = 1.959964;

/**
 * 0.975 quantile of Student's t: from the table, above it by the expansion 26.7.5 of Abramowitz and Stegun. Degrees of
 * freedom that are no whole number are rounded down, which widens the interval.
 */
export function studentT(dof: number): number {
  const whole = Math.floor(dof);
  if (!(whole >= 1)) return Number.NaN;
  if (whole <= T_975.length) return T_975[whole - 1];
  const z = Z_975;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / whole + second / whole ** 2;
}

/** A mean with the half width of its 95 % interval; the half width is NaN below two values, the mean with none. */
export interface Estimate {
  mean: number;
  half_width: number;
  /** seeds in which the number could be measured */
  n: number;
}

/** Mean and variance of the mean, over the values that are numbers. */
function moments(values: readonly number[]): { mean: number; variance: number; n: number } {
  const known = values.filter(Number.isFinite);
  const n = known.length;
  const mean = known.reduce((sum, v) => sum + v, 0) / n;
  const variance = known.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1) / n;
  return { mean, variance: n > 1 ? variance : Number.NaN, n };
}

/** The mean over seeds with its interval; seeds without a number are left out. */
export function estimate(values: readonly number[]): Estimate {
  const { mean, variance, n } = moments(values);
  return { mean, half_width: studentT(n - 1) * Math.sqrt(variance), n };
}

/** Left minus right, seed by seed: both arms saw the same seeds, so what a seed does to both cancels out. */
export function pairedDifference(left: readonly number[], right: readonly number[]): Estimate {
  return estimate(left.map((value, seed) => value - right[seed]));
}

/** Left minus right of arms that share no seeds: Welch's interval. */
export function unpairedDifference(left: readonly number[], right: readonly number[]): Estimate {
  const a = moments(left);
  const b = moments(right);
  const variance = a.variance + b.variance;
  const dof = variance ** 2 / (a.variance ** 2 / (a.n - 1) + b.variance ** 2 / (b.n - 1));
  const quantile = variance === 0 ? 0 : studentT(dof);
  return { mean: a.mean - b.mean, half_width: quantile * Math.sqrt(variance), n: Math.min(a.n, b.n) };
}

/** What a claim asserts about left minus right. */
export type Relation = 'above' | 'below' | 'near';
/** `holds`: the whole interval agrees. `opposite`: the whole interval disagrees. `undecided`: it straddles the border. */
export type Verdict = 'holds' | 'opposite' | 'undecided';

/** Reads the interval of a difference. For `near`, `within` is the largest difference that still counts as none. */
export function verdictOf(difference: Estimate, relation: Relation, within = 0): Verdict {
  const low = difference.mean - difference.half_width;
  const high = difference.mean + difference.half_width;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return 'undecided';
  if (relation === 'near') {
    if (low >= -within && high <= within) return 'holds';
    return high < -within || low > within ? 'opposite' : 'undecided';
  }
  if (low > 0) return relation === 'above' ? 'holds' : 'opposite';
  if (high < 0) return relation === 'below' ? 'holds' : 'opposite';
  return 'undecided';
}
