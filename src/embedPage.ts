/** The entry of the frame that a page embeds: a poster, and behind it the run. */
import { openFrame } from './embed/frame.ts';

openFrame(document.getElementById('root')!, () => import('./ui/embed/openRun.tsx'));
