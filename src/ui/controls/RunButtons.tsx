import { useLab, useRun, useSetup } from '../lab.tsx';
import './controls.css';

const SPEEDS = [0, 1, 2, 5, 10, 20, 50, 100];

const Icon = ({ path }: { path: string }) => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d={path} />
  </svg>
);
const PLAY = 'M4 2.5v11l9-5.5z';
const PAUSE = 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z';
const STEP = 'M3 2.5v11l7-5.5zM11 2.5h2.5v11H11z';
const RESET = 'M3 2v4.5h4.5L5.7 4.7A4.5 4.5 0 1 1 3.6 9.2L2 9.8A6.2 6.2 0 1 0 4.5 3.5z';

/** The choice of how many steps a second are done at most. */
export function SpeedLimit() {
  const { session } = useLab();
  const speed = useSetup((state) => state.speed);
  return (
    <label className="inline-field">
      Limit
      <select value={speed} onChange={(event) => void session.setSpeed(Number(event.target.value))}>
        {[...new Set([...SPEEDS, speed])]
          .sort((a, b) => a - b)
          .map((value) => (
            <option key={value} value={value}>
              {value === 0 ? 'none' : `${value} steps/s`}
            </option>
          ))}
      </select>
    </label>
  );
}

/** Lets the run go on, or pauses it. */
export function PlayButton() {
  const { session } = useLab();
  const is_wanted = useRun((state) => state.is_wanted);
  const is_broken = useRun((state) => state.is_broken);
  return (
    <button
      type="button"
      className="primary"
      data-role="play"
      onClick={() => void session.toggle()}
      disabled={is_broken}
      aria-keyshortcuts="Space"
      title="Space"
    >
      <Icon path={is_wanted ? PAUSE : PLAY} />
      {is_wanted ? 'Pause' : 'Play'}
    </button>
  );
}

/** One step, then a pause. */
export function StepButton() {
  const { session } = useLab();
  const is_broken = useRun((state) => state.is_broken);
  return (
    <button
      type="button"
      data-role="step"
      onClick={() => void session.step()}
      disabled={is_broken}
      aria-keyshortcuts="S"
      title="S: one step, then pause"
    >
      <Icon path={STEP} />
      Step
    </button>
  );
}

/** Back to step 0. */
export function ResetButton() {
  const { session } = useLab();
  const is_broken = useRun((state) => state.is_broken);
  return (
    <button
      type="button"
      data-role="reset"
      onClick={() => void session.reset()}
      disabled={is_broken}
      aria-keyshortcuts="R"
      title="R: back to step 0"
    >
      <Icon path={RESET} />
      Reset
    </button>
  );
}
