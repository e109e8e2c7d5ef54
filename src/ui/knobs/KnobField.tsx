import { memo, useEffect, useId, useRef, useState } from 'react';
import type { Knob } from '../../engine/table.ts';
import { formatValue, knobTitle } from '../../state/format.ts';
import { numPositions, positionOf, valueAt } from '../../state/knobScale.ts';
import { sweptText } from '../../state/sweep.ts';
import { useRun, useView } from '../lab.tsx';
import { ValueEntry } from './ValueEntry.tsx';
import './knobs.css';

/** When a moved slider is acted on: every tenth of a second, or once it has come to rest. */
export type Commit = 'live' | 'at_rest';
const WAIT_MS: Record<Commit, number> = { live: 100, at_rest: 500 };

interface Props {
  name: string;
  knob: Knob;
  value: number;
  commit: Commit;
  /** called with the knob's name; stable, so that other knobs are not drawn again */
  onCommit(name: string, value: number): void;
  /** called with the knob's name, where it can differ between replicas; stable too */
  onSweep?(name: string): void;
}

/** Calls `act` with the last value after a pause, or (live) at most once per pause while values keep coming. */
function useDelayed(commit: Commit, act: (value: number) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pending = useRef<number>(undefined);
  const last = useRef(act);
  last.current = act;
  const flush = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const value = pending.current;
    pending.current = undefined;
    if (value !== undefined) last.current(value);
  };
  const flushNow = useRef(flush);
  flushNow.current = flush;
  useEffect(() => () => flushNow.current(), []);
  return {
    flush,
    send(value: number) {
      pending.current = value;
      if (commit === 'at_rest') clearTimeout(timer.current);
      else if (timer.current !== undefined) return;
      timer.current = setTimeout(() => flushNow.current(), WAIT_MS[commit]);
    },
    /** Forgets what has not been acted on. */
    drop() {
      clearTimeout(timer.current);
      timer.current = undefined;
      pending.current = undefined;
    },
  };
}

/** One knob: its name, exact value, slider or choice, way back to the default, range, and its sentence. */
export const KnobField = memo(function KnobField({ name, knob, value, commit, onCommit, onSweep }: Props) {
  const id = useId();
  const is_lit = useView((state) => state.lit?.knob === name);
  const [draft, setDraft] = useState<number>();
  const shown = draft ?? value;
  const delayed = useDelayed(commit, (wanted) => {
    setDraft(undefined);
    if (wanted !== value) onCommit(name, wanted);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a value from outside replaces what is being dragged
  useEffect(() => setDraft(undefined), [value]);
  const move = (position: number) => {
    setDraft(valueAt(knob, position));
    delayed.send(valueAt(knob, position));
  };
  const title = knobTitle(name, knob);
  const swept = useRun((state) => sweptText(state.spread, name));
  /** A value chosen exactly: it takes the place of what the slider still had to say. */
  const choose = (_name: string, wanted: number) => {
    delayed.drop();
    setDraft(undefined);
    onCommit(name, wanted);
  };
  return (
    <div className={is_lit ? 'knob is-lit' : 'knob'} data-knob={name}>
      <div className="knob-head">
        <label htmlFor={id}>{title}</label>
        {swept && <span className="knob-swept">{swept}</span>}
        {!swept && shown !== knob.value && (
          <button
            type="button"
            className="quiet knob-reset"
            onClick={() => choose(name, knob.value)}
            aria-label={`Reset ${title} to ${formatValue(knob, knob.value)}`}
            title={`Back to ${formatValue(knob, knob.value)}`}
          >
            default {formatValue(knob, knob.value)}
          </button>
        )}
        {knob.scale === 'choice' ? (
          <select
            id={id}
            value={shown}
            aria-describedby={`${id}-doc`}
            onChange={(event) => onCommit(name, Number(event.target.value))}
          >
            {knob.choices?.map((choice, index) => (
              <option key={choice} value={index}>
                {choice}
              </option>
            ))}
          </select>
        ) : (
          <ValueEntry name={name} title={title} knob={knob} value={shown} onCommit={choose} />
        )}
      </div>
      {knob.scale !== 'choice' && (
        <div className="knob-track">
          <span aria-hidden="true">{formatValue(knob, knob.min)}</span>
          <input
            id={id}
            type="range"
            min={0}
            max={numPositions(knob)}
            step={1}
            value={positionOf(knob, shown)}
            aria-valuetext={formatValue(knob, shown)}
            aria-describedby={`${id}-doc`}
            onChange={(event) => move(Number(event.target.value))}
            onPointerUp={delayed.flush}
          />
          <span aria-hidden="true">{formatValue(knob, knob.max)}</span>
        </div>
      )}
      <div className="knob-foot">
        <p className="knob-doc" id={`${id}-doc`}>
          {knob.doc}
          {knob.source && ` · ${knob.source}`}
        </p>
        {onSweep && (
          <button type="button" className="quiet" aria-label={`Sweep ${title}`} onClick={() => onSweep(name)}>
            Sweep
          </button>
        )}
      </div>
    </div>
  );
});
