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

/** The axis of values: round ends outside everything that is drawn, and outside the values in `also`. */
export function valueAxis(
  rows: readonly ChartRow[],
  ids: readonly string[],
  also: readonly number[],
  count: number,
): Axis {
  let low = Math.min(...also, Number.POSITIVE_INFINITY);
  let high = Math.max(...also, Number.NEGATIVE_INFINITY);
  for (const row of rows) {
    for (const id of ids) {
      const span = row[spanKey(id)];
      const value = row[id];
      if (Array.isArray(span)) {
        low = Math.min(low, span[0]);
        high = Math.max(high, span[1]);
      } else if (typeof value === 'number') {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  return spanAxis(low, high, count);
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
