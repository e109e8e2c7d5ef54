/** The page's sentences about a run. */
import type { EngineInfo } from '../engine/executor.ts';
import type { RunInfo, RunPhase } from '../trainer/protocol.ts';
import { formatBytes, formatCount, formatNumber, plural } from './format.ts';
import type { RunState } from './runStore.ts';
import { sweptOf } from './sweep.ts';

/** Ids of the metrics with a chart of their own. */
export const REWARD = 'reward_mean';
/** See `REWARD`. */
export const ENTROPY = 'entropy';
/** Reward's companion, measured now and then with greedy responses. */
export const ACCURACY = 'accuracy';

/** What each phase is called. */
export const PHASE_TITLES: Record<RunPhase, string> = {
  empty: 'Starting',
  compiling: 'Compiling',
  warming_up: 'Warming up',
  paused: 'Paused',
  running: 'Running',
  failed: 'Stopped',
};

/** The phase that a reader should see: a run that pauses for a moment to answer a request is running. */
export function phaseOf({
  status,
  is_wanted,
  is_broken,
}: Pick<RunState, 'status' | 'is_wanted' | 'is_broken'>): RunPhase {
  if (is_broken) return 'failed';
  return status.phase === 'paused' && is_wanted && status.step > 0 ? 'running' : status.phase;
}

/** Whether a reader waits for a run that is being opened. */
export const isGettingReady = (phase: RunPhase): boolean => phase === 'compiling' || phase === 'warming_up';

/** Which hardware the run is on, and what that means where it is not a GPU. */
export function adapterSentence(engine: EngineInfo | undefined): string {
  if (!engine) return 'Looking for a GPU';
  if (engine.kind === 'cpu') return 'CPU engine';
  if (engine.is_software) return `Software adapter, no GPU: ${engine.adapter}`;
  return `GPU: ${engine.adapter}`;
}

/** How large the run is. */
export function sizeSentence(info: RunInfo, replicas: number): string {
  const parameters = plural(info.num_parameters, 'parameter');
  return [
    replicas > 1 ? `${parameters} in each of ${replicas} replicas` : parameters,
    `${plural(info.num_launches, 'kernel launch', 'kernel launches')} a step`,
    formatBytes(info.bytes),
  ].join(', ');
}

/** What the lines and bands of a chart stand for, '' where a point is simply a measured value; `swept`: what the replicas differ in. */
export function bandSentence(
  steps_per_point: number,
  num_replicas: number,
  { smooth = 0, smoothing = 0, num_singles = 0, swept = '' } = {},
): string {
  const over = (steps: number) =>
    [steps > 1 ? plural(steps, 'step') : '', num_replicas > 1 ? plural(num_replicas, 'replica') : '']
      .filter((text) => text !== '')
      .join(' and ');
  if (num_singles > 0 && swept !== '') {
    const steps = smooth > 0 ? smooth : steps_per_point;
    const mean = steps > 1 ? `, mean of ${smooth > 0 ? 'the last ' : ''}${plural(steps, 'step')}` : '';
    return `Lines: replicas 1 to ${num_singles}, coloured by ${swept}${mean}.`;
  }
  const raw = over(steps_per_point);
  const said: string[] = [];
  if (smooth > 0) said.push(`Thick line: mean of the last ${over(smooth)}.`);
  else if (raw !== '') said.push(`${num_singles > 0 ? 'Thick line' : 'Line'}: mean of ${raw}.`);
  if (num_singles > 0) said.push(`Thin lines: replicas 1 to ${num_singles}.`);
  else if (smooth > 0) said.push(`Faint line: ${raw === '' ? 'every step' : `mean of ${raw}`}.`);
  if (num_singles === 0 && raw !== '') said.push('Band: lowest to highest.');
  if (smoothing > 1 && smooth === 0)
    said.push('No smoothing is drawn: each point is already a mean over at least that many steps.');
  return said.join(' ');
}

/** Where reward and entropy stand: the charts in words. */
export function chartSentence({ metrics, info, spread }: Pick<RunState, 'metrics' | 'info' | 'spread'>): string {
  const reward = metrics.latest(REWARD);
  const entropy = metrics.latest(ENTROPY);
  const accuracy = metrics.latest(ACCURACY);
  if (!reward) return 'No step has been measured yet.';
  const said = [`reward ${formatNumber(reward.mean)}`];
  const first = metrics.first(REWARD);
  if (first && first.step < reward.step) said[0] += ` (it began at ${formatNumber(first.mean)})`;
  if (accuracy) said.push(`accuracy ${formatNumber(accuracy.mean)}`);
  if (entropy) said.push(`entropy ${formatNumber(entropy.mean)} nats`);
  if (info?.optimum !== undefined) said.push(`the best possible reward is ${formatNumber(info.optimum)}`);
  const of = spread ? ` mean of ${plural(spread.length, 'replica')} that differ in ${sweptOf(spread).title}:` : '';
  return `At step ${formatCount(reward.step)}:${of} ${said.join(', ')}.`;
}
