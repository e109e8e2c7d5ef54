/** Axes with round numbers on them. */
import type { ChartRow } from './chartRows.ts';
import { spanKey } from './chartRows.ts';

/** The range of an axis and where its ticks stand. */
export interface Axis {
  domain: [number, number];
  ticks: number[];
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below a size. */
function roundStep(size: number): number {
  const decade = 10 ** Math.floor(Math.log10(size));
  const lead = size / decade;
  return decade * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10);
}

/** Ticks at round numbers inside a range. */
export function roundTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const step = roundStep((high - low) / count);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** The axis of steps: from the first row to the last, ticks on whole steps. */
export function stepAxis(rows: readonly Pick<ChartRow, 'first' | 'last'>[], count: number): Axis {
  const first = rows[0]?.first ?? 0;
  const last = Math.max(rows.at(-1)?.last ?? 0, first + 1);
  return { domain: [first, last], ticks: roundTicks(first, last, count).filter(Number.isInteger) };
}

/** The axis of seconds. */
export function secondAxis(first: number, last: number, count: number): Axis {
  const end = Math.max(last, first + 0.1);
  return { domain: [first, end], ticks: roundTicks(first, end, count) };
}

/** The least and the largest of everything that is drawn, and of the values in `also`. */
export function rangeOf(
  rows: readonly ChartRow[],
  keys: readonly string[],
  also: readonly number[],
): { low: number; high: number } {
  let low = Math.min(...also, Number.POSITIVE_INFINITY);
  let high = Math.max(...also, Number.NEGATIVE_INFINITY);
  for (const row of rows) {
    for (const key of keys) {
      const value = row[key];
      if (Array.isArray(value)) {
        low = Math.min(low, value[0]);
        high = Math.max(high, value[1]);
      } else if (typeof value === 'number') {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  return { low, high };
}

/** The axis of values: round ends outside everything that is drawn, and outside the values in `also`. */
export function valueAxis(
  rows: readonly ChartRow[],
  ids: readonly string[],
  also: readonly number[],
  count: number,
): Axis {
  const { low, high } = rangeOf(
    rows,
    ids.flatMap((id) => [id, spanKey(id)]),
    also,
  );
  return spanAxis(low, high, count);
}

/** The axis on which equal distances are equal factors; the range must be above 0. */
export function logAxis(low: number, high: number, count: number): Axis {
  const linear = spanAxis(low, high, count);
  if (high < 4 * low && linear.domain[0] > 0) return linear; // its round numbers lie closer to what is drawn
  const leads = [1, 2, 5];
  const from = Math.floor(Math.log10(low) - 1e-9);
  const to = Math.ceil(Math.log10(high) + 1e-9);
  const round: number[] = [];
  for (let decade = from; decade <= to; decade++)
    for (const lead of leads) round.push(Number((lead * 10 ** decade).toPrecision(6)));
  const below = round.findLast((value) => value <= low * (1 + 1e-9)) ?? low;
  const above = round.find((value) => value >= high * (1 - 1e-9) && value > below) ?? high;
  const domain: [number, number] = [below, above];
  const inside = round.filter((value) => value >= below && value <= above);
  if (inside.length < 3) return { domain, ticks: roundTicks(below, above, count) };
  if (inside.length <= count + 1) return { domain, ticks: inside };
  const decades = inside.filter((value) => Math.abs(Math.log10(value) % 1) < 1e-9);
  const every = Math.ceil(decades.length / (count + 1));
  const ticks = decades.filter((_, k) => k % every === 0);
  return { domain, ticks: ticks.length >= 2 ? ticks : [below, above] };
}

/** The axis around a range of values, with round ends outside it. */
export function spanAxis(low: number, high: number, count: number): Axis {
  if (!(high >= low)) return { domain: [0, 1], ticks: [0, 1] };
  const least = Math.max(Math.abs(low), Math.abs(high)) * 1e-6 || 1; // below this the ticks would all read the same
  const top = high - low < least ? low + least : high;
  const step = roundStep((top - low) / count);
  const domain: [number, number] = [Math.floor(low / step + 1e-9) * step, Math.ceil(top / step - 1e-9) * step];
  return { domain, ticks: roundTicks(domain[0], domain[1], Math.round((domain[1] - domain[0]) / step)) };
}
