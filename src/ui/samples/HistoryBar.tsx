import { formatCount, plural } from '../../state/format.ts';
import { snapshotAt } from '../../state/sampleHistory.ts';
import type { SampleGroup } from '../../trainer/protocol.ts';
import { useLab, useRun, useView } from '../lab.tsx';

/** Goes back to the same prompt at earlier steps, with a slider. */
export function HistoryBar({ sample }: { sample: SampleGroup }) {
  const { run, view } = useLab();
  const sample_step = useView((state) => state.sample_step);
  const is_missed = useRun((state) => state.missed_step !== undefined);
  const history = run.getState().history.of(sample);
  const last = Math.max(0, history.length - 1);
  const at = Math.max(0, snapshotAt(history, sample_step));
  const shown = history[at] ?? sample;
  const is_latest = sample_step === undefined;
  const to = (place: number) => view.getState().lookBack(place >= last ? undefined : history[place].step);
  const which = !is_latest ? '' : is_missed ? ', when this prompt was last asked' : ', the latest';
  const text = `step ${formatCount(shown.step)}${which}`;
  return (
    <div className="history-bar" data-testid="sample-history">
      <label className="history-slider">
        <span>Earlier steps</span>
        <input
          type="range"
          min={0}
          max={last}
          step={1}
          value={at}
          disabled={last === 0}
          aria-valuetext={text}
          onChange={(event) => to(Number(event.target.value))}
        />
      </label>
      <output className="history-step">{text}</output>
      <button type="button" disabled={is_latest} onClick={() => view.getState().lookBack(undefined)}>
        Latest
      </button>
      <span className="muted history-note">
        {last === 0 ? 'kept every second' : `${plural(history.length, 'snapshot')} of this prompt`}
      </span>
    </div>
  );
}
