import { formatCount, formatNumber } from '../../state/format.ts';
import { PHASE_TITLES, phaseOf } from '../../state/summary.ts';
import { useLab, useRun } from '../lab.tsx';

/** Phase, step and speed. */
export function StatusLine() {
  const { step, steps_per_second } = useRun((state) => state.status);
  const phase = useRun(phaseOf);
  return (
    <p className="status" data-testid="status" data-phase={phase}>
      <span className={`status-phase is-${phase}`}>{PHASE_TITLES[phase]}</span>
      <span>
        <b data-testid="step">{formatCount(step)}</b> {step === 1 ? 'step' : 'steps'}
      </span>
      <span>
        <b>{phase === 'running' ? formatNumber(steps_per_second) : '–'}</b> steps/s
      </span>
    </p>
  );
}

/** What the worker has to say, and how far it is while it gets ready. */
export function StatusMessage() {
  const { session } = useLab();
  const message = useRun((state) => (state.status.phase === 'failed' ? '' : state.status.message));
  const progress = useRun((state) => state.status.progress);
  const phase = useRun(phaseOf);
  const is_getting_ready = phase === 'compiling' || phase === 'warming_up';
  return (
    <p className="status-message">
      {is_getting_ready && (
        <>
          {PHASE_TITLES[phase]}
          <progress max={1} value={progress} aria-label={PHASE_TITLES[phase]} />
          <button type="button" className="quiet status-cancel" onClick={() => void session.cancel()}>
            Cancel
          </button>
        </>
      )}
      <span role="status">{message}</span>
    </p>
  );
}
