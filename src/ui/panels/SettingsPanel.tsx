import { useCallback, useMemo } from 'react';
import type { Knob } from '../../engine/table.ts';
import { own, type SettingPlace, settingTables } from '../../state/catalogue.ts';
import type { PanelId } from '../../state/viewStore.ts';
import { KnobField } from '../knobs/KnobField.tsx';
import { useLab, useSetup } from '../lab.tsx';
import { Panel } from '../Panel.tsx';

interface Props {
  id: PanelId;
  title: string;
  place: Exclude<SettingPlace, 'hyper'>;
  summary?: string;
}

/** Settings that change the size of a run: a change builds it again. */
export function SettingsPanel({ id, title, place, summary }: Props) {
  const { catalogue, session, setup } = useLab();
  const config = useSetup((state) => state.config);
  const table = useMemo(() => settingTables(catalogue, config)[place], [catalogue, config, place]);
  const commit = useCallback(
    (name: string, value: number) => {
      const before = setup.getState().config[place];
      void session.open({ [place]: { ...before, [name]: value } });
    },
    [session, setup, place],
  );
  const entries = Object.entries<Knob>(table);
  return (
    <Panel id={id} title={title} note="rebuilds the run">
      {summary && <p className="panel-summary">{summary}</p>}
      {entries.length === 0 && <p className="muted">No settings.</p>}
      {entries.map(([name, knob]) => (
        <KnobField
          key={name}
          name={name}
          knob={knob}
          value={own(config[place], name) ?? knob.value}
          commit="at_rest"
          onCommit={commit}
        />
      ))}
    </Panel>
  );
}
