import { replicasOf } from '../../state/catalogue.ts';
import { sizeSentence } from '../../state/summary.ts';
import { useLab, useRun } from '../lab.tsx';
import { Panel } from '../Panel.tsx';

/** The kernel launches of one step, as the engine runs them. */
export function ProgramPanel() {
  const { catalogue } = useLab();
  const program = useRun((state) => state.info?.program);
  const size = useRun((state) => state.info && sizeSentence(state.info, replicasOf(catalogue, state.info.config)));
  return (
    <Panel id="program" title="Program of one step" note={size}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="program" tabIndex={0} aria-label="Kernel launches of one step">
        <pre>{program ?? 'It appears when the run is built.'}</pre>
      </section>
    </Panel>
  );
}
