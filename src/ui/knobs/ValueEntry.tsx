import { useEffect, useId, useRef, useState } from 'react';
import { type Knob, parseValue } from '../../engine/table.ts';
import { formatValue, knobTitle } from '../../state/format.ts';

interface Props {
  name: string;
  title: string;
  knob: Knob;
  value: number;
  onCommit(name: string, value: number): void;
}

/** A knob's exact value as text; what does not fit is answered with the table's own sentence. */
export function ValueEntry({ name, title, knob, value, onCommit }: Props) {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  const [complaint, setComplaint] = useState('');
  const bubble = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (complaint) bubble.current?.scrollIntoView({ block: 'nearest' });
  }, [complaint]);
  const commit = () => {
    if (draft === undefined) return;
    try {
      const wanted =
        draft.trim() === 'off' && knob.scale === 'log_zero' ? 0 : parseValue(knobTitle(name, knob), knob, draft);
      setComplaint('');
      setDraft(undefined);
      if (wanted !== value) onCommit(name, wanted);
    } catch (error) {
      setComplaint((error as Error).message);
    }
  };
  const cancel = () => {
    setDraft(undefined);
    setComplaint('');
  };
  return (
    <span className="knob-entry">
      <input
        className="number"
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={`${title}, exact value`}
        aria-invalid={complaint !== ''}
        aria-describedby={complaint ? `${id}-complaint` : undefined}
        value={draft ?? formatValue(knob, value)}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => (complaint ? cancel() : commit())}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') cancel();
        }}
      />
      {knob.unit && <span className="knob-unit">{knob.unit}</span>}
      {complaint && (
        <span ref={bubble} className="knob-complaint" role="alert" id={`${id}-complaint`}>
          {complaint}
        </span>
      )}
    </span>
  );
}
