import { formatCount, plural } from '../../state/format.ts';
import { snapshotAt } from '../../state/sampleHistory.ts';
import type { SampleGroup } from '../../trainer/protocol.ts';
import { useLab, useRun, useView } from '../lab.tsx';

/** Goes back to the same prompt at earlier steps, with a slider. */
export function HistoryBar({ sample }: { sample: SampleGroup }) {
  const { run, view } = useLab();
  const sample_step = useView((state) => state.sample_step);
  const missed_step = useRun((state) => state.missed_step);
  const history = run.getState().history.of(sample);
  const last = Math.max(0, history.length - 1);
  const at = Math.max(0, snapshotAt(history, sample_step));
  const shown = history[at] ?? sample;
  const is_latest = sample_step === undefined;
  const to = (place: number) => view.getState().lookBack(place >= last ? undefined : history[place].step);
  const text = `step ${formatCount(shown.step)}${is_latest ? ', the latest' : ''}`;
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
        {missed_step !== undefined && is_latest
          ? `not asked at step ${formatCount(missed_step)}`
          : last === 0
            ? 'kept every second while it runs'
            : `${plural(history.length, 'snapshot')} of this prompt`}
      </span>
    </div>
  );
}
