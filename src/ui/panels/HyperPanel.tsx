import { useCallback, useMemo } from 'react';
import { hyperGroups, own } from '../../state/catalogue.ts';
import { KnobField } from '../knobs/KnobField.tsx';
import { useLab, useRun, useSetup } from '../lab.tsx';
import { Panel } from '../Panel.tsx';

/** Every hyperparameter of the run, in the groups the worker names; changes take effect at the next step. */
export function HyperPanel() {
  const { catalogue, session, view } = useLab();
  const knobs = useRun((state) => state.info?.hyper);
  const config = useSetup((state) => state.config);
  const commit = useCallback((name: string, value: number) => void session.setHyper(name, value), [session]);
  const sweep = useCallback((name: string) => view.getState().show('sweep', name), [view]);
  const groups = useMemo(() => hyperGroups(catalogue, config, knobs ?? []), [catalogue, config, knobs]);
  return (
    <Panel id="hyper" title="Hyperparameters" note="live">
      {!knobs && <p className="muted">They appear when the run is built.</p>}
      {groups.map(({ title, entries }) => (
        <fieldset key={title} className="knob-group">
          <legend>{title}</legend>
          {entries.map(({ name, knob }) => (
            <KnobField
              key={name}
              name={name}
              knob={knob}
              value={own(config.hyper, name) ?? knob.value}
              commit="live"
              onCommit={commit}
              onSweep={sweep}
            />
          ))}
        </fieldset>
      ))}
    </Panel>
  );
}
