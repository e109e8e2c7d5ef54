import type { ChartRow } from '../../state/chartRows.ts';
import { linePath, type PlotArea, placeSingles } from '../../state/runsChart.ts';

interface Props {
  rows: readonly ChartRow[];
  area: PlotArea;
  clip: string;
  color: string;
}

/** A running mean, above the faint line of what it is the mean of. One path: recharts would need a tree for it. */
export function SmoothLine({ rows, area, clip, color, at }: Props & { at: string }) {
  return <path className="smooth-line" clipPath={clip} d={linePath(rows, at, area)} stroke={color} />;
}

/** Every replica as a thin line with its number behind the end. */
export function SingleLines({ rows, area, clip, color, keys }: Props & { keys: readonly string[] }) {
  const { lines, labelled } = placeSingles(rows, keys, area);
  return (
    <g>
      {lines.map(({ slot, path }) => (
        <path key={slot} className="single-line" clipPath={clip} d={path} stroke={color} />
      ))}
      {labelled.map(({ slot, label }) => (
        <text key={slot} className="single-label" x={label.x} y={label.y}>
          {slot + 1}
        </text>
      ))}
    </g>
  );
}
