import { useEffect, useState } from 'react';

const PATIENCE_MS = 500; // what is done by then needs no word

/** Whether a job, undefined while there is none, has lasted longer than a moment. */
export function useIsLong(job: object | undefined): boolean {
  const [shown, setShown] = useState<object>();
  useEffect(() => {
    const timer = setTimeout(() => setShown(job), job ? PATIENCE_MS : 0);
    return () => clearTimeout(timer);
  }, [job]);
  return job !== undefined && shown === job;
}

const THIS = {}; // a component that is there as long as its job

/** How far something is that takes longer than a moment, and a way out. `what` says it in a word or two: “Writing metrics”. */
export function LateProgress({ what, share, onCancel }: { what: string; share: number; onCancel: () => void }) {
  if (!useIsLong(THIS)) return null;
  return (
    <>
      {what} <progress value={share} aria-label={what} />{' '}
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </>
  );
}
