/** An algorithm is data: one part for each role. The picker, the sliders, the URL, the shader and the tests derive from it. */
import type { BufferSpec, Dispatch } from '../engine/program.ts';
import type { KnobTable } from '../engine/table.ts';
import type { SlotTwin } from '../engine/twin.ts';

/**
 * The roles a part can play; an algorithm names one part for each.
 * source: which responses are in the batch and who wrote them. reward: what a response is worth. advantage: how good a
 * response or token was, relative to what. stabiliser: which tokens count, and against which denominator. correction: what
 * is done about samples that another policy drew. likelihood: how the likelihood enters. regulariser: what holds the policy
 * back. weighting: how token terms add up to one loss.
 */
export const ROLES = [
  'source',
  'reward',
  'advantage',
  'stabiliser',
  'correction',
  'likelihood',
  'regulariser',
  'weighting',
] as const;
export type Role = (typeof ROLES)[number];

/**
 * What a part asks the program builder for.
 * value: a value head, trained with the policy. log_z: the same column of the logits, for the part's own use.
 * token_reward: rewards lie on tokens, with the KL charge inside.
 * ref_logp: the frozen start weights score every rollout, as long as one of the part's `kl_…` coefficients is above 0.
 * ref_logp_always: the same, whatever the coefficients are.
 * demonstrations: the table of the task's demonstrations. no_samples: nothing is drawn from the policy.
 * kept_groups: more groups are drawn than trained on; the part says which in `kept_group` and clears the others' masks.
 * common_prompts: all replicas answer the same prompts. greedy_reward: the greedy response gets a reward too.
 * sampler_as_old: the ratio's denominator is the policy that drew the sample, however old it is.
 */
export type Need =
  | 'value'
  | 'log_z'
  | 'ref_logp'
  | 'ref_logp_always'
  | 'token_reward'
  | 'demonstrations'
  | 'no_samples'
  | 'kept_groups'
  | 'common_prompts'
  | 'greedy_reward'
  | 'sampler_as_old';

/**
 * When a part's dispatches run.
 * respond: responses exist, the verifier has not seen them. reward: the verifier's reward lies in `true_rewards`, the part
 * writes `rewards`; one that stands in for the verifier writes `verdicts` too, 1 for right and 0 for wrong. Otherwise
 * `verdicts` hold what the verifier calls solved, for whoever reads them. select: rewards are final; groups and responses may be left out. advantage: from rewards to `advantage`.
 * update: in every minibatch, before the coefficients. backward: in every minibatch, after `d_logits` was written.
 */
export const STAGES = ['respond', 'reward', 'select', 'advantage', 'update', 'backward'] as const;
export type Stage = (typeof STAGES)[number];

/** The part's function for one slot: the WGSL file `shaders/parts/<slot>/<file>.wgsl`, and its twin. */
export interface SlotFill {
  file: string;
  twin: SlotTwin;
}

/** What a part may ask of the task and the batch it meets. */
export interface TaskFacts {
  title: string;
  /** how many kinds of responses the task tells apart */
  kinds: number;
  /** the sizes and symbols that the task's shaders know by name */
  symbols: Record<string, number>;
  replicas: number;
}

/** What a symbol of an equation stands for, where it is no knob. */
export interface Term {
  /** LaTeX, as it stands in the equation; indices that follow it there belong to it */
  symbol: string;
  /** half a sentence */
  doc: string;
  /** its names in the shaders and their twins: the lines with one of them compute it */
  names: readonly string[];
  /** id of the metric in which it shows */
  metric?: string;
  /** the setting that it is, or that decides it */
  knob?: string;
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
  /** the symbols of the equation that are no knobs and mean something in this part alone */
  terms?: readonly Term[];
  /** the only place where a knob, its range, its default and its sentence exist */
  hyper: KnobTable;
  slots?: Record<string, SlotFill>;
  /** the part's own dispatches by stage; the builder adds the batch's sizes, its buffers, and the task's slots */
  dispatches?: Partial<Record<Stage, readonly Dispatch[]>>;
  /** buffers that only this part's dispatches use */
  buffers?: Readonly<Record<string, BufferSpec>>;
  needs?: readonly Need[];
  /** the advantage is one number per token instead of one per response */
  is_per_token?: boolean;
  /** the advantage does not change when a constant is added to the rewards of a group */
  is_centred?: boolean;
  /** what a response is worth depends on the other responses to its prompt */
  is_relative?: boolean;
  /** parts of other roles that this one cannot be combined with, and why, as a sentence */
  refuses?: (parts: Record<Role, Part>) => string | undefined;
  /** why a task cannot give what this part needs, as a sentence */
  refuses_task?: (setting: TaskFacts) => string | undefined;
  /** columns of the metrics row that this part's dispatches write, by id */
  metrics?: readonly string[];
}

export interface Paper {
  title: string;
  arxiv?: string;
  /** where in the paper the formula stands */
  equation: string;
  /** what it introduced is a usual baseline that later papers compare themselves with */
  is_yardstick?: boolean;
}

export type Parts = Record<Role, Part>;

/** A run that shows what an algorithm is about; what is not named is as in the default run. */
export interface Home {
  task: string;
  task_settings?: Record<string, number>;
  batch?: Record<string, number>;
  hyper?: Record<string, number>;
}

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
  /** where its idea shows, if the default run is not the place */
  home?: Home;
  /** where the toy departs from the paper, and why */
  departures?: readonly string[];
}

/** Declares a part; exists for the type check. */
export const part = (declaration: Part): Part => declaration;
/** Declares an algorithm; exists for the type check. */
export const algorithm = (declaration: Algorithm): Algorithm => declaration;

/** The parts of an algorithm by role. */
export const partsIn = (a: Algorithm): Parts => ({
  source: a.source,
  reward: a.reward,
  advantage: a.advantage,
  stabiliser: a.stabiliser,
  correction: a.correction,
  likelihood: a.likelihood,
  regulariser: a.regulariser,
  weighting: a.weighting,
});

/** What fills a slot that no part of the algorithm fills. */
export const DEFAULT_FILLS: Readonly<Record<string, SlotFill>> = {
  effective_advantage: { file: 'plain', twin: (t) => t.advantage },
  likelihood_objective: { file: 'plain', twin: (_t, stabilised) => stabilised },
  sampler_weight: { file: 'none', twin: () => 1 },
};

/** The part's function that fills a slot; throws one sentence when there is none. */
export function fillOf(parts: Parts, slot: string): SlotFill {
  for (const role of ROLES) {
    const fill = parts[role].slots?.[slot];
    if (fill) return fill;
  }
  const fill = DEFAULT_FILLS[slot];
  if (!fill)
    throw new Error(
      `no part of this algorithm fills the slot '${slot}'; give its stabiliser, likelihood, regulariser or weighting one.`,
    );
  return fill;
}

/** Why these parts cannot work together, one sentence each; empty when they can. */
export function complainParts(parts: Parts): string[] {
  const complaints = ROLES.flatMap((role) => parts[role].refuses?.(parts) ?? []);
  const filled = new Map<string, Role>();
  for (const role of ROLES) {
    for (const slot of Object.keys(parts[role].slots ?? {})) {
      const other = filled.get(slot);
      if (other)
        complaints.push(
          `The ${other} “${parts[other].title}” and the ${role} “${parts[role].title}” both decide the ${slot.replaceAll('_', ' ')}; exchange one of the two.`,
        );
      filled.set(slot, role);
    }
  }
  return complaints;
}
