/**
 * The messages between an embed's frame and the page around it. Both sides read with the functions of this file; what is
 * not for us is left alone, what is meant for us and does not fit becomes one sentence.
 */
import { unknownName } from '../engine/names.ts';
import type { EmbedState } from './api.ts';

/** The version that every message carries as `rollout_lab`. */
export const VERSION = 1;

/** What the page around may ask. `id` comes back with the answer. */
export type Command = { id?: number } & (
  | { type: 'play' | 'pause' | 'step' | 'reset' | 'get' }
  | { type: 'set'; name: string; value: string | number }
  | { type: 'theme'; theme: 'light' | 'dark' }
);

/** What the frame tells the page around. */
export type Report =
  | { type: 'ready'; state: EmbedState }
  | { type: 'state'; state: EmbedState; id?: number }
  | { type: 'height'; height: number }
  | { type: 'step'; step: number; metrics: Record<string, number> }
  | { type: 'edit'; step: number; text: string }
  | { type: 'error'; message: string; id?: number };

/** What reading a message comes to; undefined where the message is not one of ours. */
export type Reading<M> = { message: M } | { problem: string; id?: number } | undefined;

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumbers = (value: unknown) => isObject(value) && Object.values(value).every(isNumber);
const isState = (value: unknown) =>
  isObject(value) &&
  isText(value.setup) &&
  isText(value.phase) &&
  typeof value.is_playing === 'boolean' &&
  isNumber(value.step) &&
  isNumbers(value.metrics);

type Check = [wanted: string, fits: (value: unknown) => boolean];
const STATE: Check = ['a state', isState];
const STEP: Check = ['a number', isNumber];

const COMMANDS: Record<Command['type'], Record<string, Check>> = {
  play: {},
  pause: {},
  step: {},
  reset: {},
  get: {},
  set: {
    name: ['a text', isText],
    value: ['a text or a finite number', (value) => isText(value) || isNumber(value)],
  },
  theme: { theme: ["'light' or 'dark'", (value) => value === 'light' || value === 'dark'] },
};
const REPORTS: Record<Report['type'], Record<string, Check>> = {
  ready: { state: STATE },
  state: { state: STATE },
  height: {
    height: ['a height in pixels from 0 to 20000', (value) => isNumber(value) && value >= 0 && value <= 20_000],
  },
  step: { step: STEP, metrics: ['numbers by name', isNumbers] },
  edit: { step: STEP, text: ['a text', isText] },
  error: { message: ['a text', isText] },
};

const shown = (value: unknown): string => {
  const text = isText(value)
    ? `'${value}'`
    : isNumber(value) || typeof value === 'boolean'
      ? String(value)
      : typeof value;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

function read<M>(known: Record<string, Record<string, Check>>, data: unknown): Reading<M> {
  if (!isObject(data) || !Object.hasOwn(data, 'rollout_lab')) return undefined;
  const id = isNumber(data.id) ? { id: data.id } : {};
  if (data.rollout_lab !== VERSION)
    return { problem: `The message is of version ${shown(data.rollout_lab)}; wanted 'rollout_lab' ${VERSION}.`, ...id };
  const { type } = data;
  if (!isText(type) || !Object.hasOwn(known, type))
    return {
      problem: unknownName('message type', isText(type) ? type.slice(0, 40) : shown(type), Object.keys(known)),
      ...id,
    };
  if (data.id !== undefined && !isNumber(data.id))
    return { problem: `The message '${type}' has ${shown(data.id)} as 'id'; wanted a finite number, or none.` };
  for (const [name, [wanted, fits]] of Object.entries(known[type])) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (!fits(value))
      return { problem: `The message '${type}' has ${shown(value)} as '${name}'; wanted ${wanted}.`, ...id };
  }
  const message: Fields = { type, ...id };
  for (const name of Object.keys(known[type])) message[name] = data[name];
  return { message: message as M };
}

/** Reads what came from the page around. */
export const readCommand = (data: unknown): Reading<Command> => read(COMMANDS, data);
/** Reads what came from the frame. */
export const readReport = (data: unknown): Reading<Report> => read(REPORTS, data);

/** A message as it is posted. */
export const posted = <M extends Command | Report>(message: M) => ({ rollout_lab: VERSION, ...message });
