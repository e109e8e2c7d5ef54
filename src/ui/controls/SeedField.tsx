import { useEffect, useState } from 'react';
import { clampSeed, MAX_SEED } from '../../state/urlState.ts';
import { useLab, useSetup } from '../lab.tsx';

/** The seed as a number, and a button that draws another; either starts the run again. */
export function SeedField() {
  const { session } = useLab();
  const seed = useSetup((state) => state.config.seed);
  const [draft, setDraft] = useState(String(seed));
  useEffect(() => setDraft(String(seed)), [seed]);
  const commit = () => {
    const typed = draft.trim() === '' ? Number.NaN : Number(draft);
    const wanted = Number.isFinite(typed) ? clampSeed(typed) : seed; // what is no number changes nothing
    setDraft(String(wanted));
    if (wanted !== seed) void session.open({ seed: wanted });
  };
  return (
    <div className="inline-field">
      <label htmlFor="seed">Seed</label>
      <input
        id="seed"
        className="number"
        type="text"
        inputMode="numeric"
        autoComplete="off"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setDraft(String(seed));
        }}
      />
      <button
        type="button"
        onClick={() => void session.open({ seed: Math.floor(Math.random() * Math.min(MAX_SEED, 10_000)) })}
      >
        New seed
      </button>
    </div>
  );
}
