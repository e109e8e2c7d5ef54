import { memo, useId } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis, ZIndexLayer } from 'recharts';
import { logAxis, secondAxis, spanAxis, stepAxis } from '../../state/axis.ts';
import { numMeasured, secondOf, singleKey, smoothKey, spanKey } from '../../state/chartRows.ts';
import { formatCount, formatTick } from '../../state/format.ts';
import { extentOf, type PlotArea, placeCurves } from '../../state/runsChart.ts';
import { useLab, useRun } from '../lab.tsx';
import { OverlayLayer, OverlayLetters } from '../runs/OverlayLayer.tsx';
import type { Overlaid } from '../runs/overlaid.ts';
import { SingleLines, SmoothLine } from './LineLayer.tsx';
import { PLOT } from './layout.ts';
import type { ChartData } from './useChartData.ts';

/** A metric on a chart: a line, or points with a thin line where it is measured only now and then. */
export interface Series {
  id: string;
  kind: 'line' | 'points';
  color: string;
}

interface Props {
  data: ChartData;
  series: readonly Series[];
  width: number;
  height: number;
  overlaid: readonly Overlaid[];
  /** of everything that is drawn */
  low: number;
  high: number;
  is_log: boolean;
  /** where the reading line stands */
  read_step: number | undefined;
  /** the best possible value, drawn across */
  optimum?: number;
  /** the step at which entropy had collapsed */
  collapse_step?: number;
}

const ABOVE_LINES = 450; // recharts draws lines at 400
const BELOW_LINES = 390;
const MARKS_SHOWN = 30;
const SIDES = PLOT.left + PLOT.right;
const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 };
// Points as markers of one path: a circle element for each would cost half of a redraw.
const markersOf = (id: string) => ({ markerStart: `url(#${id})`, markerMid: `url(#${id})`, markerEnd: `url(#${id})` });
const MAX_POINTS = 60; // more would run together
const PIXELS_PER_TICK = { x: 90, y: 46 };

/** One plot, drawn by recharts without animation. The reading line and the values are the frame's business. */
function MetricChart({
  data,
  series,
  overlaid,
  width,
  height,
  low,
  high,
  is_log,
  read_step,
  optimum,
  collapse_step,
}: Props) {
  const { run } = useLab();
  const clip_id = useId();
  const { rows, by, window, smooth, num_singles } = data;
  const marks = useRun((state) => state.marks).slice(-MARKS_SHOWN);
  const drawn = [...series].reverse(); // the first one lies on top
  const lines = drawn.filter(({ kind }) => kind === 'line');
  const plot = { left: PLOT.left, top: PLOT.top, width: width - SIDES, height: height - PLOT.top - PLOT.bottom };
  const extent =
    window ??
    extentOf(
      rows,
      overlaid.map(({ curve }) => curve),
    );
  const num_ticks = Math.max(2, Math.floor((width - PLOT.left) / PIXELS_PER_TICK.x));
  const x = by === 'step' ? stepAxis([extent], num_ticks) : secondAxis(extent.first, extent.last, num_ticks);
  const y = (is_log ? logAxis : spanAxis)(low, high, Math.max(2, Math.floor(plot.height / PIXELS_PER_TICK.y)));
  const area: PlotArea = { ...plot, x: x.domain, y: y.domain, is_log };
  const placed = placeCurves(overlaid, area);
  const clip = `url(#${clip_id})`;
  const placeOf = (step: number) => (by === 'step' ? step : secondOf(run.getState(), step));
  const has_band = num_singles === 0;
  const raw = has_band || smooth === 0 ? drawn : drawn.filter(({ kind }) => kind === 'points');
  return (
    <ComposedChart width={width} height={height} data={rows} margin={MARGIN} accessibilityLayer={false}>
      <defs>
        <clipPath id={clip_id}>
          <rect x={plot.left} y={plot.top - 3} width={plot.width} height={plot.height + 6} />
        </clipPath>
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
        allowDataOverflow={window !== undefined}
        height={PLOT.bottom}
        tickFormatter={by === 'step' ? formatCount : (value: number) => `${formatTick(value)} s`}
        tickLine={false}
        interval="equidistantPreserveStart"
      />
      <YAxis
        width={PLOT.left}
        scale={is_log ? 'log' : 'auto'}
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
          x={placeOf(mark.step)}
          className="mark-line"
          ifOverflow="hidden"
          label={{ value: mark.number, position: 'top', className: 'mark-label' }}
        />
      ))}
      {collapse_step !== undefined && (
        <ReferenceLine
          x={placeOf(collapse_step)}
          className="collapse-line"
          ifOverflow="hidden"
          label={{ value: 'collapse', position: 'insideTopLeft', className: 'collapse-label' }}
        />
      )}
      {lines.map(({ id, color }) =>
        has_band ? (
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
        ) : (
          <ZIndexLayer key={id} zIndex={BELOW_LINES}>
            <SingleLines
              rows={rows}
              area={area}
              clip={clip}
              color={color}
              keys={Array.from({ length: num_singles }, (_, replica) => singleKey(id, replica))}
            />
          </ZIndexLayer>
        ),
      )}
      <OverlayLayer placed={placed} clip={clip} />
      {raw.map(({ id, kind, color }) => (
        <Line
          key={id}
          dataKey={id}
          type="linear"
          stroke={color}
          strokeWidth={kind === 'points' ? 1.5 : smooth > 0 ? 1 : overlaid.length > 0 ? 2.75 : 2.25}
          strokeOpacity={kind === 'line' && smooth > 0 ? 0.45 : 1}
          dot={false}
          {...(kind === 'points' && numMeasured(rows, id) <= MAX_POINTS ? markersOf(`point-${id}`) : {})}
          activeDot={false}
          isAnimationActive={false}
          connectNulls
        />
      ))}
      {(placed.length > 0 || smooth > 0) && (
        <ZIndexLayer zIndex={ABOVE_LINES}>
          {smooth > 0 &&
            lines.map(({ id, color }) => (
              <SmoothLine key={id} rows={rows} area={area} clip={clip} color={color} at={smoothKey(id)} />
            ))}
          <OverlayLetters placed={placed} />
        </ZIndexLayer>
      )}
      {read_step !== undefined && <ReferenceLine x={read_step} className="reading-line" />}
    </ComposedChart>
  );
}

export default memo(MetricChart);
