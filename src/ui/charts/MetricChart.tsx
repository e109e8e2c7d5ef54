import { memo } from 'react';
import { Area, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { stepAxis, valueAxis } from '../../state/axis.ts';
import { type ChartRow, spanKey } from '../../state/chartRows.ts';
import { formatCount, formatTick } from '../../state/format.ts';
import { useRun } from '../lab.tsx';
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
  /** where the reading line stands */
  read_step: number | undefined;
  /** the best possible value, drawn across */
  optimum?: number;
  /** the axis reaches this value, whatever the data */
  floor?: number;
}

const MARKS_SHOWN = 30;
const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 };
const PIXELS_PER_TICK = { x: 90, y: 46 };

/** One plot, drawn by recharts without animation. The reading line and the values are the frame's business. */
function MetricChart({ rows, series, width, height, read_step, optimum, floor }: Props) {
  const marks = useRun((state) => state.marks).slice(-MARKS_SHOWN);
  const has_band = useRun((state) => state.metrics.num_replicas > 1);
  const ids = series.map(({ id }) => id);
  const also = [optimum, floor].filter((value) => value !== undefined);
  const x = stepAxis(rows, Math.max(2, Math.floor((width - PLOT.left) / PIXELS_PER_TICK.x)));
  const y = valueAxis(rows, ids, also, Math.max(2, Math.floor((height - PLOT.top - PLOT.bottom) / PIXELS_PER_TICK.y)));
  return (
    <ComposedChart width={width} height={height} data={rows} margin={MARGIN} accessibilityLayer={false}>
      <XAxis
        dataKey="step"
        type="number"
        domain={x.domain}
        ticks={x.ticks}
        height={PLOT.bottom}
        tickFormatter={formatCount}
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
      {y.ticks.map((tick) => (
        <ReferenceLine key={tick} y={tick} className="grid-line" />
      ))}
      {optimum !== undefined && <ReferenceLine y={optimum} className="optimum-line" />}
      {marks.map((mark) => (
        <ReferenceLine
          key={mark.number}
          x={mark.step}
          className="mark-line"
          ifOverflow="hidden"
          label={{ value: mark.number, position: 'top', className: 'mark-label' }}
        />
      ))}
      {has_band &&
        series.map(({ id, kind, color }) =>
          kind === 'points' ? null : (
            <Area
              key={id}
              dataKey={spanKey(id)}
              stroke="none"
              fill={color}
              fillOpacity={0.22}
              isAnimationActive={false}
              activeDot={false}
              connectNulls
            />
          ),
        )}
      {series.map(({ id, kind, color }) => (
        <Line
          key={id}
          dataKey={id}
          type="linear"
          stroke={color}
          strokeWidth={kind === 'line' ? 2.25 : 1.5}
          dot={kind === 'points' ? { r: 2.5, fill: color, stroke: 'none' } : false}
          activeDot={false}
          isAnimationActive={false}
          connectNulls
        />
      ))}
      {read_step !== undefined && <ReferenceLine x={read_step} className="reading-line" />}
    </ComposedChart>
  );
}

export default memo(MetricChart);
