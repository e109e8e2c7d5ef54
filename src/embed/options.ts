/**
 * What an author chooses of an embed. The same names are attributes of the element and parameters of the frame's address.
 * What is wrong is left out and becomes one sentence.
 */
import { unknownName } from '../engine/names.ts';
import { type Recorded, recordedExperiment, recordedSetup } from './recorded.ts';
import { type Recording, readRecording } from './recording.ts';

/** The sections that an embed can show. */
export const PANELS = ['charts', 'samples', 'metrics', 'inside', 'law', 'about', 'program'] as const;
/** One of `PANELS`. */
export type Panel = (typeof PANELS)[number];
/** The controls that an embed can show; every other name is that of a hyperparameter. */
export const CONTROLS = ['play', 'step', 'reset', 'status', 'speed', 'seed'] as const;
/** One of `CONTROLS`. */
export type Control = (typeof CONTROLS)[number];
/** `host` is that of the page around. */
export const THEMES = ['light', 'dark', 'host'] as const;
/** One of `THEMES`. */
export type Theme = (typeof THEMES)[number];

/** What an author chooses, besides what runs. */
export interface Options {
  panels: Panel[];
  /** ids of the metrics with a chart */
  charts: string[];
  controls: Control[];
  /** names of the hyperparameters with a slider */
  knobs: string[];
  theme: Theme;
  /** runs as soon as it is on the screen */
  autoplay: boolean;
  /** the height that is kept free, in pixels; undefined: an estimate */
  height: number | undefined;
  /** what stands above the figure */
  label: string;
  /** what the poster draws, undefined where nothing was recorded */
  recording: Recording | undefined;
  /** what runs, as a query that the playground reads */
  setup: string;
}

/** What an embed is without any attribute. */
export const DEFAULTS = {
  panels: ['charts'] as Panel[],
  charts: ['reward_mean', 'entropy'],
  controls: ['play', 'step', 'reset', 'status'] as Control[],
};

/** The names of everything that is no setting. */
export const OPTION_NAMES = [
  'experiment',
  'arm',
  'panels',
  'charts',
  'controls',
  'theme',
  'autoplay',
  'height',
  'label',
  'recording',
] as const;

const SETTING = /^(?:v|task|policy|algorithm|seed|engine|speed|(?:task|policy|batch|set|part)\.[\w.]+)$/;
/** Whether a name says what runs, in the words of the playground's links. */
export const isSetting = (name: string): boolean => SETTING.test(name);
/** Whether an attribute is meant for the frame. */
export const isForwarded = (name: string): boolean =>
  isSetting(name) || (OPTION_NAMES as readonly string[]).includes(name);

const MOST_KNOBS = 8;
const MOST_CHARTS = 4;
const HEIGHT = { least: 120, most: 4000 };
const quoted = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
const words = (text: string) => [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];

/** Reads the parameters of an embed. Never throws; `complaints` has one sentence for everything that did not fit. */
export function readOptions(given: URLSearchParams): { options: Options; complaints: string[] } {
  const complaints: string[] = [];
  const known = <T extends string>(kind: string, word: string, all: readonly T[]): T | undefined => {
    const found = all.find((one) => one === word);
    if (!found) complaints.push(`${unknownName(kind, quoted(word), [...all])} It was left out.`);
    return found;
  };
  const list = (name: string) => {
    const text = given.get(name);
    return text === null ? undefined : words(text);
  };
  const most = (kind: string, all: string[], number: number) => {
    if (all.length > number)
      complaints.push(`There are ${all.length} ${kind}; wanted at most ${number}. The first ${number} were used.`);
    return all.slice(0, number);
  };
  const asked = list('panels');
  const panels = asked?.flatMap((word) => known('panel', word, PANELS) ?? []) ?? DEFAULTS.panels;
  const metrics = list('charts')?.filter((id) => {
    if (/^\w{1,40}$/.test(id)) return true;
    complaints.push(`'charts' names '${quoted(id)}'; wanted ids of metrics, such as reward_mean. It was left out.`);
    return false;
  });
  const controls = list('controls');
  const theme = given.get('theme');
  const autoplay = given.get('autoplay');
  const { setup, recorded } = readSetup(given, complaints);
  let recording = recorded?.recording;
  const own = given.get('recording');
  if (own !== null) {
    try {
      recording = readRecording(own);
    } catch (error) {
      complaints.push((error as Error).message);
    }
  }
  const height = given.get('height');
  const pixels = height === null ? undefined : Number(height.trim() === '' ? Number.NaN : height);
  const fits = pixels === undefined || (pixels >= HEIGHT.least && pixels <= HEIGHT.most);
  if (!fits)
    complaints.push(
      `'height' is '${quoted(height ?? '')}'; wanted pixels from ${HEIGHT.least} to ${HEIGHT.most}. An estimate was used.`,
    );
  const knobs = controls?.filter((word) => !(CONTROLS as readonly string[]).includes(word)) ?? [];
  return {
    options: {
      panels: panels.length === 0 && asked?.length ? DEFAULTS.panels : panels, // nothing but mistakes is no wish
      charts: most('charts', metrics ?? DEFAULTS.charts, MOST_CHARTS),
      controls: controls ? CONTROLS.filter((name) => controls.includes(name)) : DEFAULTS.controls,
      knobs: most('sliders', knobs, MOST_KNOBS),
      theme: (theme === null ? undefined : known('theme', theme, THEMES)) ?? 'host',
      autoplay: autoplay !== null && !['false', '0', 'off'].includes(autoplay),
      height: fits ? pixels : undefined,
      label: (given.get('label') ?? recorded?.title ?? 'Rollout Lab').slice(0, 120),
      recording,
      setup,
    },
    complaints,
  };
}

/** What runs: the recorded arm of an experiment, where one is named, with the settings laid over it. */
function readSetup(given: URLSearchParams, complaints: string[]): { setup: string; recorded: Recorded | undefined } {
  const own = [...given].filter(([name]) => isSetting(name));
  const experiment = given.get('experiment');
  const arm = given.get('arm') ?? '';
  const base = experiment === null ? undefined : recordedExperiment(experiment, arm);
  if (typeof base === 'string') complaints.push(`${base} The default run was used.`);
  const found = typeof base === 'object' ? base : undefined;
  const query = new URLSearchParams(found?.setup);
  for (const [name, value] of own) query.set(name, value);
  const text = query.toString();
  const setup = text === '' ? '' : `?${text}`;
  return { setup, recorded: found && own.length === 0 ? found : recordedSetup(query) };
}

const FRAME = 92; // heading, foot and the space between
const CHART = 184;
// at 700 pixels of width; longer ones scroll inside themselves (`src/ui/embed/embed.css`)
const OTHERS: Record<Exclude<Panel, 'charts'>, number> = {
  samples: 790,
  metrics: 720,
  inside: 810,
  law: 810,
  about: 810,
  program: 690,
};

/** The height that an embed keeps free from the beginning, so that nothing on the page around moves. In pixels. */
export function reservedHeight({ panels, charts, controls, knobs, height }: Options, width: number): number {
  if (height !== undefined) return height;
  const columns = Math.max(1, Math.floor(width / 290));
  const bar = controls.length === 0 ? 0 : width < 560 ? 100 : 54;
  const rest = panels.reduce(
    (sum, panel) => sum + (panel === 'charts' ? charts.length * CHART : OTHERS[panel] + 12),
    0,
  );
  return FRAME + bar + Math.ceil(knobs.length / columns) * 112 + rest;
}
