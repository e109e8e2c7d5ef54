import { memo, useEffect, useRef, useState } from 'react';
import { LONGEST_NAME } from '../../state/runs.ts';
import { dateText } from '../../state/runsTable.ts';
import { useLab, useRuns } from '../lab.tsx';
import { RunKey } from './OverlayLayer.tsx';

/** The name as a field: Enter takes it, Escape leaves it, an empty one brings the automatic name back. */
function NameField({ name, onDone }: { name: string; onDone(name: string | undefined): void }) {
  const [draft, setDraft] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const is_done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (value: string | undefined) => {
    if (is_done.current) return;
    is_done.current = true;
    onDone(value);
  };
  return (
    <input
      ref={field}
      className="run-name-field"
      aria-label={`New name of ${name}; empty for the automatic one`}
      value={draft}
      maxLength={LONGEST_NAME}
      autoComplete="off"
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => finish(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(draft);
        if (event.key === 'Escape') finish(undefined);
      }}
    />
  );
}

const PIN = 'M6 1.500h4v1l-.700.700.500 4L12 9.500V11H8.700v3.500h-1.400V11H4V9.500l2.200-2.300.5-4L6 2.500z';

interface Props {
  id: string;
  /** undefined for the live run, −1 for one that is not overlaid */
  slot: number | undefined;
  is_pinned: boolean;
  began_ms: number;
  /** where it ended */
  numbers: string;
  /** in what it differs */
  words: string;
  /** no other run can be overlaid */
  is_full: boolean;
}

/** One run: whether it is overlaid, what it is called, where it ended, in what it differs. */
export const RunRow = memo(function RunRow({ id, slot, is_pinned, began_ms, numbers, words, is_full }: Props) {
  const { runs } = useLab();
  const name = useRuns((state) => state.names.get(id) ?? id);
  const [is_renaming, setRenaming] = useState(false);
  const rename = useRef<HTMLButtonElement>(null);
  const is_live = slot === undefined;
  const is_overlaid = !is_live && slot >= 0;
  const said_name = is_live ? `${name}, this run` : name;
  const { pin, overlay, remove } = runs.getState();

  const finish = (wanted: string | undefined) => {
    setRenaming(false);
    if (wanted !== undefined && wanted !== name) runs.getState().rename(id, wanted);
    setTimeout(() => document.activeElement === document.body && rename.current?.focus(), 0);
  };
  return (
    <li className="run-row" data-testid={is_live ? 'live-run' : 'run'}>
      {is_live ? (
        <span className="run-live">this run</span>
      ) : (
        <label className="run-pick">
          <input
            type="checkbox"
            aria-label={`Overlay ${name}`}
            checked={is_overlaid}
            disabled={is_full && !is_overlaid}
            onChange={(event) => overlay(id, event.target.checked)}
          />
          {is_overlaid && <RunKey slot={slot} />}
        </label>
      )}
      <div className="run-said">
        <p className="run-name">
          {is_renaming ? <NameField name={name} onDone={finish} /> : <b>{name}</b>}{' '}
          <span className="muted">{dateText(began_ms)}</span>
        </p>
        {numbers && <p>{numbers}</p>}
        <p className="muted">{words}</p>
      </div>
      <div className="run-actions">
        <button ref={rename} type="button" aria-label={`Rename ${said_name}`} onClick={() => setRenaming(true)}>
          Rename
        </button>
        <button
          type="button"
          className={is_pinned ? 'is-pinned' : undefined}
          aria-pressed={is_pinned}
          aria-label={`Pin ${said_name}`}
          title="A pinned run stays when old runs make room"
          onClick={() => pin(id, !is_pinned)}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d={PIN} />
          </svg>
          {is_pinned ? 'Pinned' : 'Pin'}
        </button>
        {!is_live && (
          <button type="button" aria-label={`Delete ${name}`} onClick={() => void remove(id)}>
            Delete
          </button>
        )}
      </div>
    </li>
  );
});
