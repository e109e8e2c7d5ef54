/** The charts as a table: what the lines show, in some stretches of steps, for readers who do not see them. */
import type { Span } from './chartRows.ts';
import { formatCount, formatNumber } from './format.ts';
import { HISTOGRAM } from './histogram.ts';
import type { RunState } from './runStore.ts';
import { type CompareBy, LETTERS, type Overlay, type RunRows } from './runs.ts';
import { ACCURACY, ENTROPY, REWARD } from './summary.ts';
import { sweptOf } from './sweep.ts';
import { windowOf, type Zoom } from './zoom.ts';

/** At most so many stretches: what can be listened to. */
const MOST_STRETCHES = 20;
const NOT_MEASURED = 'not measured';

/** A table of words. */
export interface ChartTable {
  /** what the rows are of, as a sentence */
  caption: string;
  heads: string[];
  /** steps, seconds where the charts are over time, then a cell for each further head */
  rows: string[][];
}

/** Rows `begin` to `end − 1` of the run. */
interface Stretch {
  begin: number;
  end: number;
}

/** A column: its head, and what it says of a stretch. */
interface TableColumn {
  head: string;
  cell(stretch: Stretch): string;
}

/** 1, 2, 5, 10, 20, 50 …: the least of them that cuts so many rows into few enough stretches. */
function roundLength(num_rows: number): number {
  for (let power = 1; ; power *= 10)
    for (const factor of [1, 2, 5]) if (num_rows <= power * factor * MOST_STRETCHES) return power * factor;
}

/** Stretches that begin at round steps, of the rows whose places lie in a window. */
function stretchesOf({ metrics }: Pick<RunState, 'metrics'>, by: CompareBy, window: Span | undefined): Stretch[] {
  const { num_rows, steps } = metrics;
  const places = by === 'step' ? steps : metrics.seconds;
  let from = 0;
  let to = num_rows;
  if (window) {
    while (from < to && places[from] < window.first) from++;
    while (to > from && places[to - 1] > window.last) to--;
  }
  const length = roundLength(to - from);
  const out: Stretch[] = [];
  for (let row = from; row < to; row++) {
    const last = out.at(-1);
    const is_new = !last || Math.floor(steps[row] / length) !== Math.floor(steps[row - 1] / length);
    if (is_new) out.push({ begin: row, end: row + 1 });
    else last.end = row + 1;
  }
  return out;
}

function meanIn(values: ArrayLike<number>, { begin, end }: Stretch): number {
  let sum = 0;
  let count = 0;
  for (let row = begin; row < end; row++) {
    if (!Number.isFinite(values[row])) continue;
    sum += values[row];
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** The mean of a kept run's stretches that lie between two steps, or reach into them. */
function meanOfKept({ first, last, columns }: RunRows, id: string, from: number, to: number): number {
  const mean = Object.hasOwn(columns, id) ? columns[id].mean : [];
  let begin = 0;
  while (begin < last.length && last[begin] < from) begin++;
  let end = begin;
  while (end < first.length && first[end] <= to) end++;
  return meanIn(mean, { begin, end });
}

const written = (value: number, otherwise = NOT_MEASURED) => (Number.isNaN(value) ? otherwise : formatNumber(value));

/** The columns of one metric: of the live run, or in a sweep of each of its values; then of the overlaid runs. */
function columnsOf(state: RunState, id: string, label: string, overlays: readonly Overlay[]): TableColumn[] {
  const { metrics, spread } = state;
  const column = metrics.column(id);
  const singles = spread && metrics.singlesOf(id);
  const live: TableColumn[] =
    spread && singles
      ? sweptOf(spread).cells.map(({ text, replicas }) => ({
          head: `${label}, ${text}`,
          cell: (stretch) => {
            const means = replicas.map((replica) => meanIn(singles[replica] ?? [], stretch));
            return written(meanIn(means, { begin: 0, end: means.length }));
          },
        }))
      : [
          {
            head: label,
            cell: (stretch) => {
              if (!column) return NOT_MEASURED;
              const mean = written(meanIn(column.mean, stretch));
              if (metrics.num_replicas === 1 || mean === NOT_MEASURED) return mean;
              let low = Number.POSITIVE_INFINITY;
              let high = Number.NEGATIVE_INFINITY;
              for (let row = stretch.begin; row < stretch.end; row++) {
                if (column.low[row] < low) low = column.low[row];
                if (column.high[row] > high) high = column.high[row];
              }
              return `${mean} (${formatNumber(low)} to ${formatNumber(high)})`;
            },
          },
        ];
  const kept = overlays.map(({ slot, name, rows }) => ({
    head: `${label}, ${LETTERS[slot]} ${name}`,
    cell: ({ begin, end }: Stretch) => {
      const [from, to] = [metrics.steps[begin], metrics.steps[end - 1]];
      return written(meanOfKept(rows, id, from, to), from > (rows.last.at(-1) ?? -1) ? 'ended' : NOT_MEASURED);
    },
  }));
  return [...live, ...kept];
}

/** What the charts show now, in numbers: reward, accuracy, entropy and the metrics that were chosen. */
export function chartTable(
  state: RunState,
  {
    charted,
    overlays,
    by,
    zoom,
  }: { charted: readonly string[]; overlays: readonly Overlay[]; by: CompareBy; zoom: Zoom | undefined },
): ChartTable {
  const { info, metrics, spread } = state;
  const stretches = stretchesOf(state, by, windowOf(zoom, metrics, by));
  const infos = new Map((info?.metrics ?? []).map((metric) => [metric.id, metric]));
  const wanted = [REWARD, ACCURACY, ENTROPY, ...charted].filter((id) => id !== HISTOGRAM && infos.has(id));
  const columns = [...new Set(wanted)].flatMap((id) => {
    const { label, unit } = infos.get(id)!;
    return columnsOf(state, id, unit ? `${label}, ${unit}` : label, id === ACCURACY ? [] : overlays);
  });
  const range = (from: string, to: string) => (from === to ? from : `${from} to ${to}`);
  const at = ({ begin, end }: Stretch) => range(formatCount(metrics.steps[begin]), formatCount(metrics.steps[end - 1]));
  const seconds = ({ begin, end }: Stretch) =>
    range(formatNumber(metrics.seconds[begin]), formatNumber(metrics.seconds[end - 1]));
  const rows = stretches.map((stretch) => [
    at(stretch),
    ...(by === 'seconds' ? [seconds(stretch)] : []),
    ...columns.map(({ cell }) => cell(stretch)),
  ]);
  const has_means = stretches.some(({ begin, end }) => end - begin > 1);
  const first = stretches[0];
  const last = stretches.at(-1);
  const said = [
    first && last
      ? `The charts from step ${formatCount(metrics.steps[first.begin])} to step ${formatCount(metrics.steps[last.end - 1])}.`
      : 'No step has been measured yet.',
    has_means ? 'Each number is the mean over the steps of its row.' : '',
    metrics.num_replicas > 1 && !spread ? 'In brackets the lowest and the highest of the replicas.' : '',
  ];
  return {
    caption: said.filter((text) => text !== '').join(' '),
    heads: ['Steps', ...(by === 'seconds' ? ['Seconds'] : []), ...columns.map(({ head }) => head)],
    rows,
  };
}
