/** Rows of a run as objects: one per step and replica, absent metrics left out. What `--out` and the page's exports write. */
import type { MetricInfo } from './protocol.ts';
import type { Row } from './run.ts';

/** The shortest decimal that names the same f32. */
export function shortest(value: number): number {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** One step of one replica as an object; a metric that was not measured, or is not finite, is absent. */
export function rowObject(
  row: Row,
  replica: number,
  metrics: readonly Pick<MetricInfo, 'id'>[],
  seconds: number,
): Record<string, number> {
  const out: Record<string, number> = { step: row.step, replica, seconds: Number(seconds.toFixed(4)) };
  metrics.forEach(({ id }, m) => {
    const value = row.values[replica * metrics.length + m];
    if (Number.isFinite(value)) out[id] = shortest(value);
  });
  return out;
}
