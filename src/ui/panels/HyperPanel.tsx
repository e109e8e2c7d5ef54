import { useCallback } from 'react';
import { own } from '../../state/catalogue.ts';
import { KnobField } from '../knobs/KnobField.tsx';
import { useLab, useRun, useSetup } from '../lab.tsx';
import { Panel } from '../Panel.tsx';

/** Every hyperparameter of the run, in the groups the worker names; changes take effect at the next step. */
export function HyperPanel() {
  const { session } = useLab();
  const knobs = useRun((state) => state.info?.hyper);
  const values = useSetup((state) => state.config.hyper);
  const commit = useCallback((name: string, value: number) => void session.setHyper(name, value), [session]);
  const groups = Map.groupBy(knobs ?? [], ({ group }) => group);
  return (
    <Panel id="hyper" title="Hyperparameters" note="live">
      {!knobs && <p className="muted">They appear when the run is built.</p>}
      {[...groups].map(([group, entries]) => (
        <fieldset key={group} className="knob-group">
          <legend>{group}</legend>
          {entries.map(({ name, knob }) => (
            <KnobField
              key={name}
              name={name}
              knob={knob}
              value={own(values, name) ?? knob.value}
              commit="live"
              onCommit={commit}
            />
          ))}
        </fieldset>
      ))}
    </Panel>
  );
}
