import { snapshotAt } from '../../state/sampleHistory.ts';
import type { SampleGroup } from '../../trainer/protocol.ts';
import { useLab, useRun, useView } from '../lab.tsx';

/** The sample that is looked at: the latest one, or an earlier one of the same prompt. */
export function useShownSample(): SampleGroup | undefined {
  const { run } = useLab();
  const sample = useRun((state) => state.sample);
  const sample_step = useView((state) => state.sample_step);
  if (!sample || sample_step === undefined) return sample;
  const history = run.getState().history.of(sample);
  return history[snapshotAt(history, sample_step)] ?? sample;
}
