/** What a lesson is: short pages of text beside the running playground, each with something to do, to guess and to measure. */
import type { Role } from '../algorithms/algorithm.ts';
import type { Setup } from '../experiments/experiment.ts';

/** Buttons of the page that a lesson can point at. */
export const BUTTONS = ['play', 'step', 'reset', 'keep'] as const;
/** Charts that are always there. */
export const CHARTS = ['reward', 'entropy'] as const;
/** Sections that a lesson can point at. */
export const SECTIONS = ['law', 'samples', 'inside', 'metrics', 'experiments'] as const;
/** Choices in the page’s first sentence. */
export const PICKS = ['algorithm', 'task', 'policy'] as const;

/** Something on the page that a lesson can point at. */
export type Control =
  | { knob: string }
  | { part: Role }
  | { pick: (typeof PICKS)[number] }
  | { button: (typeof BUTTONS)[number] }
  | { chart: (typeof CHARTS)[number] }
  | { section: (typeof SECTIONS)[number] };

/** A change of the run that is going; its weights stay. */
export interface Change {
  algorithm?: string;
  parts?: Partial<Record<Role, string>>;
  hyper?: Record<string, number>;
}

/** A metric at a step over seeds: mean, lowest and highest. */
export interface Measured {
  metric: string;
  step: number;
  mean: number;
  low: number;
  high: number;
}

/** A paragraph; one idea. */
export interface Text {
  kind: 'text';
  text: string;
}
/** An equation on a line of its own, LaTeX. */
export interface Formula {
  kind: 'equation';
  tex: string;
  label: string;
}
/** Something to do: what it says, the run that it opens or the change that it makes, and the control to touch. */
export interface Task {
  kind: 'task';
  text: string;
  /** the run that the task's button opens, from the defaults */
  open?: Setup;
  /** the change that the task's button makes to the run that is going */
  change?: Change;
  /** what the button says */
  button?: string;
  /** the control that the text speaks of */
  at?: Control;
  /** metrics that get charts of their own */
  charts?: readonly string[];
}
/** A question, and its answer for when the reader has thought. */
export interface Question {
  kind: 'question';
  ask: string;
  answer: string;
}
/** What was measured with exactly one configuration, on the CPU engine. */
export interface Expectation {
  kind: 'expect';
  text: string;
  /** runs beside each other, each with what it was: the configuration and the numbers of its seeds */
  runs: readonly { title: string; setup: Setup; numbers: readonly Measured[]; is_ensemble?: boolean }[];
  seeds: number;
}

/** One thing on a page. */
export type Block = Text | Formula | Task | Question | Expectation;

/** One page. */
export interface LessonPart {
  title: string;
  blocks: readonly Block[];
}

/** A lesson. One file each, named like its id. */
export interface Lesson {
  /** file stem, URL value */
  id: string;
  /** place in the list, from 1 */
  number: number;
  title: string;
  /** one sentence with a question mark */
  question: string;
  /** ids of the papers' cards */
  papers: readonly string[];
  /** algorithms whose declared papers belong to it too */
  algorithms: readonly string[];
  parts: readonly LessonPart[];
}

/** Declares a lesson; exists for the type check. */
export const lesson = (declared: Lesson): Lesson => declared;

/** A paragraph. */
export const text = (words: string): Text => ({ kind: 'text', text: words });
/** An equation and what it is called. */
export const formula = (label: string, tex: string): Formula => ({ kind: 'equation', tex, label });
/** Something to do. */
export const task = (words: string, more: Omit<Task, 'kind' | 'text'> = {}): Task => ({
  kind: 'task',
  text: words,
  ...more,
});
/** A question and its answer. */
export const question = (ask: string, answer: string): Question => ({ kind: 'question', ask, answer });
/** What was measured over eight seeds, from seed 1 on. */
export const expect = (words: string, ...runs: Expectation['runs'][number][]): Expectation => ({
  kind: 'expect',
  text: words,
  runs,
  seeds: 8,
});
/** One measured number: mean, lowest and highest of the seeds. */
export const at = (metric: string, step: number, mean: number, low: number, high: number): Measured => ({
  metric,
  step,
  mean,
  low,
  high,
});
