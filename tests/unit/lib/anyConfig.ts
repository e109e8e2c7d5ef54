/** What property tests draw: configurations as a reader can make them on the page. */
import fc from 'fast-check';
import { ROLES } from '../../../src/algorithms/algorithm.ts';
import type { Knob } from '../../../src/engine/table.ts';
import { SETTING_PLACES, settingTables, withoutDefaults } from '../../../src/state/catalogue.ts';
import { numPositions, valueAt } from '../../../src/state/knobScale.ts';
import { registries } from '../../../src/state/registries.ts';
import { defaultRun } from '../../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../../src/trainer/protocol.ts';

/** Any task, policy and algorithm, some parts exchanged and some knobs moved, with a seed up to the largest. */
export const anyConfig = (largest_seed: number): fc.Arbitrary<RunConfig> =>
  fc
    .record({
      task: fc.constantFrom(...Object.keys(registries.tasks)),
      policy: fc.constantFrom(...Object.keys(registries.policies)),
      algorithm: fc.constantFrom(...Object.keys(registries.algorithms)),
      seed: fc.integer({ min: 0, max: largest_seed }),
      picks: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 8 }),
      swaps: fc.array(fc.tuple(fc.constantFrom(...ROLES), fc.nat()), { maxLength: 4 }),
    })
    .map(({ picks, swaps, ...names }) => {
      const config = defaultRun(names);
      for (const [role, n] of swaps) {
        const parts = registries.partsOf(role);
        config.parts[role] = parts[n % parts.length].id;
      }
      const tables = settingTables(registries, config);
      for (const [place_index, n, share] of picks) {
        const place = SETTING_PLACES[place_index % SETTING_PLACES.length];
        const entries = Object.entries<Knob>(tables[place]);
        if (entries.length === 0) continue;
        const [name, knob] = entries[n % entries.length];
        config[place][name] = valueAt(knob, Math.round(share * numPositions(knob)));
      }
      return withoutDefaults(registries, config);
    });
