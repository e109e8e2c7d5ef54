/** What a sequence task is: slot functions in WGSL with their twins, a table of prompts, and a declaration. */
import { no_answer } from '../../shaders/lib/answer.ref.ts';
import type { KnobTable } from '../engine/table.ts';

/** What happens at a response position: the policy draws a symbol, the task writes one (mask 0), or the response ends. */
export const NEXT = { sample: 0, force: 1, stop: 2 } as const;
export interface Next {
  kind: number;
  /** the forced symbol */
  symbol: number;
}

/** The key of a response from which no answer can be read; the same value as in `shaders/lib/answer.wgsl`. */
export const NO_ANSWER = no_answer;

/** The history a slot may look at; the same accessors as in `shaders/lib/history.wgsl`. */
export interface History {
  prompt_symbol(j: number): number;
  response_symbol(i: number): number;
  size: Record<string, number>;
  hyper: Record<string, number>;
}

/** A sample drawn for a person. */
export interface Shown {
  prompt: string;
  response: string;
  /** why the verifier gave what it gave, in a few words */
  verdict: string;
}

/** A task at one difficulty. */
export interface TaskInstance {
  /** symbols the policy may emit or read are 0 … vocab − 1 */
  vocab: number;
  /** how a person reads each symbol */
  symbols: readonly string[];
  /** symbols per prompt, the same for every prompt */
  prompt_position: number;
  /** symbols per response, at most */
  position: number;
  /** values of the `override`s that the task's WGSL declares */
  sizes: Record<string, number>;
  /** every prompt of this difficulty (at most 65,536), in a fixed order; the last `num_held_out` are never trained on */
  prompts: readonly (readonly number[])[];
  num_held_out: number;
  /** expected reward of the best policy, where it is known exactly */
  optimum: number | undefined;
  /** a response with at least this reward counts as correct */
  solved_reward: number;
  /** names of the kinds that `response_kind` tells apart, two to four; absent: all responses are of one kind */
  kinds?: readonly string[];
  /** how many different correct responses a prompt has, where that is known and the same for every prompt */
  num_correct?: number;
  /** the last so many prompts have no correct response at all; absent: every prompt has one */
  num_impossible?: number;
  /**
   * A correct response; `draw(n)` gives an integer below n. Variants of one prompt should differ where they can.
   * For a prompt that has no correct response, any response that the transitions allow.
   */
  demonstrate(prompt: readonly number[], draw: (n: number) => number): number[];
  /** a response, right or wrong, as the data have it on which a policy is pre-trained; absent: `demonstrate` */
  pretrain?(prompt: readonly number[], draw: (n: number) => number): number[];
  show(prompt: readonly number[], response: readonly number[], reward: number, hyper: Record<string, number>): Shown;
}

export interface Task {
  /** file stem, URL value */
  id: string;
  title: string;
  /** one sentence: what is asked, what is rewarded */
  summary: string;
  /** difficulty: changes sizes, so a change restarts the run */
  settings: KnobTable;
  /** rules of the verifier as data: changed while running, one value per replica */
  rules: KnobTable;
  /**
   * Part ids of the slots: the task's own id, or a shared part such as `fixed_length`. Where `answer` is absent the whole
   * response is the answer (`whole_response`), where `response_kind` is absent there is one kind (`one_kind`).
   */
  slots: { next_symbol: string; reward: string; answer?: string; response_kind?: string };
  /** twins of the task's own slot functions */
  twins: {
    next_symbol?: (t: number, history: History) => Next;
    reward: (length: number, history: History) => number;
    /** a whole number below `NO_ANSWER`, or that */
    answer?: (length: number, history: History) => number;
    /** index into the instance's `kinds` */
    response_kind?: (length: number, history: History) => number;
  };
  build(settings: Record<string, number>): TaskInstance;
}

/** Declares a task; exists for the type check. */
export const task = (declaration: Task): Task => declaration;
