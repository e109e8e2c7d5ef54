import { lazy } from 'react';
import { formatBytes, plural } from '../../state/format.ts';
import { Loaded } from '../Loaded.tsx';
import { useRuns } from '../lab.tsx';
import { Panel } from '../Panel.tsx';

const RunsPanel = lazy(() => import('./RunsPanel.tsx'));

/** The kept runs, fetched after the controls work. */
export function LazyRuns() {
  const count = useRuns((state) => state.entries.length);
  const bytes = useRuns((state) => state.bytes);
  const note = count === 0 ? 'each run is kept here' : `${plural(count, 'kept run')}, ${formatBytes(bytes)}`;
  return (
    <Panel id="runs" title="Runs" note={note}>
      <Loaded what="the runs">
        <RunsPanel />
      </Loaded>
    </Panel>
  );
}
