/** The text of `npm run train -- --list`: everything that has a name, from the registries. */
import { ROLES } from '../algorithms/algorithm.ts';
import { algorithms, partsOf } from '../algorithms/index.ts';
import { type Knob, type KnobTable, rangeOf } from '../engine/table.ts';
import { policies } from '../policies/index.ts';
import { tasks } from '../tasks/index.ts';
import { BATCH, COMMON_HYPER } from '../trainer/settings.ts';

const NAME_WIDTH = Math.max(
  ...[...Object.keys(algorithms), ...ROLES.flatMap((role) => partsOf(role).map((p) => p.id))].map((id) => id.length),
);

const valueText = (knob: Knob): string => knob.choices?.[knob.value] ?? String(knob.value);

function knobLines(table: KnobTable, depth: number): string[] {
  const pad = '  '.repeat(depth);
  return Object.entries(table).map(
    ([name, knob]) => `${pad}${name.padEnd(NAME_WIDTH)} ${rangeOf(knob)}, default ${valueText(knob)}: ${knob.doc}`,
  );
}

const entry = (id: string, text: string, depth = 1): string => `${'  '.repeat(depth)}${id.padEnd(NAME_WIDTH)} ${text}`;

/** Every algorithm, part, task, policy and setting, with ranges, defaults and sentences. */
export function listText(): string {
  const { learning_rate, ...common } = COMMON_HYPER;
  const rates = Object.values(policies).map((p) => `${p.learning_rate} with ${p.id}`);
  return [
    'Algorithms (--algorithm ID)',
    ...Object.values(algorithms).map((a) =>
      entry(a.id, `${a.title}: ${a.summary}${a.home ? ` At home on ${a.home.task}.` : ''}`),
    ),
    '',
    'Parts (--part ROLE=ID) with their hyperparameters (--set NAME=VALUE)',
    ...ROLES.flatMap((role) => [
      `  ${role}`,
      ...partsOf(role).flatMap((p) => [entry(p.id, p.doc, 2), ...knobLines(p.hyper, 3)]),
    ]),
    '',
    'Hyperparameters of every run (--set NAME=VALUE)',
    entry('learning_rate', `${rangeOf(learning_rate)}, default ${rates.join(', ')}: ${learning_rate.doc}`),
    ...knobLines(common, 1),
    '',
    'Tasks (--task ID) with their settings (--task-set NAME=VALUE) and rules (--set NAME=VALUE)',
    ...Object.values(tasks).flatMap((t) => [
      entry(t.id, t.summary),
      ...(Object.keys(t.settings).length > 0 ? ['    settings', ...knobLines(t.settings, 3)] : []),
      ...(Object.keys(t.rules).length > 0 ? ['    rules', ...knobLines(t.rules, 3)] : []),
    ]),
    '',
    'Policies (--policy ID) with their settings (--policy-set NAME=VALUE)',
    ...Object.values(policies).flatMap((p) => [entry(p.id, p.summary), ...knobLines(p.settings, 2)]),
    '',
    'Batch settings (--batch NAME=VALUE)',
    ...knobLines(BATCH, 1),
    '',
  ].join('\n');
}
