/** Runs beside each other in words and numbers. */
import type { Edit, RunConfig } from '../trainer/protocol.ts';
import type { Catalogue } from './catalogue.ts';
import { formatCount, formatNumber } from './format.ts';
import type { RunState } from './runStore.ts';
import { LETTERS, type RunMeta } from './runs.ts';
import { difference, differenceText, editsText } from './runsDiff.ts';
import type { RunsState } from './runsStore.ts';
import { DEFAULT_SETUP } from './setupStore.ts';
import { ENTROPY, REWARD } from './summary.ts';

/** Against what a run's settings are held. */
export type Against = 'current' | 'defaults';

/** In what a run differs, in words. */
export function differenceSentence(
  catalogue: Catalogue,
  run: { config: RunConfig; edits: readonly Edit[] },
  against: Against,
  live: RunConfig | undefined,
): string {
  const other = against === 'current' ? live : DEFAULT_SETUP.config;
  const found = other ? difference(catalogue, run.config, other) : [];
  const began =
    found.length > 0
      ? found.map(differenceText).join(', ')
      : against === 'current'
        ? 'began with the settings of the current run'
        : 'began with the default settings';
  const edits = editsText([...run.edits]);
  return edits === '' ? began : `${began}; changed ${edits}`;
}

/** A row of the table of compared runs. */
export interface ComparedRun {
  id: string;
  /** undefined for the live run */
  slot: number | undefined;
  name: string;
  difference: string;
  reward: number;
  entropy: number;
  last_step: number;
  seconds: number;
}

/** What was changed of the live run after its first step. */
const liveEdits = ({ marks, metrics }: Pick<RunState, 'marks' | 'metrics'>): Edit[] =>
  marks.filter(({ step }) => metrics.num_rows > 0 && step > metrics.steps[0]);

/** In what the live run differs, in words. */
export function liveSentence(
  catalogue: Catalogue,
  config: RunConfig,
  run: Pick<RunState, 'marks' | 'metrics'>,
  against: Against,
): string {
  const edits = liveEdits(run);
  if (against === 'defaults') return differenceSentence(catalogue, { config, edits }, against, config);
  return edits.length > 0 ? `changed ${editsText(edits)}` : 'the others are compared with its settings';
}

/** The live run and those that lie over it. */
export function comparedRuns(
  catalogue: Catalogue,
  { entries, overlays, live, names }: Pick<RunsState, 'entries' | 'overlays' | 'live' | 'names'>,
  run: Pick<RunState, 'marks' | 'metrics'>,
  against: Against,
): ComparedRun[] {
  const rows: ComparedRun[] = [];
  const { metrics } = run;
  const last = metrics.num_rows - 1;
  if (live?.config && last >= 0) {
    rows.push({
      id: live.id,
      slot: undefined,
      name: `${names.get(live.id) ?? ''} (this run)`,
      difference: liveSentence(catalogue, live.config, run, against),
      reward: metrics.latest(REWARD)?.mean ?? Number.NaN,
      entropy: metrics.latest(ENTROPY)?.mean ?? Number.NaN,
      last_step: metrics.steps[last],
      seconds: metrics.seconds[last],
    });
  }
  for (const { id, slot, name } of overlays) {
    const meta = entries.find((entry) => entry.id === id);
    if (!meta) continue;
    rows.push({
      id,
      slot,
      name,
      difference: differenceSentence(catalogue, meta, against, live?.config),
      reward: latestOf(meta, REWARD),
      entropy: latestOf(meta, ENTROPY),
      last_step: meta.last_step,
      seconds: meta.seconds,
    });
  }
  return rows;
}

/** The last measured value of a metric of a kept run. */
const latestOf = ({ latest }: Pick<RunMeta, 'latest'>, id: string): number =>
  Object.hasOwn(latest, id) ? latest[id] : Number.NaN;

const HEADS = ['curve', 'name', 'difference', 'reward', 'entropy', 'last step', 'seconds'];
const plainNumber = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '');
const plainText = (text: string) => text.replaceAll(/\s+/g, ' ');

/** The table as text that a spreadsheet takes: columns by tabs. */
export function tableText(rows: readonly ComparedRun[]): string {
  const lines = rows.map(({ slot, name, difference: words, reward, entropy, last_step, seconds }) =>
    [
      slot === undefined ? '' : LETTERS[slot],
      plainText(name),
      plainText(words),
      ...[reward, entropy, last_step, seconds].map(plainNumber),
    ].join('\t'),
  );
  return [HEADS.join('\t'), ...lines].join('\n');
}

/** A kept run's numbers in words. */
export function numbersText(meta: RunMeta): string {
  const reward = latestOf(meta, REWARD);
  const entropy = latestOf(meta, ENTROPY);
  const { first_step, last_step } = meta;
  return [
    first_step > 0
      ? `steps ${formatCount(first_step)} to ${formatCount(last_step)}`
      : `to step ${formatCount(last_step)}`,
    Number.isNaN(reward) ? '' : `reward ${formatNumber(reward)}`,
    Number.isNaN(entropy) ? '' : `entropy ${formatNumber(entropy)}`,
    `${formatNumber(meta.seconds)} s`,
    `seed ${meta.config.seed}`,
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const times = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });

/** When a run began: the time alone where it was today. */
export function dateText(began_ms: number, now: Date = new Date()): string {
  const date = new Date(began_ms);
  if (Number.isNaN(date.getTime())) return 'no date';
  return date.toDateString() === now.toDateString() ? `today ${times.format(date)}` : dates.format(date);
}
