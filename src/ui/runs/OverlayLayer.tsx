import { LETTERS } from '../../state/runs.ts';
import type { Placed } from '../../state/runsChart.ts';
import './overlays.css';

/** Dashes by slot; a solid line is the live run. Pixels, at the drawn width. */
const DASHES = ['9 4', '2.5 3', '12 4 2.5 4', '18 5', '5 3', '12 4 2.5 3 2.5 4', '2.5 6', '6 7'] as const;

/** The colour of a slot. */
export const colorOf = (slot: number): string => `var(--run-${slot})`;

/** The curves of kept runs, below the live one. Their paths stay as they are; only where they are carried changes. */
export function OverlayLayer({ placed, clip }: { placed: readonly Placed[]; clip?: string }) {
  return (
    <g clipPath={clip}>
      {placed.map(({ slot, path, transform }) => (
        <path
          key={slot}
          className="overlay-line"
          d={path}
          transform={transform}
          stroke={colorOf(slot)}
          strokeDasharray={DASHES[slot]}
        />
      ))}
    </g>
  );
}

/** The letters behind the curves' ends, above every line. */
export function OverlayLetters({ placed }: { placed: readonly Placed[] }) {
  return (
    <g>
      {placed.map(({ slot, label }) => (
        <text key={slot} className="overlay-letter" x={label.x} y={label.y} style={{ fill: colorOf(slot) }}>
          {LETTERS[slot]}
        </text>
      ))}
    </g>
  );
}

/** A slot's line and letter, as legend, list and table show them. */
export function RunKey({ slot }: { slot: number }) {
  return (
    <span className="run-key" style={{ color: colorOf(slot) }}>
      <svg viewBox="0 0 30 10" aria-hidden="true">
        <path d="M0 5H30" fill="none" stroke="currentColor" strokeWidth="2.5" strokeDasharray={DASHES[slot]} />
      </svg>
      {LETTERS[slot]}
    </span>
  );
}
