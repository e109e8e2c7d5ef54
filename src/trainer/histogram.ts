/** How the advantages, or the coefficients, of the newest rollout are spread. */
import type { Histogram, HistogramOf } from './protocol.ts';
import type { Run } from './run.ts';

const BINS = 24; // about so many over the range
const TINY = 1e-30; // nothing that could be seen as a number of its own

/** The smallest of 1, 2, 5 times a power of ten that is not below a size. */
function roundWidth(size: number): number {
  const decade = 10 ** Math.floor(Math.log10(size));
  const lead = size / decade;
  return decade * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/** Counts values in bins of a round width of which zero is an edge; values of exactly zero are counted for themselves. */
export function binned(values: readonly number[]): Pick<Histogram, 'first' | 'width' | 'counts' | 'zeros'> {
  const finite = values.filter(Number.isFinite).map((value) => (Math.abs(value) < TINY ? 0 : value));
  const low = finite.reduce((least, value) => Math.min(least, value), 0);
  const high = finite.reduce((most, value) => Math.max(most, value), 0);
  const zeros = finite.filter((value) => value === 0).length;
  if (low === high) return { first: 0, width: 1, counts: [], zeros };
  const width = roundWidth((high - low) / BINS);
  const first = Math.floor(low / width);
  const counts = new Array<number>(Math.max(1, Math.ceil(high / width) - first)).fill(0);
  for (const value of finite) {
    if (value === 0) continue;
    // a value on an edge belongs to the bin nearer to zero, so that no bin holds both signs
    const bin = value > 0 ? Math.ceil(value / width) - 1 : Math.floor(value / width);
    counts[Math.min(counts.length - 1, Math.max(0, bin - first))]++;
  }
  return { first, width, counts, zeros };
}

/** Reads the newest rollout of one replica; a response or token that is not trained on is left out. */
export async function readHistogram(run: Run, of: HistogramOf, replica: number): Promise<Histogram> {
  const { mask_word, sequence, position_stride, advantage_stride } = run.program.dims;
  const r = Math.min(Math.max(0, Math.floor(replica) || 0), run.replicas - 1);
  const is_per_token = of === 'coef' || advantage_stride > 1;
  const found: number[] = [];
  if (run.step > 0) {
    const source = of === 'coef' ? 'token_stat' : 'advantage';
    const read = await run.executor.read(['token_mask', 'length', source]);
    const { token_mask, length } = read;
    const numbers = read[source];
    for (let s = r * sequence; s < (r + 1) * sequence; s++) {
      const own = (t: number) => (token_mask[s * mask_word + (t >> 5)] >>> (t & 31)) & 1;
      for (let t = 0; t < length[s]; t++) {
        if (own(t) === 0) continue;
        if (of === 'coef') found.push(numbers[(s * position_stride + t) * 8]);
        else found.push(numbers[s * advantage_stride + (is_per_token ? t : 0)]);
        if (!is_per_token) break;
      }
    }
  }
  const finite = found.filter(Number.isFinite);
  return {
    of,
    step: Math.max(0, run.step - 1),
    replica: r,
    unit: is_per_token ? 'token' : 'response',
    count: finite.length,
    mean: finite.length === 0 ? Number.NaN : finite.reduce((sum, value) => sum + value, 0) / finite.length,
    low: finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    high: finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    ...binned(finite),
  };
}
