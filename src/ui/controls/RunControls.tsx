import { KeepButton } from '../runs/KeepButton.tsx';
import { CheckpointButtons } from './CheckpointButtons.tsx';
import { PlayButton, ResetButton, SpeedLimit, StepButton } from './RunButtons.tsx';
import { SeedField } from './SeedField.tsx';
import { StatusLine } from './StatusLine.tsx';

/** The bar that stays in sight: run, pause, step, reset, seed, speed, checkpoint, and where the run is. */
export function RunControls() {
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
        <SpeedLimit />
      </div>
      <div className="control-group is-late">
        <SeedField />
        <CheckpointButtons />
      </div>
    </section>
  );
}
