/** The rows of the present run as CSV and as JSON lines, with the names and numbers that `npm run train -- --out` writes. */
import { rowObject } from '../../trainer/rows.ts';
import type { MetricStore, RowsSoFar } from '../metricStore.ts';
import type { Piece } from '../singleRows.ts';

/** The rows of a moment; what arrives later leaves them as they are. */
export interface TakenRows {
  ids: readonly string[];
  rows: RowsSoFar;
  /** the rows by replica; undefined where only means are kept */
  pieces: readonly Piece[] | undefined;
}

/** What stands under `replica` where only means were kept: three lines for a step. */
const SUMMARIES = ['mean', 'lowest', 'highest'] as const;

type Line = Record<string, number | string>;

/** The rows so far. `ids` is the order of the metrics; those of earlier parts of the run follow. */
export function takeRows(metrics: MetricStore, ids: readonly string[]): TakenRows {
  const rows = metrics.soFar();
  const all = [...new Set([...ids, ...rows.columns.keys()])];
  const pieces = rows.num_replicas > 1 ? metrics.every.soFar() : undefined;
  return { ids: all, rows, pieces };
}

/** True where a line is one replica's, false where only mean, lowest and highest of the replicas are left. */
export const isSingle = ({ rows, pieces }: TakenRows): boolean => rows.num_replicas === 1 || pieces !== undefined;

/** How many lines the files have, heading left out. */
export const numLines = (taken: TakenRows): number =>
  taken.rows.num_rows * (isSingle(taken) ? taken.rows.num_replicas : SUMMARIES.length);

function* objectsOf({ ids, rows, pieces }: TakenRows): Generator<Line> {
  const { num_rows, num_replicas, steps, seconds, columns } = rows;
  if (pieces) {
    let row = 0;
    for (const piece of pieces) {
      const width = piece.num_replicas * piece.ids.length;
      const metrics = piece.ids.map((id) => ({ id }));
      for (let k = 0; k < piece.count && row < num_rows; k++, row++) {
        const values = piece.values.subarray(k * width, (k + 1) * width);
        for (let replica = 0; replica < piece.num_replicas; replica++)
          yield rowObject({ step: steps[row], values }, replica, metrics, seconds[row]);
      }
    }
    return;
  }
  const metrics = ids.map((id) => ({ id }));
  const summaries = num_replicas === 1 ? (['mean'] as const) : SUMMARIES;
  const key = { mean: 'mean', lowest: 'low', highest: 'high' } as const;
  for (let row = 0; row < num_rows; row++) {
    for (const summary of summaries) {
      const values = Float32Array.from(ids, (id) => columns.get(id)?.[key[summary]][row] ?? Number.NaN);
      const line = rowObject({ step: steps[row], values }, 0, metrics, seconds[row]);
      yield num_replicas === 1 ? line : { ...line, replica: summary };
    }
  }
}

/** A field of a CSV file as RFC 4180 writes it. */
const field = (value: number | string | undefined): string => {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A heading and one line per step and replica; what was not measured, or is not finite, is empty. */
export function* csvLines(taken: TakenRows): Generator<string> {
  const heading = ['step', 'replica', 'seconds', ...taken.ids];
  yield `${heading.map(field).join(',')}\r\n`;
  for (const line of objectsOf(taken)) yield `${heading.map((name) => field(line[name])).join(',')}\r\n`;
}

/** One JSON object per step and replica; what was not measured, or is not finite, is absent. */
export function* jsonLines(taken: TakenRows): Generator<string> {
  for (const line of objectsOf(taken)) yield `${JSON.stringify(line)}\n`;
}

const SLICE_MS = 10; // shorter than a frame: the page stays at hand while a long file is written
const LINES_PER_LOOK = 64;

/** Writes lines together, letting other work in between; `breathe` is told how many lines there are so far. */
export async function gather(
  lines: Iterable<string>,
  breathe: (lines: number) => Promise<void> = () => new Promise((done) => setTimeout(done, 0)),
  now: () => number = () => performance.now(),
): Promise<string[]> {
  const parts: string[] = [];
  let part = '';
  let count = 0;
  let began = now();
  for (const line of lines) {
    part += line;
    if (++count % LINES_PER_LOOK !== 0 || now() - began < SLICE_MS) continue;
    parts.push(part);
    part = '';
    await breathe(count);
    began = now();
  }
  return [...parts, part];
}
