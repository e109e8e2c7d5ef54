import { lazy } from 'react';
import { replicasOf } from '../../state/catalogue.ts';
import { sizeSentence } from '../../state/summary.ts';
import { LazyPanel } from '../LazyPanel.tsx';
import { useLab, useRun } from '../lab.tsx';

const DispatchTable = lazy(() => import('../program/DispatchTable.tsx'));

/** The kernel launches of one step, as the engine runs them. */
export function ProgramPanel() {
  const { catalogue } = useLab();
  const size = useRun((state) => state.info && sizeSentence(state.info, replicasOf(catalogue, state.info.config)));
  return (
    <LazyPanel id="program" title="Program of one step" note={size}>
      <DispatchTable />
    </LazyPanel>
  );
}
