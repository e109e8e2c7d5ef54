import { formatCount, formatNumber } from '../../state/format.ts';
import { PHASE_TITLES } from '../../state/summary.ts';
import { useRun } from '../lab.tsx';

/** Phase, step and speed; what the worker has to say; how far it is while it gets ready. */
export function StatusLine() {
  const { phase, step, steps_per_second, message, progress } = useRun((state) => state.status);
  const is_broken = useRun((state) => state.is_broken);
  const is_getting_ready = phase === 'compiling' || phase === 'warming_up';
  return (
    <div className="status" data-testid="status" data-phase={phase}>
      <p className="status-numbers">
        <span className={`status-phase is-${phase}`}>{is_broken ? 'Stopped' : PHASE_TITLES[phase]}</span>
        <span>
          step <b data-testid="step">{formatCount(step)}</b>
        </span>
        <span>
          <b>{phase === 'running' ? formatNumber(steps_per_second) : '–'}</b> steps/s
        </span>
      </p>
      <p className="status-message">
        {is_getting_ready && <progress max={1} value={progress} aria-label={PHASE_TITLES[phase]} />}
        <span role="status">{message}</span>
      </p>
    </div>
  );
}
