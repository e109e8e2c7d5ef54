import { useEffect, useState } from 'react';

const PATIENCE_MS = 500; // what is done by then needs no word

/** How far something is that takes longer than a moment, and a way out. `what` says it in a word or two: “Writing metrics”. */
export function LateProgress({ what, share, onCancel }: { what: string; share: number; onCancel: () => void }) {
  const [is_long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!is_long) return null;
  return (
    <>
      {what} <progress value={share} aria-label={what} />{' '}
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </>
  );
}
