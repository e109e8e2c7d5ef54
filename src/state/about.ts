/** What an algorithm's card says: how its parts differ from GRPO's, and which knob each symbol of an equation is. */
import { type Algorithm, type Part, type Parts, ROLES, type Role } from '../algorithms/algorithm.ts';
import type { Knob, KnobTable } from '../engine/table.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { BATCH, COMMON_HYPER } from '../trainer/settings.ts';
import { type Catalogue, hyperTable, own, partOf } from './catalogue.ts';

/** The algorithm that all others are compared with. */
export const REFERENCE = 'grpo';

/** Where the parts meet, as `shaders/kernels/policy_gradient.wgsl` computes it; LaTeX. */
export const COEFFICIENT = String.raw`c_{i,t}=\underbrace{w_{i,t}}_{\text{weighting}}\Big(\underbrace{\mathbf 1_{i,t}\,\rho_{i,t}}_{\text{stabiliser}}\;\underbrace{s_{i,t}}_{\text{correction}}\;\underbrace{\hat A_{i,t}}_{\text{advantage}}\;\underbrace{\ell_{i,t}}_{\text{likelihood}}\;-\;\beta\,\underbrace{k'_{i,t}}_{\text{regulariser}}\Big)`;
/** What becomes of the coefficients; LaTeX. */
export const UPDATE = String.raw`\theta\leftarrow\theta+\eta\,\mathrm{AdamW}\Big(\sum_{i,t} c_{i,t}\,\nabla\log\pi_\theta(y_{i,t})+c_H\,w_{i,t}\,\nabla H_{i,t}\Big),\qquad \pi_\theta=\mathrm{softmax}(z_\theta/\tau)`;

/** A role that is not played alike by GRPO, by the algorithm, and in the run. */
export interface Difference {
  role: Role;
  /** the part of GRPO */
  reference: Part;
  /** the part of the algorithm */
  declared: Part;
  /** the part that plays the role in the run */
  running: Part;
}

/** The parts of a run, exchanged ones included. */
export function runningParts(catalogue: Catalogue, config: RunConfig): Parts | undefined {
  const found = ROLES.map((role) => [role, partOf(catalogue, config, role)] as const);
  if (found.some(([, part]) => part === undefined)) return undefined;
  return Object.fromEntries(found) as Parts;
}

/** The roles in which the run or its algorithm differs from GRPO. */
export function differences(catalogue: Catalogue, config: RunConfig): Difference[] {
  const reference = own(catalogue.algorithms, REFERENCE);
  const declared = own(catalogue.algorithms, config.algorithm);
  const running = runningParts(catalogue, config);
  if (!reference || !declared || !running) return [];
  return ROLES.map((role) => ({
    role,
    reference: reference[role],
    declared: declared[role],
    running: running[role],
  })).filter((d) => d.reference.id !== d.declared.id || d.declared.id !== d.running.id);
}

/** True where a part of the run is not the algorithm's own. */
export const isRecombined = (differences_found: readonly Difference[]): boolean =>
  differences_found.some((d) => d.declared.id !== d.running.id);

/** A knob as the legend of an equation lists it. */
export interface LegendEntry {
  name: string;
  /** with the default that the algorithm gives it */
  knob: Knob;
  /** LaTeX; '' where the equation does not name it */
  symbol: string;
}

const legendOf = (table: KnobTable, names: readonly string[]): LegendEntry[] => {
  const entries = names
    .filter((name) => Object.hasOwn(table, name))
    .map((name) => ({ name, knob: table[name], symbol: table[name].symbol ?? '' }));
  return [...entries.filter((e) => e.symbol !== ''), ...entries.filter((e) => e.symbol === '')];
};

/** The knobs of a part, those that its equation names first. */
export const partLegend = (catalogue: Catalogue, config: RunConfig, part: Part): LegendEntry[] =>
  legendOf(
    Object.fromEntries(
      Object.entries(hyperTable(catalogue, config)).map(([name, knob]) => [
        name,
        { ...knob, symbol: part.hyper[name]?.symbol },
      ]),
    ),
    Object.keys(part.hyper),
  );

/** The knobs that belong to no part: optimiser and sampler. */
export const commonLegend = (catalogue: Catalogue, config: RunConfig): LegendEntry[] =>
  legendOf(hyperTable(catalogue, config), Object.keys(COMMON_HYPER));

/** A batch setting at which an algorithm is at home, where that is not the usual one. */
export interface BatchHome {
  name: string;
  value: number;
  usual: number;
  doc: string;
}

/** The batch settings that an algorithm recommends. */
export const batchHome = (algorithm: Algorithm): BatchHome[] =>
  Object.entries(algorithm.batch ?? {}).map(([name, value]) => ({
    name,
    value,
    usual: BATCH[name]?.value ?? Number.NaN,
    doc: BATCH[name]?.doc ?? '',
  }));
