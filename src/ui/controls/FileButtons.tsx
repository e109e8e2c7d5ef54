import { useRef } from 'react';
import { useLab, useRun } from '../lab.tsx';
import { openFile } from './openFile.ts';
import { saveRun } from './saveRun.ts';

/** Saves the run to a file, and opens one. */
export function FileButtons() {
  const lab = useLab();
  const picker = useRef<HTMLInputElement>(null);
  const has_run = useRun((state) => state.info !== undefined && !state.is_broken);
  return (
    <div className="inline-field">
      <button
        type="button"
        onClick={() => void saveRun(lab)}
        disabled={!has_run}
        title="Saves the whole run to a file: settings, charts, and weights to go on from"
      >
        Save
      </button>
      <button
        type="button"
        onClick={() => picker.current?.click()}
        title="Opens a saved run; you can also drop its file on the page"
      >
        Load
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Run file"
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = ''; // so that the same file can be chosen again
          if (file) await openFile(lab, file);
        }}
      />
    </div>
  );
}
