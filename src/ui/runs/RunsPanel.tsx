import { useEffect, useId, useRef, useState } from 'react';
import { formatBytes } from '../../state/format.ts';
import { type CompareBy, MOST_OVERLAYS } from '../../state/runs.ts';
import { type Against, differenceSentence, liveSentence, numbersText } from '../../state/runsTable.ts';
import { useLab, useRun, useRuns } from '../lab.tsx';
import { CompareTable } from './CompareTable.tsx';
import { RunRow } from './RunRow.tsx';
import './runs.css';

const COMPARE: readonly (readonly [CompareBy, string])[] = [
  ['step', 'equal step'],
  ['seconds', 'equal time'],
];
const AGAINST: readonly (readonly [Against, string])[] = [
  ['current', 'current run'],
  ['defaults', 'defaults'],
];

/** A choice of two, as radio buttons with a legend in the same line. */
function Choice<T extends string>({
  legend,
  options,
  value,
  onPick,
}: {
  legend: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onPick(value: T): void;
}) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map(([id, title]) => (
        <label key={id}>
          <input type="radio" name={name} checked={value === id} onChange={() => onPick(id)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

/** What was deleted and can be brought back, and what the storage has to say. */
function RunNotices() {
  const { runs } = useLab();
  const removed = useRuns((state) => state.removed);
  const problem = useRuns((state) => state.problem);
  const unreadable = useRuns((state) => state.unreadable);
  const undo = useRef<HTMLButtonElement>(null);
  const seen = useRef(removed?.number);
  useEffect(() => {
    if (removed && removed.number !== seen.current) undo.current?.focus(); // the button that was pressed has gone with its run
    if (removed) seen.current = removed.number;
  }, [removed]);
  return (
    <>
      <div role="status" className="run-notices">
        {problem && <p data-testid="runs-problem">{problem}</p>}
        {unreadable && <p data-testid="runs-unreadable">{unreadable}</p>}
        {removed && <p>{removed.text}</p>}
      </div>
      {(removed || problem) && (
        <div className="run-undo">
          {removed && (
            <button ref={undo} type="button" onClick={() => void runs.getState().undo()}>
              Undo
            </button>
          )}
          <button type="button" className="quiet" onClick={() => runs.getState().dismiss()}>
            Dismiss
          </button>
        </div>
      )}
    </>
  );
}

/** Every run of this visitor, and what is compared with the live one. */
export default function RunsPanel() {
  const { catalogue, run, runs, view } = useLab();
  const live = useRuns((state) => state.live);
  useRun((state) => state.marks); // the live run's changes
  const entries = useRuns((state) => state.entries);
  const compare_by = useRuns((state) => state.compare_by);
  const bytes = useRuns((state) => state.bytes);
  const unreadable = useRuns((state) => state.unreadable);
  const num_overlaid = useRuns((state) => state.overlays.length);
  const [against, setAgainst] = useState<Against>('current');
  const is_full = num_overlaid >= MOST_OVERLAYS;
  return (
    <div data-testid="runs">
      <div className="run-tools">
        <Choice
          legend="Compare at"
          options={COMPARE}
          value={compare_by}
          onPick={(by) => {
            view.getState().readAt(undefined);
            runs.getState().setCompareBy(by);
          }}
        />
        <Choice
          legend="Differences from"
          options={AGAINST}
          value={against}
          onPick={(value: Against) => setAgainst(value)}
        />
        {(entries.length > 0 || unreadable !== '') && (
          <button type="button" onClick={() => void runs.getState().clear()}>
            Clear all <span className="muted">{formatBytes(bytes)}</span>
          </button>
        )}
      </div>
      <RunNotices />
      {entries.length === 0 && (
        <p className="muted">
          A run is kept here when it ends: with a reset, another seed, or other settings that start it again.
        </p>
      )}
      {is_full && <p className="muted">Eight runs are overlaid, as many as can be told apart: take one away first.</p>}
      <ul className="run-list" aria-label="Runs, the newest first">
        {live?.config && (
          <RunRow
            key={live.id}
            {...live}
            slot={undefined}
            numbers=""
            words={liveSentence(catalogue, live.config, run.getState(), against)}
            is_full={is_full}
          />
        )}
        {entries.map((meta) => (
          <RunRow
            key={meta.id}
            id={meta.id}
            slot={meta.slot}
            is_pinned={meta.is_pinned}
            began_ms={meta.began_ms}
            numbers={numbersText(meta)}
            words={differenceSentence(catalogue, meta, against, live?.config)}
            is_full={is_full}
          />
        ))}
      </ul>
      {num_overlaid > 0 && <CompareTable against={against} />}
    </div>
  );
}
