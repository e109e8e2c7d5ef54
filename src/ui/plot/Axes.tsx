import type { Axis } from '../../state/axis.ts';
import { formatTick } from '../../state/format.ts';
import { type PlotArea, placerOf } from '../../state/runsChart.ts';
import './plot.css';

interface Props {
  area: PlotArea;
  /** no numbers below the plot without it */
  x_ticks?: Axis['ticks'];
  y_ticks: Axis['ticks'];
  /** the value at which the horizontal axis stands; the lowest of the plot without it */
  base?: number;
  formatX?(value: number): string;
  formatY?(value: number): string;
}

const PER_CHARACTER_PX = 8; // of the widest figure
const LEFT_OF_PLOT = 8;
const BELOW_PLOT = 18;
const MOST_LETTERS = 5; // a longer number is written smaller, so that none is cut off

/** A grid line with its number for every tick of the vertical axis, the horizontal axis, and its numbers. */
export function Axes({ area, x_ticks = [], y_ticks, base, formatX = formatTick, formatY = formatTick }: Props) {
  const { left, top, width, height } = area;
  const { x_px, y_px } = placerOf(area);
  const right = left + width;
  const bottom = top + height;
  const base_px = base === undefined ? bottom : y_px(base);
  return (
    <g>
      {y_ticks.map((tick) => {
        const label = formatY(tick);
        return (
          <g key={tick}>
            <line className="grid-line" x1={left} x2={right} y1={y_px(tick)} y2={y_px(tick)} />
            <text
              className={label.length > MOST_LETTERS ? 'axis-number is-long' : 'axis-number'}
              x={left - LEFT_OF_PLOT}
              y={y_px(tick)}
              dy="0.35em"
              textAnchor="end"
            >
              {label}
            </text>
          </g>
        );
      })}
      <line className="axis-line" x1={left} x2={right} y1={base_px} y2={base_px} />
      {x_ticks.map((tick) => {
        const label = formatX(tick);
        // what would be cut off at the edge of the picture is drawn so that it ends there
        const sticks_out = x_px(tick) + (label.length / 2) * PER_CHARACTER_PX > right + LEFT_OF_PLOT;
        return (
          <text
            key={tick}
            x={sticks_out ? right + LEFT_OF_PLOT : x_px(tick)}
            y={bottom + BELOW_PLOT}
            textAnchor={sticks_out ? 'end' : 'middle'}
          >
            {label}
          </text>
        );
      })}
    </g>
  );
}
