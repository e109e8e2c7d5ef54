import { useRef } from 'react';
import { useLab, useRun } from '../lab.tsx';

/** Saves the run to a file, and loads one. */
export function CheckpointButtons() {
  const { session } = useLab();
  const picker = useRef<HTMLInputElement>(null);
  const has_run = useRun((state) => state.info !== undefined && !state.is_broken);
  const save = async () => {
    const file = await session.save();
    if (!file) return;
    const address = URL.createObjectURL(new Blob([file.data], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return (
    <div className="inline-field">
      <button
        type="button"
        onClick={() => void save()}
        disabled={!has_run}
        title="Saves weights, optimiser and settings to a file"
      >
        Save
      </button>
      <button
        type="button"
        onClick={() => picker.current?.click()}
        title="Loads a saved run; you can also drop its file on the page"
      >
        Load
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Checkpoint file"
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) await session.load(await file.arrayBuffer());
        }}
      />
    </div>
  );
}
