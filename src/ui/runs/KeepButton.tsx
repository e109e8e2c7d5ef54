import { useLab, useRun } from '../lab.tsx';

const KEEP = 'M2 2h1.5v10.500H14V14H2zM5 10l3-4 2.200 2L13.500 3.500l1.100.900-4.300 5.700-2.200-2L6.200 10.900z';

/** Keeps the present run on the charts and starts a fresh one like it: change one thing and see two curves. */
export function KeepButton() {
  const { session, runs } = useLab();
  const is_broken = useRun((state) => state.is_broken);
  return (
    <button
      type="button"
      data-role="keep"
      onClick={() => void runs.getState().keepAndCompare(() => session.reset())}
      disabled={is_broken}
      aria-keyshortcuts="K"
      title="K: keeps this run on the charts and starts a fresh one with the same seed"
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={KEEP} />
      </svg>
      <span>
        Keep<span className="wide-only"> and compare</span>
      </span>
    </button>
  );
}
