/** In what two configurations differ, and the name that a run has from that. */
import { ROLES } from '../algorithms/algorithm.ts';
import type { Knob } from '../engine/table.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { type Catalogue, own, partOf, ROLE_TITLES, SETTING_PLACES, settingTables } from './catalogue.ts';
import { formatValue, knobTitle, MINUS, plural } from './format.ts';
import type { RunMeta } from './runs.ts';
import { DEFAULT_SETUP } from './setupStore.ts';

/** One thing in which a configuration differs from another. */
export interface Difference {
  /** what the page calls a setting, or what kind of thing differs */
  subject: string;
  here: string;
  there: string;
}

const titleOf = (table: Record<string, { title: string }>, id: string) => own(table, id)?.title ?? id;

/** In what one configuration differs from another. What only follows from the algorithm is not said. */
export function difference(catalogue: Catalogue, here: RunConfig, there: RunConfig): Difference[] {
  const out: Difference[] = [];
  const say = (subject: string, a: string, b: string) => out.push({ subject, here: a, there: b });
  const name = (subject: string, table: Record<string, { title: string }>, a: string, b: string) => {
    if (a !== b) say(subject, titleOf(table, a), titleOf(table, b));
  };
  name('Algorithm', catalogue.algorithms, here.algorithm, there.algorithm);
  name('Task', catalogue.tasks, here.task, there.task);
  name('Policy', catalogue.policies, here.policy, there.policy);
  const is_chosen = (record: Record<string, unknown>, key: string) => own(record, key) !== undefined;
  for (const role of ROLES) {
    if (!is_chosen(here.parts, role) && !is_chosen(there.parts, role)) continue;
    const a = partOf(catalogue, here, role);
    const b = partOf(catalogue, there, role);
    const a_id = a?.id ?? own(here.parts, role) ?? '';
    const b_id = b?.id ?? own(there.parts, role) ?? '';
    if (a_id !== b_id) say(ROLE_TITLES[role], a?.title ?? a_id, b?.title ?? b_id);
  }
  const tables = { here: settingTables(catalogue, here), there: settingTables(catalogue, there) };
  for (const place of SETTING_PLACES) {
    const names = new Set([...Object.keys(here[place]), ...Object.keys(there[place])]);
    for (const setting of names) {
      const a_knob = own<Knob>(tables.here[place], setting);
      const b_knob = own<Knob>(tables.there[place], setting);
      const a = own(here[place], setting) ?? a_knob?.value;
      const b = own(there[place], setting) ?? b_knob?.value;
      if (a === b) continue;
      const write = (knob: Knob | undefined, value: number | undefined) =>
        value === undefined
          ? 'none'
          : (knob?.choices?.[value] ?? (knob ? formatValue(knob, value) : String(value)).replaceAll('-', MINUS));
      say(knobTitle(setting, a_knob ?? b_knob), write(a_knob ?? b_knob, a), write(b_knob ?? a_knob, b));
    }
  }
  if (here.seed !== there.seed) say('Seed', String(here.seed), String(there.seed));
  return out;
}

/** In what a configuration differs from what its own algorithm, task and policy recommend. */
const ownSettings = (catalogue: Catalogue, config: RunConfig): Difference[] =>
  difference(catalogue, config, { ...DEFAULT_SETUP.config, ...namesOf(config), seed: config.seed });

const namesOf = ({ algorithm, task, policy }: RunConfig) => ({ algorithm, task, policy });

const NAMED = 2; // differences in an automatic name

/** What a run is called when nobody named it: its algorithm and what is not as usual. */
export function automaticName(catalogue: Catalogue, config: RunConfig): string {
  const { task, policy } = DEFAULT_SETUP.config;
  const usual = ownSettings(catalogue, config);
  const said = usual
    .slice(0, NAMED)
    .map(({ subject, here }) => (subject === 'replicas' ? plural(Number(here), 'replica') : `${subject} ${here}`));
  return [
    titleOf(catalogue.algorithms, config.algorithm) +
      (config.task === task ? '' : ` on ${titleOf(catalogue.tasks, config.task)}`),
    ...(config.policy === policy ? [] : [titleOf(catalogue.policies, config.policy)]),
    ...said,
    ...(usual.length > NAMED ? [`${usual.length - NAMED} more`] : []),
  ].join(', ');
}

/** The name of each of some runs; where two would be called the same, with their seed or the changes on the way. */
export function namesOfRuns(
  catalogue: Catalogue,
  runs: readonly Pick<RunMeta, 'id' | 'name' | 'config' | 'edits'>[],
): Map<string, string> {
  const plain = runs.map((run) => run.name || automaticName(catalogue, run.config));
  return new Map(
    runs.map((run, index) => {
      const alike = runs.filter((other, k) => other !== run && plain[k] === plain[index]);
      if (run.name !== '' || alike.length === 0) return [run.id, plain[index]];
      const more: string[] = [];
      if (alike.some((other) => other.config.seed !== run.config.seed)) more.push(`seed ${run.config.seed}`);
      if (run.edits.length > 0) more.push(`changed at step ${run.edits[0].step}`);
      return [run.id, [plain[index], ...more].join(', ')];
    }),
  );
}

/** One difference as words. */
export const differenceText = ({ subject, here, there }: Difference): string =>
  `${subject} ${here} instead of ${there}`;

const SHOWN_EDITS = 3;

/** What was changed on the way, in words; '' where nothing was. */
export function editsText(edits: RunMeta['edits']): string {
  const shown = edits.slice(0, SHOWN_EDITS).map(({ step, text }) => `at step ${step}: ${text}`);
  if (edits.length > SHOWN_EDITS) shown.push(plural(edits.length - SHOWN_EDITS, 'more change'));
  return shown.join(', ');
}
