import { useIsPhone } from '../lab.tsx';
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

/** The bar that stays in sight: run, pause, step, reset, seed, speed, files, and where the run is. A phone's is shorter. */
export function RunControls() {
  const is_phone = useIsPhone();
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
        {!is_phone && <SpeedLimit />}
      </div>
      {!is_phone && <RunChoices />}
    </section>
  );
}

/** What a phone's bar leaves out. */
export function PhoneChoices() {
  return (
    <section className="controls" aria-label="Speed, seed and files">
      <SpeedLimit />
      <RunChoices />
    </section>
  );
}
