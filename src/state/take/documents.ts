/** What of a run is taken along as JSON, and what its files are called. */

import { ROLES } from '../../algorithms/algorithm.ts';
import type { KnobTable } from '../../engine/table.ts';
import type { RunConfig, RunInfo, SampleGroup } from '../../trainer/protocol.ts';
import { batchTable, type Catalogue, hyperTable, own, partOf } from '../catalogue.ts';
import { DEFAULT_SETUP } from '../defaultSetup.ts';
import type { RunState } from '../runStore.ts';
import { sweepQuery } from '../sweep.ts';
import { type Setup, writeLink } from '../urlState.ts';

/** `sum_to_target_grpo_step_120_metrics.csv`: task, algorithm, step, and what is inside. */
export const fileName = ({ task, algorithm }: Pick<RunConfig, 'task' | 'algorithm'>, step: number, rest: string) =>
  `${task}_${algorithm}_step_${step}_${rest}`;

const filled = (table: KnobTable, given: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(table).map(([name, knob]) => [name, own(given, name) ?? knob.value]));

/** Every value of a configuration, defaults filled in. */
export function filledConfig(catalogue: Catalogue, config: RunConfig) {
  return {
    ...config,
    parts: Object.fromEntries(ROLES.map((role) => [role, partOf(catalogue, config, role)?.id ?? ''])),
    task_settings: filled(own(catalogue.tasks, config.task)?.settings ?? {}, config.task_settings),
    policy_settings: filled(own(catalogue.policies, config.policy)?.settings ?? {}, config.policy_settings),
    batch: filled(batchTable(catalogue, config), config.batch),
    hyper: filled(hyperTable(catalogue, config), config.hyper),
  };
}

/** The settings of a run: what was chosen, what that comes to, what replicas differ in, and what was changed on the way. */
export function settingsDocument(catalogue: Catalogue, setup: Setup, { info, marks, metrics, spread }: RunState) {
  const { config, engine, speed } = setup;
  const rows = metrics.num_rows;
  return {
    format: 'rollout-lab-settings',
    version: 1,
    link: writeLink(catalogue, DEFAULT_SETUP, { config, engine, speed }, sweepQuery({ spread, info })),
    config,
    filled: filledConfig(catalogue, config),
    by_replica: spread ?? null,
    engine: info ? `${info.engine.kind}: ${info.engine.adapter}` : '',
    first_step: rows > 0 ? metrics.steps[0] : null,
    last_step: rows > 0 ? metrics.steps[rows - 1] : null,
    changes: marks.flatMap(({ edits }) => edits.map(({ step, text }) => ({ step, text }))),
    metrics: (info?.metrics ?? []).map(({ id, label, unit, doc }) => ({ id, label, unit, doc })),
  };
}

/** Prompts with their groups of responses, token by token. JSON has no NaN: a number that is none becomes null. */
export function samplesDocument(info: Pick<RunInfo, 'config'>, groups: readonly SampleGroup[]) {
  return {
    format: 'rollout-lab-samples',
    version: 1,
    config: info.config,
    groups: groups.map(({ step, replica, prompt_index, prompt_id, prompt, responses }) => ({
      step,
      replica,
      prompt_index,
      prompt_id,
      prompt,
      responses,
    })),
  };
}

/** JSON for a person and a program. */
export const written = (document: unknown): string => `${JSON.stringify(document, null, 1)}\n`;
