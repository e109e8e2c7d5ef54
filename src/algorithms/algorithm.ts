/** An algorithm is data: five parts and a weighting. The picker, the sliders, the URL, the shader and the tests derive from it. */
import type { Dispatch } from '../engine/program.ts';
import type { KnobTable } from '../engine/table.ts';
import type { SlotTwin } from '../engine/twin.ts';

/**
 * The roles a part can play; an algorithm names one part for each.
 * source: which responses are in the batch and who wrote them. advantage: how good a response or token was.
 * stabiliser: which tokens count, and against which denominator. likelihood: how the likelihood enters.
 * regulariser: what holds the policy back. weighting: how token terms add up to one loss.
 */
export const ROLES = ['source', 'advantage', 'stabiliser', 'likelihood', 'regulariser', 'weighting'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What a part asks the program builder for.
 * value: a value head, trained with the policy. token_reward: rewards lie on tokens, with the KL charge inside.
 * ref_logp: the frozen start weights score every rollout, as long as one of the part's `kl_…` coefficients is above 0.
 * demonstrations: responses are the task's demonstrations instead of samples.
 */
export type Need = 'value' | 'ref_logp' | 'token_reward' | 'demonstrations';

/** The part's function for one slot: the WGSL file `shaders/parts/<slot>/<file>.wgsl`, and its twin. */
export interface SlotFill {
  file: string;
  twin: SlotTwin;
}

export interface Part {
  role: Role;
  /** unique among the parts of its role */
  id: string;
  title: string;
  /** one sentence */
  doc: string;
  /** LaTeX, in the paper's symbols */
  equation: string;
  /** the only place where a knob, its range, its default and its sentence exist */
  hyper: KnobTable;
  slots?: Record<string, SlotFill>;
  /** dispatches of an advantage part, between the rewards and the first epoch */
  dispatches?: readonly Dispatch[];
  needs?: readonly Need[];
  /** the advantage is one number per token instead of one per response */
  is_per_token?: boolean;
  /** parts of other roles that this one cannot be combined with, and why, as a sentence */
  refuses?: (parts: Record<Role, Part>) => string | undefined;
}

export interface Paper {
  title: string;
  arxiv?: string;
  /** where in the paper the formula stands */
  equation: string;
}

export type Parts = Record<Role, Part>;

export interface Algorithm extends Parts {
  /** file stem, URL value */
  id: string;
  title: string;
  /** one sentence: what the idea does */
  summary: string;
  paper: Paper;
  /** hyperparameters for which this paper recommends another default than the part's owner */
  defaults?: Record<string, number>;
  /** batch settings at which this algorithm is at home */
  batch?: Record<string, number>;
}

/** Declares a part; exists for the type check. */
export const part = (declaration: Part): Part => declaration;
/** Declares an algorithm; exists for the type check. */
export const algorithm = (declaration: Algorithm): Algorithm => declaration;

/** The parts of an algorithm by role. */
export const partsIn = (a: Algorithm): Parts => ({
  source: a.source,
  advantage: a.advantage,
  stabiliser: a.stabiliser,
  likelihood: a.likelihood,
  regulariser: a.regulariser,
  weighting: a.weighting,
});

/** Why these parts cannot work together, one sentence each; empty when they can. */
export function complainParts(parts: Parts): string[] {
  return ROLES.flatMap((role) => parts[role].refuses?.(parts) ?? []);
}
