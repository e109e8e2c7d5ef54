import { formatCount, formatNumber } from '../../state/format.ts';
import type { RunState } from '../../state/runStore.ts';
import { isGettingReady, PHASE_TITLES, phaseOf } from '../../state/summary.ts';
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

/** How far the run is while it gets ready, and a way out. */
export function GettingReady() {
  const { session } = useLab();
  const progress = useRun((state) => state.status.progress);
  const phase = useRun(phaseOf);
  if (!isGettingReady(phase)) return null;
  return (
    <>
      <span className="status-ready">{PHASE_TITLES[phase]}</span>
      <progress max={1} value={progress} aria-label={PHASE_TITLES[phase]} />
      <button type="button" className="quiet status-cancel" onClick={() => void session.cancel()}>
        Cancel
      </button>
    </>
  );
}

/** What the worker has to say, '' where that is nothing or stands in a notice. */
export const workerMessage = ({ status }: Pick<RunState, 'status'>): string =>
  status.phase === 'failed' ? '' : status.message;

/** What the worker has to say, and how far it is while it gets ready. */
export function StatusMessage() {
  const message = useRun(workerMessage);
  return (
    <p className="status-message">
      <GettingReady />
      <span role="status">{message}</span>
    </p>
  );
}
