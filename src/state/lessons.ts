/** Lessons against the playground: which run a task opens, where its control is, and the command that measures the same. */

import type { Setup } from '../experiments/experiment.ts';
import type { Change, Control, Lesson, Task } from '../lessons/lesson.ts';
import { defaultRun } from '../trainer/defaultRun.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { type Catalogue, own, ROLE_TITLES, type SettingPlace, settingTables, withoutDefaults } from './catalogue.ts';
import { formatNumber, knobTitle } from './format.ts';
import type { Lab } from './lab.ts';
import { withLesson } from './lessonAddress.ts';
import { addressOf } from './links.ts';
import type { PanelId } from './viewStore.ts';

/** The run that a setup means: the default run with what it names. */
export const lessonConfig = (setup: Setup): RunConfig => defaultRun(structuredClone(setup) as Partial<RunConfig>);

/** The run after a change of a task; another algorithm brings its own parts. */
const changedConfig = (config: RunConfig, { algorithm, parts, hyper }: Change): RunConfig => ({
  ...config,
  algorithm: algorithm ?? config.algorithm,
  parts: { ...(algorithm === undefined ? config.parts : {}), ...(parts as Record<string, string>) },
  hyper: { ...config.hyper, ...hyper },
});

/** Makes a task's change in the run that is going; the weights stay. Resolves with the sentence of a refusal, '' where all was made. */
export async function makeChange(
  { session }: Pick<Lab, 'session'>,
  { algorithm, parts, hyper }: Change,
): Promise<string> {
  if (algorithm !== undefined) await session.swapAlgorithm(algorithm);
  for (const [role, id] of Object.entries(parts ?? {})) {
    const refusal = await session.swapPart(role as keyof typeof ROLE_TITLES, id);
    if (refusal) return refusal;
  }
  for (const [name, value] of Object.entries(hyper ?? {})) await session.setHyper(name, value);
  return '';
}

/** Where a control is on the page. */
export interface ControlPlace {
  /** CSS selector of the element that is outlined */
  selector: string;
  /** the section that must be open for it */
  panel: PanelId | undefined;
  /** what it is called, with where it is, as half a sentence */
  words: string;
}

const PANEL_OF: Record<SettingPlace, PanelId> = {
  task_settings: 'task',
  policy_settings: 'policy',
  batch: 'batch',
  hyper: 'hyper',
};
const PANEL_WORDS: Record<SettingPlace, string> = {
  task_settings: 'under Task',
  policy_settings: 'under Policy',
  batch: 'under Batch',
  hyper: 'under Hyperparameters',
};
const SECTION_WORDS: Record<string, string> = {
  law: 'Entropy law',
  samples: 'Responses',
  inside: 'Inside one update',
  metrics: 'All metrics',
  experiments: 'Experiments',
};

/** Where a run of this configuration has a control, or undefined where it has none. */
export function controlPlace(catalogue: Catalogue, config: RunConfig, control: Control): ControlPlace | undefined {
  if ('knob' in control) {
    const tables = settingTables(catalogue, config);
    const place = (Object.keys(tables) as SettingPlace[]).find((one) => Object.hasOwn(tables[one], control.knob));
    if (!place) return undefined;
    return {
      selector: `[data-knob="${control.knob}"]`,
      panel: PANEL_OF[place],
      words: `“${knobTitle(control.knob, tables[place][control.knob])}” ${PANEL_WORDS[place]}`,
    };
  }
  if ('part' in control)
    return {
      selector: `[data-role="${control.part}"]`,
      panel: 'parts',
      words: `“${ROLE_TITLES[control.part]}” among the parts of the algorithm`,
    };
  if ('pick' in control)
    return {
      selector: `[data-role="${control.pick}"]`,
      panel: undefined,
      words: `the choice of the ${control.pick} in the sentence at the top`,
    };
  if ('button' in control)
    return { selector: `[data-role="${control.button}"]`, panel: undefined, words: `the button “${control.button}”` };
  if ('chart' in control)
    return {
      selector: `[data-testid="chart-${control.chart}"]`,
      panel: undefined,
      words: `the chart of the ${control.chart}`,
    };
  return {
    selector: `section[aria-labelledby="${control.section}-title"]`,
    panel: control.section,
    words: `the section “${SECTION_WORDS[control.section]}”`,
  };
}

/** The address of a task's run, with the lesson still open beside it. */
export function taskAddress(lab: Pick<Lab, 'catalogue' | 'setup' | 'view'>, { open }: Task): string {
  const query = addressOf(lab, lessonConfig(open ?? {}));
  return withLesson(query === '?' ? '' : query, lab.view.getState().lesson);
}

/** The run that a part without one of its own goes on from: the last that an earlier part opens, and which part that is. */
export function formerRun({ parts }: Lesson, part: number): { part: number; task: Task } | undefined {
  const opening = parts
    .slice(0, part)
    .flatMap(({ blocks }, index) =>
      blocks.flatMap((block) => (block.kind === 'task' && block.open ? [{ part: index + 1, task: block }] : [])),
    );
  const last = opening.at(-1);
  return last?.part === part ? undefined : last;
}

/** Whether the page's run is the one that a task opens, with whichever seed. */
export function isRunOf(lab: Pick<Lab, 'catalogue' | 'setup'>, { open }: Task): boolean {
  const { config } = lab.setup.getState();
  return addressOf(lab, config) === addressOf(lab, { ...lessonConfig(open ?? {}), seed: config.seed });
}

/** The command that measures a setup as its numbers were measured, one seed's line to see how. */
export function commandOf(
  catalogue: Catalogue,
  setup: Setup,
  steps: number,
  seeds: number,
  is_ensemble = false,
): string {
  const config = withoutDefaults(catalogue, lessonConfig(setup));
  const tables = settingTables(catalogue, config);
  // without a task the command takes the algorithm's home
  const is_usual = config.task === 'sum_to_target' && !own(catalogue.algorithms, config.algorithm)?.home;
  const words = (option: string, place: SettingPlace) =>
    Object.entries(config[place]).flatMap(([name, value]) => {
      if (name === 'warm_up_steps') return [`--warm-up ${value}`];
      const knob = own<{ choices?: readonly string[] }>(tables[place], name);
      return [`--${option} ${name}=${knob?.choices?.[value] ?? value}`];
    });
  return [
    'npm run train --',
    `--algorithm ${config.algorithm}`,
    ...(is_usual ? [] : [`--task ${config.task}`]),
    ...(config.policy === 'tabular' ? [] : [`--policy ${config.policy}`]),
    ...Object.entries(config.parts).map(([role, id]) => `--part ${role}=${id}`),
    ...words('task-set', 'task_settings'),
    ...words('policy-set', 'policy_settings'),
    ...words('batch', 'batch'),
    ...words('set', 'hyper'),
    is_ensemble ? '--seed 1' : `--seed 1 --replicas ${seeds}`,
    `--steps ${steps + 1} --engine cpu --out -`,
  ].join(' ');
}

/** Two digits behind the point, or two that count. */
const short = (value: number): string => formatNumber(value, Math.abs(value) >= 1 ? 3 : 2);

/** `0.21 (0.15 to 0.34)`; one number where all seeds agree. */
export const formatMeasured = (mean: number, low: number, high: number): string =>
  low === high ? short(mean) : `${short(mean)} (${short(low)} to ${short(high)})`;

/** The configurations that a lesson names, in order, each with the configuration that its changes lead to. */
export function configsOf(lesson: Lesson): { where: string; config: RunConfig; task?: Task }[] {
  let config = lessonConfig({});
  return lesson.parts.flatMap(({ title, blocks }) =>
    blocks.flatMap((block) => {
      const where = `${lesson.id}, ${title}`;
      if (block.kind === 'expect')
        return block.runs.map((run) => ({ where: `${where}, ${run.title}`, config: lessonConfig(run.setup) }));
      if (block.kind !== 'task') return [];
      if (block.open) config = lessonConfig(block.open);
      if (block.change) config = changedConfig(config, block.change);
      return [{ where, config, task: block }];
    }),
  );
}
