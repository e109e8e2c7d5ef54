import type { Lab } from '../../state/lab.ts';

/** Opens a file that the reader gave, and brings what is wrong with it into sight. */
export async function openFile(lab: Lab, file: File): Promise<void> {
  const { openRunFile } = await import('../../state/take/bundle.ts');
  await openRunFile(lab, file);
  if (lab.run.getState().problem === '') return;
  requestAnimationFrame(() => document.querySelector('[role="alert"]')?.scrollIntoView({ block: 'center' }));
}
