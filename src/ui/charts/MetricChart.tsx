import { memo } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis, ZIndexLayer } from 'recharts';
import { secondAxis, stepAxis, valueAxis } from '../../state/axis.ts';
import { type ChartRow, numMeasured, secondOf, spanKey } from '../../state/chartRows.ts';
import { formatCount, formatTick } from '../../state/format.ts';
import type { CompareBy } from '../../state/runs.ts';
import { extentOf, placeCurves } from '../../state/runsChart.ts';
import { useLab, useRun } from '../lab.tsx';
import { OverlayLayer, OverlayLetters } from '../runs/OverlayLayer.tsx';
import type { Overlaid } from '../runs/overlaid.ts';
import { PLOT } from './layout.ts';

/** A metric on a chart: a line, or points with a thin line where it is measured only now and then. */
export interface Series {
  id: string;
  kind: 'line' | 'points';
  color: string;
}

interface Props {
  rows: ChartRow[];
  series: readonly Series[];
  width: number;
  height: number;
  overlaid: readonly Overlaid[];
  by: CompareBy;
  /** where the reading line stands */
  read_step: number | undefined;
  /** the best possible value, drawn across */
  optimum?: number;
  /** the axis reaches this value, whatever the data */
  floor?: number;
}

const ABOVE_LINES = 450; // recharts draws lines at 400
const MARKS_SHOWN = 30;
const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 };
// Points as markers of one path: a circle element for each would cost half of a redraw.
const markersOf = (id: string) => ({ markerStart: `url(#${id})`, markerMid: `url(#${id})`, markerEnd: `url(#${id})` });
const MAX_POINTS = 60; // more would run together
const PIXELS_PER_TICK = { x: 90, y: 46 };

/** One plot, drawn by recharts without animation. The reading line and the values are the frame's business. */
function MetricChart({ rows, series, overlaid, by, width, height, read_step, optimum, floor }: Props) {
  const { run } = useLab();
  const marks = useRun((state) => state.marks).slice(-MARKS_SHOWN);
  const drawn = [...series].reverse(); // the first one lies on top
  const ids = series.map(({ id }) => id);
  const curves = overlaid.map(({ curve }) => curve);
  const also = [optimum, floor, ...curves.flatMap(({ low, high }) => [low, high])].filter(
    (value) => value !== undefined && !Number.isNaN(value),
  );
  const plot = { width: width - PLOT.left - PLOT.right, height: height - PLOT.top - PLOT.bottom };
  const extent = extentOf(rows, curves);
  const num_ticks = Math.max(2, Math.floor((width - PLOT.left) / PIXELS_PER_TICK.x));
  const x = by === 'step' ? stepAxis([extent], num_ticks) : secondAxis(extent.first, extent.last, num_ticks);
  const y = valueAxis(rows, ids, also as number[], Math.max(2, Math.floor(plot.height / PIXELS_PER_TICK.y)));
  const placed = placeCurves(overlaid, { left: PLOT.left, top: PLOT.top, ...plot, x: x.domain, y: y.domain });
  return (
    <ComposedChart width={width} height={height} data={rows} margin={MARGIN} accessibilityLayer={false}>
      <defs>
        {drawn.map(({ id, kind, color }) =>
          kind === 'line' ? null : (
            <marker
              key={id}
              id={`point-${id}`}
              viewBox="-4 -4 8 8"
              markerWidth="7"
              markerHeight="7"
              markerUnits="userSpaceOnUse"
            >
              <circle r="3.2" fill={color} />
            </marker>
          ),
        )}
      </defs>
      <XAxis
        dataKey="step"
        type="number"
        domain={x.domain}
        ticks={x.ticks}
        height={PLOT.bottom}
        tickFormatter={by === 'step' ? formatCount : (value: number) => `${formatTick(value)} s`}
        tickLine={false}
        interval="equidistantPreserveStart"
      />
      <YAxis
        width={PLOT.left}
        domain={y.domain}
        ticks={y.ticks}
        tickFormatter={formatTick}
        tickLine={false}
        axisLine={false}
        interval={0}
      />
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      {optimum !== undefined && <ReferenceLine y={optimum} className="optimum-line" />}
      {marks.map((mark) => (
        <ReferenceLine
          key={mark.number}
          x={by === 'step' ? mark.step : secondOf(run.getState(), mark.step)}
          className="mark-line"
          ifOverflow="hidden"
          label={{ value: mark.number, position: 'top', className: 'mark-label' }}
        />
      ))}
      {drawn.map(({ id, kind, color }) =>
        kind === 'points' ? null : (
          <Area
            key={id}
            dataKey={spanKey(id)}
            stroke="none"
            fill={color}
            fillOpacity={0.25}
            isAnimationActive={false}
            activeDot={false}
            connectNulls
          />
        ),
      )}
      <OverlayLayer placed={placed} />
      {drawn.map(({ id, kind, color }) => (
        <Line
          key={id}
          dataKey={id}
          type="linear"
          stroke={color}
          strokeWidth={kind === 'line' ? (overlaid.length > 0 ? 2.75 : 2.25) : 1.5}
          dot={false}
          {...(kind === 'points' && numMeasured(rows, id) <= MAX_POINTS ? markersOf(`point-${id}`) : {})}
          activeDot={false}
          isAnimationActive={false}
          connectNulls
        />
      ))}
      {placed.length > 0 && (
        <ZIndexLayer zIndex={ABOVE_LINES}>
          <OverlayLetters placed={placed} />
        </ZIndexLayer>
      )}
      {read_step !== undefined && <ReferenceLine x={read_step} className="reading-line" />}
    </ComposedChart>
  );
}

export default memo(MetricChart);
