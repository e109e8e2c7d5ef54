import { useRun } from '../lab.tsx';
import { Panel } from '../Panel.tsx';

/** The kernel launches of one step, as the engine runs them. */
export function ProgramPanel() {
  const program = useRun((state) => state.info?.program);
  return (
    <Panel id="program" title="Program of one step" note="one line per kernel launch">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="program" tabIndex={0} aria-label="Program of one step">
        {program ?? 'It appears when the run is built.'}
      </pre>
    </Panel>
  );
}
