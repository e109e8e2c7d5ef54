import { memo } from 'react';
import { Area, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { spanKey } from '../../state/chartRows.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { useRun } from '../lab.tsx';
import type { Plot } from './ChartFrame.tsx';
import { PLOT } from './layout.ts';

/** A metric on a chart: a line, or points with a thin line where it is measured only now and then. */
export interface Series {
  id: string;
  kind: 'line' | 'points';
  color: string;
}

interface Props extends Plot {
  /** the best possible value, drawn across */
  optimum?: number;
  /** the axis begins here, whatever the data */
  floor?: number;
}

const MARKS_SHOWN = 30;
const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 };

/** One plot, drawn by recharts without animation. The reading line and the values are the frame's business. */
function MetricChart({ rows, series, width, height, read_step, optimum, floor }: Props) {
  const marks = useRun((state) => state.marks).slice(-MARKS_SHOWN);
  const has_band = useRun((state) => state.metrics.num_replicas > 1);
  return (
    <ComposedChart
      width={width}
      height={height}
      data={rows as Record<string, unknown>[]}
      margin={MARGIN}
      accessibilityLayer={false}
      throttledEvents={[]}
    >
      <XAxis
        dataKey="step"
        type="number"
        domain={['dataMin', 'dataMax']}
        height={PLOT.bottom}
        tickCount={8}
        minTickGap={28}
        tickFormatter={formatCount}
        tickLine={false}
      />
      <YAxis
        width={PLOT.left}
        domain={[floor ?? 'auto', optimum === undefined ? 'auto' : (max: number) => Math.max(max, optimum)]}
        tickCount={5}
        tickFormatter={(value: number) => formatNumber(value, 2)}
        tickLine={false}
        axisLine={false}
      />
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
              fillOpacity={0.2}
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
