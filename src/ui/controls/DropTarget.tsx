import { useEffect, useState } from 'react';
import { useLab } from '../lab.tsx';
import { openFile } from './openFile.ts';

const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes a run file that is dropped anywhere on the page, and says so while one is held over it. */
export function DropTarget() {
  const lab = useLab();
  const [is_over, setOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const onDrop = async (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) await openFile(lab, file);
    };
    const drop = (event: DragEvent) => void onDrop(event);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', drop);
    };
  }, [lab]);
  return is_over ? <div className="drop-target">Drop the run file to open it</div> : null;
}
