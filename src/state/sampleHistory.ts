/** Samples of one prompt at earlier steps: few, close together near the present, further apart before. */
import type { SampleGroup } from '../trainer/protocol.ts';

const MOST = 64;
const MOST_PROMPTS = 6;

/**
 * Which of too many snapshots to leave out, by its index: the one between whose neighbours there is the least room for
 * its age, so that the gaps grow with the age. The first and the last stay.
 */
export function superfluousStep(steps: readonly number[]): number {
  const now = steps[steps.length - 1];
  let least = Number.POSITIVE_INFINITY;
  let found = 1;
  for (let k = 1; k < steps.length - 1; k++) {
    const room = (steps[k + 1] - steps[k - 1]) / (now - steps[k] + 1);
    if (room >= least) continue;
    least = room;
    found = k;
  }
  return found;
}

const keyOf = ({ prompt_id, replica }: Pick<SampleGroup, 'prompt_id' | 'replica'>) => `${replica} ${prompt_id}`;

/** The snapshots of the prompts that were looked at last. */
export class SampleHistory {
  private readonly prompts = new Map<string, SampleGroup[]>();

  /** Forgets everything, for a new run. */
  clear(): void {
    this.prompts.clear();
  }

  /** Keeps a sample; one of a step that is there already takes its place. */
  add(sample: SampleGroup): void {
    const key = keyOf(sample);
    const before = (this.prompts.get(key) ?? []).filter(({ step }) => step < sample.step);
    const list = [...before, sample];
    if (list.length > MOST) list.splice(superfluousStep(list.map(({ step }) => step)), 1);
    this.prompts.delete(key); // the last looked at stands last
    this.prompts.set(key, list);
    const [oldest] = this.prompts.keys();
    if (this.prompts.size > MOST_PROMPTS) this.prompts.delete(oldest);
  }

  /** The snapshots of a sample's prompt and replica, the oldest first. */
  of(sample: Pick<SampleGroup, 'prompt_id' | 'replica'>): readonly SampleGroup[] {
    return this.prompts.get(keyOf(sample)) ?? [];
  }
}

/** The place in a history that is nearest to a step; the last one without a step. */
export function snapshotAt(history: readonly SampleGroup[], step: number | undefined): number {
  if (step === undefined) return history.length - 1;
  let found = 0;
  for (const [k, one] of history.entries())
    if (Math.abs(one.step - step) < Math.abs(history[found].step - step)) found = k;
  return found;
}

/** Whether the same prompt is looked at in every step: as chosen, or where most steps ask it. */
export const isFollowed = (
  chosen: boolean | undefined,
  { num_prompts, num_task_prompts }: Pick<SampleGroup, 'num_prompts' | 'num_task_prompts'>,
): boolean => chosen ?? num_task_prompts <= 2 * num_prompts;
