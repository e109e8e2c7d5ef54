import { useIsNarrow } from '../lab.tsx';
import { KeepButton } from '../runs/KeepButton.tsx';
import { FileButtons } from './FileButtons.tsx';
import { PlayButton, ResetButton, SpeedLimit, StepButton } from './RunButtons.tsx';
import { SeedField } from './SeedField.tsx';
import { StatusLine } from './StatusLine.tsx';

/** Seed and files. */
function RunChoices() {
  return (
    <div className="control-group is-late">
      <SeedField />
      <FileButtons />
    </div>
  );
}

/** The bar that stays in sight: run, pause, step, reset, seed, speed, files, and where the run is. It is shorter in a narrow window. */
export function RunControls() {
  const is_narrow = useIsNarrow();
  return (
    <section className="controls" aria-label="Run">
      <div className="control-group">
        <PlayButton />
        <StepButton />
        <ResetButton />
        <KeepButton />
      </div>
      <div className="control-group">
        <StatusLine />
        {!is_narrow && <SpeedLimit />}
      </div>
      {!is_narrow && <RunChoices />}
    </section>
  );
}

/** What the bar leaves out in a narrow window. */
export function LateControls() {
  return (
    <section className="controls is-late" aria-label="Speed, seed and files">
      <SpeedLimit />
      <RunChoices />
    </section>
  );
}
