/** A setup as a query string and back. Every value passes the tables; what does not fit becomes one sentence. */
import { ROLES, type Role } from '../algorithms/algorithm.ts';
import { nearestSpelling, unknownName } from '../engine/names.ts';
import { complainValue, type Knob, parseValue } from '../engine/table.ts';
import { homeOf } from '../trainer/home.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import {
  type Catalogue,
  own,
  partOf,
  SETTING_PLACES,
  type SettingPlace,
  settingTables,
  withoutDefaults,
} from './catalogue.ts';
import { formatPlain } from './format.ts';
import { clampValue } from './knobScale.ts';

/** Which engine the reader wants. */
export const ENGINES = ['auto', 'webgpu', 'cpu'] as const;
/** One of `ENGINES`. */
export type EngineChoice = (typeof ENGINES)[number];

/** What a link can say. */
export interface Setup {
  config: RunConfig;
  engine: EngineChoice;
  /** at most this many steps a second; 0 is no limit */
  speed: number;
}

/** The speed limit as a knob, so that a link's value is checked like any other. */
const SPEED: Knob = { value: 0, min: 0, max: 1000, scale: 'int', doc: 'Steps a second, 0 for no limit.' };

/** The version of links that this build writes and reads. */
export const LINK_VERSION = 1;

/** The version of a link that names none: it was written before they did, so this stays when `LINK_VERSION` grows. */
const UNNAMED_VERSION = 1;

/** Seeds are 32-bit, as the counter-based generator takes them. */
export const MAX_SEED = 2 ** 32 - 1;

const PREFIX: Record<SettingPlace, string> = {
  task_settings: 'task.',
  policy_settings: 'policy.',
  batch: 'batch.',
  hyper: 'set.',
};
const NAMES = ['task', 'policy', 'algorithm'] as const;
const PLURAL = { task: 'tasks', policy: 'policies', algorithm: 'algorithms' } as const;
const LONGEST = 40; // of a text that a sentence repeats
const LEFT_OUT = 'It was left out.';

const quoted = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const SINGLE: readonly string[] = [...NAMES, 'seed', 'engine', 'speed'];
const isOurs = (key: string) =>
  key === 'v' || SINGLE.includes(key) || [...Object.values(PREFIX), 'part.'].some((p) => key.startsWith(p));

/** Of the parameters that are no setting, the one that changes what runs. */
export const SWEEP_KEY = 'sweep';

/** Something of a link that did not fit, and what was done about it, each a sentence or ''. */
interface Fault {
  problem: string;
  remedy: string;
}
type Complain = (problem: string, remedy?: string) => void;

/** The seed nearest to a wish: a whole number from 0 to `MAX_SEED`. */
export const clampSeed = (value: number): number =>
  Number.isNaN(value) ? 1 : Math.min(MAX_SEED, Math.max(0, Math.round(value)));

function readNumber(key: string, knob: Knob, text: string, complain: Complain): number {
  try {
    return parseValue(key, knob, text.length > LONGEST ? '' : text);
  } catch (error) {
    const given = text.trim() === '' ? Number.NaN : Number(text);
    const used = knob.choices ? knob.value : clampValue(knob, given);
    const complaint = Number.isNaN(given)
      ? `'${key}' is '${quoted(text)}'; wanted a number from ${knob.min} to ${knob.max}.`
      : (complainValue(key, knob, given) ?? (error as Error).message);
    const sentence = knob.choices ? unknownName(`value for ${key}`, quoted(text), [...knob.choices]) : complaint;
    complain(sentence, `Used ${knob.choices?.[used] ?? formatPlain(used)} instead.`);
    return used;
  }
}

/** Says what is wrong with the version that a link names. */
function checkVersion(given: string, complain: Complain): void {
  if (Number(given) === LINK_VERSION && given.trim() !== '') return;
  if (/^\d{1,9}$/.test(given) && Number(given) > LINK_VERSION)
    complain(
      `The link is of version ${given} and this build reads version ${LINK_VERSION}.`,
      'What it knows of the link was used.',
    );
  else
    complain(
      `'v' is '${quoted(given)}'; wanted ${LINK_VERSION}, the version of links.`,
      `The link was read as one of version ${LINK_VERSION}.`,
    );
}

const MOST_KEYS = 200; // no setup has as many settings

/** What a query says of this page, by key: of a key that stands twice the first, and of very many keys the first ones. */
function keysOf(search: string, complain: Complain): Map<string, string> {
  const found = new Map<string, string>();
  const repeated = new Set<string>();
  let num_left_out = 0;
  for (const [key, text] of new URLSearchParams(search)) {
    if (!isOurs(key)) continue;
    if (found.has(key)) repeated.add(key);
    else if (found.size < MOST_KEYS) found.set(key, text);
    else num_left_out++;
  }
  for (const key of repeated) complain(`'${quoted(key)}' stands more than once.`, 'The first value was used.');
  if (num_left_out > 0)
    complain(
      `The link has ${found.size + num_left_out} settings; wanted at most ${MOST_KEYS}.`,
      'The rest was left out.',
    );
  return found;
}

/** The query in an address, or in a text that is nothing but a query. */
export function queryOf(link: string): string {
  const [text] = link.trim().split('#', 1);
  const at = text.indexOf('?');
  if (at >= 0) return text.slice(at);
  return /^[a-z]+:\/\//i.test(text) || !text.includes('=') ? '' : `?${text}`;
}

/** What a link is laid over: where it names an algorithm and no task, the run where that algorithm's idea shows. */
function baseOf(catalogue: Catalogue, base: RunConfig, algorithm: string | undefined): RunConfig {
  const found = algorithm === undefined ? undefined : own(catalogue.algorithms, algorithm);
  return structuredClone(found ? { ...base, ...homeOf(found) } : base);
}

/** Complains about parameters that are no setting: of all, or only of those that look like one. */
function checkOthers(search: string, known: readonly string[], only_near: boolean, complain: Complain): void {
  for (const key of new Set(new URLSearchParams(search).keys())) {
    if (isOurs(key) || key === SWEEP_KEY) continue;
    const near = known.find((name) => name.endsWith(`.${key}`)) ?? nearestSpelling(quoted(key), known);
    if (near === undefined && only_near) continue;
    const hint = near === undefined ? '.' : `; did you mean '${near}'?`;
    complain(`The link has '${quoted(key)}', which is no setting${hint}`, LEFT_OUT);
  }
}

/** The setup that a query asks for, laid over a given one, with what did not fit. */
function read(catalogue: Catalogue, base: Setup, search: string, is_strict: boolean) {
  const faults: Fault[] = [];
  const complain: Complain = (problem, remedy = '') => faults.push({ problem, remedy });
  const query = keysOf(search, complain);
  const config = baseOf(catalogue, base.config, query.has('task') ? undefined : query.get('algorithm'));
  let { engine, speed } = base;

  checkVersion(query.get('v') ?? String(UNNAMED_VERSION), complain);
  for (const name of NAMES) {
    const given = query.get(name);
    if (given === undefined) continue;
    const known = catalogue[PLURAL[name]];
    if (Object.hasOwn(known, given)) config[name] = given;
    else complain(unknownName(name, quoted(given), Object.keys(known)), `Used ${config[name]} instead.`);
  }
  const seed = query.get('seed');
  if (seed !== undefined) {
    const given = seed.trim() === '' ? Number.NaN : Number(seed);
    config.seed = clampSeed(given);
    if (given !== config.seed) {
      complain(
        `'seed' is ${quoted(seed)}; wanted a whole number from 0 to ${MAX_SEED}.`,
        `Used ${config.seed} instead.`,
      );
    }
  }
  const limit = query.get('speed');
  if (limit !== undefined) speed = readNumber('speed', SPEED, limit, complain);
  const wanted = query.get('engine');
  if (wanted !== undefined) {
    const found = ENGINES.find((e) => e === wanted);
    if (found) engine = found;
    else complain(unknownName('engine', quoted(wanted), [...ENGINES]), `Used ${engine} instead.`);
  }
  for (const [key, text] of query) {
    if (!key.startsWith('part.')) continue;
    const role = key.slice('part.'.length);
    if (!ROLES.includes(role as Role)) {
      complain(unknownName('part', quoted(role), [...ROLES]), LEFT_OUT);
      continue;
    }
    const ids = catalogue.partsOf(role as Role).map((part) => part.id);
    if (ids.includes(text)) config.parts[role] = text;
    else complain(unknownName(role, quoted(text), ids), "The algorithm's own was used.");
  }
  // Tables last: which settings exist depends on the names above.
  const tables = settingTables(catalogue, config);
  const known = SETTING_PLACES.map((place) => Object.keys(tables[place]).map((name) => PREFIX[place] + name));
  for (const [index, place] of SETTING_PLACES.entries()) {
    const prefix = PREFIX[place];
    for (const [key, text] of query) {
      if (!key.startsWith(prefix)) continue;
      const name = key.slice(prefix.length);
      const knob = own<Knob>(tables[place], name);
      if (knob) config[place][name] = readNumber(key, knob, text, complain);
      else complain(unknownName('setting', quoted(key), known[index]), LEFT_OUT);
    }
  }
  checkOthers(search, [...SINGLE, SWEEP_KEY, ...known.flat()], !is_strict, complain);
  return { setup: { config: withoutDefaults(catalogue, config), engine, speed }, faults };
}

/** The setup that a query asks for, laid over a given one, with a sentence for everything that did not fit. */
export function readQuery(catalogue: Catalogue, base: Setup, search: string): { setup: Setup; complaints: string[] } {
  const { setup, faults } = read(catalogue, base, search, false);
  return { setup, complaints: faults.map(({ problem, remedy }) => `${problem} ${remedy}`.trim()) };
}

/** The same for those who want all of it or nothing: throws what does not fit, parameters that are no setting included. */
export function readExactly(catalogue: Catalogue, base: Setup, search: string): Setup {
  const { setup, faults } = read(catalogue, base, search, true);
  if (faults.length > 0) throw new Error(faults.map(({ problem }) => problem).join(' '));
  return setup;
}

/** The shortest query that `readQuery` turns back into this setup; parameters of others stay where they are. */
export function writeQuery(catalogue: Catalogue, base: Setup, setup: Setup, search = ''): string {
  const out = new URLSearchParams();
  for (const [key, value] of new URLSearchParams(search)) if (!isOurs(key)) out.append(key, value);
  const { config } = setup;
  const is_other = config.algorithm !== base.config.algorithm;
  const home = baseOf(catalogue, base.config, is_other ? config.algorithm : undefined);
  const is_home = config.task === home.task;
  const from = is_home ? home : base.config; // what the link is laid over when it is read
  if (!is_home) out.set('task', config.task);
  if (config.policy !== from.policy) out.set('policy', config.policy);
  if (is_other) out.set('algorithm', config.algorithm);
  if (config.seed !== from.seed) out.set('seed', String(config.seed));
  if (setup.engine !== base.engine) out.set('engine', setup.engine);
  if (setup.speed !== base.speed) out.set('speed', String(setup.speed));
  for (const role of ROLES) {
    const inherited = partOf(catalogue, { ...config, parts: from.parts }, role)?.id;
    const id = partOf(catalogue, config, role)?.id;
    if (id !== undefined && id !== inherited) out.set(`part.${role}`, id);
  }
  const tables = settingTables(catalogue, config);
  for (const [place, prefix] of Object.entries(PREFIX) as [SettingPlace, string][]) {
    for (const [name, knob] of Object.entries<Knob>(tables[place])) {
      const value = own(config[place], name) ?? knob.value;
      const inherited = own(from[place], name) ?? knob.value;
      if (value !== inherited) out.set(prefix + name, knob.choices?.[value] ?? String(value));
    }
  }
  const text = out.toString();
  return text === '' ? '' : `?${text}`;
}

/** A query with the version of links ahead, so that the address can be handed on; one that says nothing else is empty. */
export function versioned(search: string): string {
  const query = new URLSearchParams(search);
  const version = query.get('v') ?? String(LINK_VERSION);
  query.delete('v');
  return query.toString() === '' ? '' : `?${new URLSearchParams([['v', version], ...query])}`;
}

/** The query of a link to hand on: its version, everything that differs from the defaults, and a sweep of `search`. */
export function writeLink(catalogue: Catalogue, base: Setup, setup: Setup, search = ''): string {
  const sweep = new URLSearchParams(search).get(SWEEP_KEY);
  const also = sweep === null ? '' : `?${new URLSearchParams({ [SWEEP_KEY]: sweep })}`;
  return versioned(writeQuery(catalogue, base, setup, also)) || `?v=${LINK_VERSION}`;
}
