import type { ReactNode } from 'react';
import type { Axis } from '../../state/axis.ts';
import { type PlotArea, placerOf } from '../../state/runsChart.ts';
import { useSize } from '../lab.tsx';
import { Axes } from './Axes.tsx';

/** From a value to a place in pixels. */
export type Place = (value: number) => number;

const ROOM = { left: 56, right: 16, top: 10, bottom: 24, label: 18, edge: 6 } as const;

interface Props {
  /** class and test id of the element whose size the plot takes */
  area: string;
  test_id?: string;
  /** the horizontal axis, or how it follows from the plot's width in pixels */
  x: Axis | ((width: number) => Axis);
  y: Axis;
  /** what the horizontal axis is; without it the axis has no numbers, as the plot below shares it */
  x_label?: string;
  /** the picture in words */
  sentence: string;
  children(px: Place, py: Place): ReactNode;
}

/** Axes, grid and whatever is drawn between them: a handful of SVG elements, so that it may be redrawn while a run goes. */
export function Plot({ area, test_id, ...drawing }: Props) {
  const { ref, size } = useSize<HTMLDivElement>();
  return (
    <div ref={ref} className={area} data-testid={test_id}>
      {size.width > 0 && <Drawing {...size} {...drawing} />}
    </div>
  );
}

function Drawing({
  width,
  height,
  x: axis,
  y,
  x_label,
  sentence,
  children,
}: Omit<Props, 'area' | 'test_id'> & { width: number; height: number }) {
  const x = typeof axis === 'function' ? axis(width) : axis;
  const area: PlotArea = {
    left: ROOM.left,
    top: ROOM.top,
    width: width - ROOM.left - ROOM.right,
    height: height - ROOM.top - (x_label === undefined ? ROOM.edge : ROOM.bottom + ROOM.label),
    x: x.domain,
    y: y.domain,
  };
  const { x_px, y_px } = placerOf(area);
  return (
    <svg className="drawing" width={width} height={height} role="img" aria-label={sentence}>
      {/* the axis stands at zero where zero is in the picture */}
      <Axes
        area={area}
        x_ticks={x_label === undefined ? [] : x.ticks}
        y_ticks={y.ticks}
        base={Math.max(0, y.domain[0])}
      />
      {x_label !== undefined && (
        <text x={ROOM.left + area.width / 2} y={height - 5} textAnchor="middle">
          {x_label}
        </text>
      )}
      {children(x_px, y_px)}
    </svg>
  );
}

/** Points as one path. */
export const dots = (points: readonly (readonly [number, number])[], radius: number): string =>
  points
    .map(
      ([cx, cy]) =>
        `M${(cx - radius).toFixed(1)} ${cy.toFixed(1)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`,
    )
    .join('');

/** A line as one path, broken where a value is missing. */
export function polyline(xs: readonly number[], ys: readonly number[], px: Place, py: Place): string {
  let path = '';
  let is_down = false;
  for (const [i, y] of ys.entries()) {
    if (Number.isFinite(y)) path += `${is_down ? 'L' : 'M'}${px(xs[i]).toFixed(1)} ${py(y).toFixed(1)}`;
    is_down = Number.isFinite(y);
  }
  return path;
}
