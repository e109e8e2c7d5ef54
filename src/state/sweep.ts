/** A sweep: one or two hyperparameters that differ from replica to replica, as a plan, as text, and as numbers. */
import { complainValue, type Knob, parseValue } from '../engine/table.ts';
import type { RunInfo } from '../trainer/protocol.ts';
import { BATCH } from '../trainer/settings.ts';
import { formatPlain, formatValue, knobTitle, wordsOf } from './format.ts';
import { clampValue } from './knobScale.ts';
import type { RunState, Spread } from './runStore.ts';
import { SWEEP_KEY } from './urlState.ts';

/** How many values a knob can have in a sweep. */
export const LEAST_VALUES = 2;
/** See `LEAST_VALUES`. */
export const MOST_VALUES = 8;
/** As many replicas as a run can have. */
export const MOST_REPLICAS = BATCH.replicas.max;

/** A hyperparameter and the values it is given, in ascending order. */
export interface SweepAxis {
  name: string;
  values: readonly number[];
}

/** What is swept: every combination of the values, each as often as `repeats` says. */
export interface SweepPlan {
  axes: readonly SweepAxis[];
  repeats: number;
}

/** How values lie between two ends. */
export type Spacing = 'linear' | 'log';

/** The knobs of a run that can be swept. */
export type Knobs = Pick<RunInfo, 'hyper'>['hyper'];

const isWhole = (knob: Knob) => ['int', 'choice', 'power_of_two'].includes(knob.scale);
const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

/** Values from one end to the other; fewer where whole numbers run out. Throws one sentence. */
export function spacedValues(knob: Knob, from: number, to: number, count: number, spacing: Spacing): number[] {
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const is_near_one = knob.scale === 'log_one_minus';
  const ends = is_near_one ? [1 - high, 1 - low] : [low, high];
  if (spacing === 'log' && !(ends[0] > 0))
    throw new Error(
      `The range from ${formatPlain(low)} to ${formatPlain(high)} cannot be cut in equal ratios; wanted ${is_near_one ? 'an end below 1' : 'a start above 0'}, or linear spacing.`,
    );
  const values = Array.from({ length: count }, (_, k) => {
    const along = count === 1 ? 0 : k / (count - 1);
    if (k === 0) return low;
    if (k === count - 1) return high;
    const at = spacing === 'log' ? ends[0] * (ends[1] / ends[0]) ** along : ends[0] + (ends[1] - ends[0]) * along;
    const round = Number(at.toPrecision(spacing === 'log' ? 2 : 3));
    return is_near_one ? Number((1 - round).toPrecision(6)) : round;
  });
  return ascending(values.map((value) => clampValue(knob, value)));
}

/** A range around a value that shows something: two decades where a knob moves by ratios, else half to double. */
export function usualRange(knob: Knob, value: number): { from: number; to: number; spacing: Spacing; count: number } {
  const clamp = (x: number) => clampValue(knob, Number(x.toPrecision(2)));
  if (knob.choices) return { from: knob.min, to: knob.max, spacing: 'linear', count: Math.min(8, knob.max + 1) };
  if (knob.scale === 'log_one_minus') {
    const gap = Math.max(1 - value, 0.001);
    return { from: clamp(1 - Math.min(1, gap * 10)), to: clamp(1 - gap / 10), spacing: 'linear', count: 4 };
  }
  if (knob.scale === 'log' || knob.scale === 'log_zero') {
    const middle = value > 0 ? value : knob.max / 100;
    return { from: clamp(middle / 10), to: clamp(middle * 10), spacing: 'log', count: 5 };
  }
  const [from, to] = value > 0 ? [clamp(value / 2), clamp(value * 2)] : [knob.min, knob.max];
  const whole = isWhole(knob) ? to - from + 1 : 5;
  return {
    from,
    to,
    spacing: knob.scale === 'power_of_two' ? 'log' : 'linear',
    count: Math.min(5, Math.max(2, whole)),
  };
}

/** The values of a typed list. Throws one sentence. */
export function parseValues(name: string, knob: Knob, text: string): number[] {
  const given = text.split(/[\s,;]+/).filter(Boolean);
  const values = ascending(
    given.map((word) =>
      word === 'off' && knob.scale === 'log_zero' ? 0 : parseValue(knobTitle(name, knob), knob, word),
    ),
  );
  if (values.length < LEAST_VALUES || values.length > MOST_VALUES)
    throw new Error(
      `${knobTitle(name, knob)} has ${values.length} different values; wanted ${LEAST_VALUES} to ${MOST_VALUES}, with commas between them.`,
    );
  return values;
}

/** Values as a list that `parseValues` reads. */
export const listText = (knob: Knob, values: readonly number[]): string =>
  values.map((value) => (knob.choices ? formatValue(knob, value) : formatPlain(value))).join(', ');

/** The combinations of a plan, the first axis moving slowest: a value for each axis. */
export function cellsOf({ axes }: Pick<SweepPlan, 'axes'>): number[][] {
  return axes.reduce<number[][]>(
    (cells, { values }) => cells.flatMap((cell) => values.map((value) => [...cell, value])),
    [[]],
  );
}

/** How many replicas a plan needs. */
export const replicasOf = (plan: SweepPlan): number => cellsOf(plan).length * plan.repeats;

/** What each replica is told; replica r is of cell r modulo the number of cells. */
export function spreadOf(plan: SweepPlan): Spread {
  const cells = cellsOf(plan);
  return Array.from({ length: replicasOf(plan) }, (_, replica) =>
    Object.fromEntries(plan.axes.map(({ name }, axis) => [name, cells[replica % cells.length][axis]])),
  );
}

/** The plan whose replicas are told just this; undefined where they are no sweep. */
export function planOf(spread: Spread): SweepPlan | undefined {
  const names = Object.keys(spread[0] ?? {});
  const axes = names.map((name) => ({ name, values: [...new Set(spread.map((row) => row[name]))] }));
  const repeats = spread.length / cellsOf({ axes }).length;
  if (names.length < 1 || names.length > 2 || !Number.isInteger(repeats)) return undefined;
  const plan = { axes, repeats };
  const told = spreadOf(plan);
  return spread.every((row, replica) => names.every((name) => row[name] === told[replica][name])) ? plan : undefined;
}

/** From where to where the replicas differ in a hyperparameter; '' where they do not. */
export function sweptText(spread: Spread | undefined, name: string): string {
  const values = (spread ?? []).flatMap((row) => (Object.hasOwn(row, name) ? [row[name]] : []));
  if (values.length === 0) return '';
  return `swept: ${formatPlain(Math.min(...values))} to ${formatPlain(Math.max(...values))}`;
}

/** The replicas of a run that differ, put together by the values that they were told. */
export interface Swept {
  /** what they differ in */
  title: string;
  /** in the order of the replicas, which in a plan is that of the values */
  cells: readonly { text: string; replicas: readonly number[] }[];
}

/** Which replicas were told the same. */
export function sweptOf(spread: Spread): Swept {
  const names = Object.keys(spread[0] ?? {});
  const cells = new Map<string, number[]>();
  spread.forEach((row, replica) => {
    const text = names.map((name) => formatPlain(row[name])).join(', ');
    const found = cells.get(text);
    if (found) found.push(replica);
    else cells.set(text, [replica]);
  });
  return {
    title: names.map(wordsOf).join(', '),
    cells: [...cells].map(([text, replicas]) => ({ text, replicas })),
  };
}

/** Why a plan cannot be run, one sentence; '' when it can. */
export function complainPlan(plan: SweepPlan, knobs: Knobs): string {
  const [first, second] = plan.axes;
  if (!first) return 'No hyperparameter is swept; choose one.';
  if (second?.name === first.name) return `${wordsOf(first.name)} is swept twice; choose another second knob.`;
  for (const { name, values } of plan.axes) {
    const knob = knobs.find((entry) => entry.name === name)?.knob;
    if (!knob) return `This run has no hyperparameter '${name}'; choose one of its own.`;
    if (values.length < LEAST_VALUES || values.length > MOST_VALUES)
      return `${knobTitle(name, knob)} has ${values.length} values; wanted ${LEAST_VALUES} to ${MOST_VALUES}.`;
    for (const value of values) {
      const complaint = complainValue(knobTitle(name, knob), knob, value);
      if (complaint) return complaint;
    }
  }
  const count = replicasOf(plan);
  if (!Number.isInteger(plan.repeats) || plan.repeats < 1 || count > MOST_REPLICAS)
    return `The sweep needs ${count} replicas; wanted at most ${MOST_REPLICAS}: fewer values, or fewer seeds for each.`;
  return '';
}

/** `learning rate 0.01, clip high 0.2`. */
export const cellText = ({ axes }: Pick<SweepPlan, 'axes'>, cell: readonly number[]): string =>
  axes.map(({ name }, axis) => `${wordsOf(name)} ${formatPlain(cell[axis])}`).join(', ');

/** What a kept run of a sweep is called. */
export const sweepName = ({ axes }: Pick<SweepPlan, 'axes'>): string =>
  `Sweep: ${axes.map(({ name, values }) => `${wordsOf(name)} ${formatPlain(values[0])} to ${formatPlain(values.at(-1)!)}`).join(', ')}`;

/** A plan as it stands in the address: `learning_rate:0.01,0.1;clip_high:0.1,0.2;seeds:2`. */
export const writePlan = ({ axes, repeats }: SweepPlan): string =>
  [
    ...axes.map(({ name, values }) => `${name}:${values.map(String).join(',')}`),
    ...(repeats > 1 ? [`seeds:${repeats}`] : []),
  ].join(';');

/** The part of an address that sweeps what the replicas of a run differ in; '' where no address can say that. */
export function sweepQuery({ spread, info }: Pick<RunState, 'spread' | 'info'>): string {
  const plan = spread && planOf(spread);
  if (!plan || complainPlan(plan, info?.hyper ?? []) !== '') return '';
  return `?${new URLSearchParams({ [SWEEP_KEY]: writePlan(plan) })}`;
}

/** The plan of an address. Throws one sentence. */
export function readPlan(text: string, knobs: Knobs): SweepPlan {
  const axes: SweepAxis[] = [];
  let repeats = 1;
  for (const item of text.slice(0, 1000).split(';')) {
    const [name, list = ''] = item.split(':');
    if (name === 'seeds') {
      repeats = Number(list);
      continue;
    }
    const knob = knobs.find((entry) => entry.name === name)?.knob;
    if (!knob) throw new Error(`The link sweeps '${name.slice(0, 40)}', which this run does not have.`);
    axes.push({ name, values: parseValues(name, knob, list) });
  }
  const plan = { axes: axes.slice(0, 2), repeats };
  const complaint = complainPlan(plan, knobs);
  if (complaint) throw new Error(complaint);
  return plan;
}
