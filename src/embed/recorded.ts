/** Runs that were recorded beforehand, for posters. `npm run recordings` writes `recorded.json`. */
import { unknownName } from '../engine/names.ts';
import entries from './recorded.json' with { type: 'json' };
import { type Recording, readRecording } from './recording.ts';

/** One recorded run. */
export interface Recorded {
  title: string;
  /** what ran, as a query that the playground reads */
  setup: string;
  recording: Recording | undefined;
}

interface Entry {
  /** an experiment and its arm, `entropy_collapse/grpo`; absent for an algorithm's default run */
  arm?: string;
  title: string;
  setup: string;
  /** as `writeRecording` writes it, '' where no curve was kept */
  recording: string;
}
/** An arm that changes on the way is only named: no link can open it. */
type Named = Entry | { arm: string };
const named: readonly Named[] = entries;
const all = named.filter((entry) => 'setup' in entry);

const opened = ({ title, setup, recording }: Entry): Recorded => ({
  title,
  setup,
  recording: recording === '' ? undefined : readRecording(recording),
});

/** The recorded arm of an experiment, the first one where none is named; a sentence where there is none. */
export function recordedExperiment(experiment: string, arm: string): Recorded | string {
  const arms = all.filter((entry) => entry.arm?.startsWith(`${experiment}/`));
  if (arms.length === 0) {
    const known = new Set(all.flatMap((entry) => entry.arm?.split('/')[0] ?? []));
    return unknownName('experiment', experiment.slice(0, 40), [...known]);
  }
  const found = arm === '' ? arms[0] : arms.find((entry) => entry.arm === `${experiment}/${arm}`);
  const names = arms.map((entry) => entry.arm!.split('/')[1]);
  if (found) return opened(found);
  if (named.some((entry) => entry.arm === `${experiment}/${arm}`))
    return `Arm '${arm}' of ${experiment} changes on the way, which an embed cannot do; choose ${names.join(', ')}.`;
  return unknownName(`arm of ${experiment}`, arm.slice(0, 40), names);
}

/** What does not change which curve a run draws. */
const BESIDE = ['v', 'speed', 'engine'];
/** What only measures: the run and its curves stay as they are, and more is known about them. */
export const MEASURING = ['batch.entropy_watch', 'batch.eval_every', 'batch.eval_samples'];
const sorted = (query: URLSearchParams, left_out: readonly string[]) =>
  [...query]
    .filter(([name]) => !left_out.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');

/** The recorded run of exactly these settings, else one in which only other things were measured, if there is one. */
export function recordedSetup(query: URLSearchParams): Recorded | undefined {
  const like = (left_out: readonly string[]) => {
    const wanted = sorted(query, left_out);
    return all.find((entry) => sorted(new URLSearchParams(entry.setup), left_out) === wanted);
  };
  const found = like(BESIDE) ?? like([...BESIDE, ...MEASURING]);
  return found && opened(found);
}
