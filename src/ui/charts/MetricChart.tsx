import { memo, useId, useMemo } from 'react';
import { logAxis, secondAxis, spanAxis, stepAxis } from '../../state/axis.ts';
import { numMeasured, secondOf, singleKey, smoothKey, spanKey } from '../../state/chartRows.ts';
import { formatCount, formatTick } from '../../state/format.ts';
import {
  bandPath,
  extentOf,
  linePath,
  type Placed,
  type PlotArea,
  placeCurves,
  placerOf,
  placeSingles,
} from '../../state/runsChart.ts';
import { useLab, useRun } from '../lab.tsx';
import { Axes } from '../plot/Axes.tsx';
import { OverlayLayer, OverlayLetters } from '../runs/OverlayLayer.tsx';
import type { Overlaid } from '../runs/overlaid.ts';
import { colorAt } from '../sweep/color.ts';
import { plotIn } from './layout.ts';
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

const MARKS_SHOWN = 30;
const MARK_PX = 6; // from a line's top to its number above
const MAX_POINTS = 60; // more would run together
const PIXELS_PER_TICK = { x: 90, y: 46 };
const formatSeconds = (value: number) => `${formatTick(value)} s`;

interface CurvesProps {
  data: ChartData;
  series: readonly Series[];
  area: PlotArea;
  placed: readonly Placed[];
}

/** Bands or single lines, kept runs, means and running means, from the lowest layer to the highest: one path each. */
const Curves = memo(function Curves({ data, series, area, placed }: CurvesProps) {
  const id = useId();
  const { rows, smooth, num_singles, swept } = data;
  const cellOf = (replica: number) => swept?.cells.findIndex(({ replicas }) => replicas.includes(replica)) ?? -1;
  const colorOf = (replica: number, color: string) => (swept ? colorAt(cellOf(replica), swept.cells.length) : color);
  const clip = `url(#${id}-clip)`;
  const drawn = [...series].reverse(); // the first one lies on top
  const lines = drawn.filter(({ kind }) => kind === 'line');
  const singles = lines.map((line) => ({
    ...line,
    ...placeSingles(
      rows,
      Array.from({ length: num_singles }, (_, replica) => singleKey(line.id, replica)),
      area,
    ),
  }));
  // Single lines that are smoothed show the mean as a running mean too, and nothing else.
  const means = num_singles === 0 || smooth === 0 ? drawn : drawn.filter(({ kind }) => kind === 'points');
  const has_means = swept === undefined; // a mean over values that differ would say nothing
  return (
    <>
      <defs>
        <clipPath id={`${id}-clip`}>
          <rect x={area.left - 4} y={area.top - 4} width={area.width + 8} height={area.height + 8} />
        </clipPath>
        {drawn.map((one) =>
          one.kind === 'line' ? null : (
            // Points as markers of one path: a circle element for each would cost half of a redraw.
            <marker
              key={one.id}
              id={`${id}-${one.id}`}
              viewBox="-4 -4 8 8"
              markerWidth="7"
              markerHeight="7"
              markerUnits="userSpaceOnUse"
            >
              <circle r="3.2" fill={one.color} />
            </marker>
          ),
        )}
      </defs>
      <g clipPath={clip}>
        {num_singles === 0
          ? lines.map((line) => (
              <path key={line.id} className="band" d={bandPath(rows, spanKey(line.id), area)} fill={line.color} />
            ))
          : singles.flatMap((one) =>
              one.lines.map(({ slot, path }) => (
                <path
                  key={`${one.id} ${slot}`}
                  className={swept ? 'single-line is-swept' : 'single-line'}
                  d={path}
                  stroke={colorOf(slot, one.color)}
                />
              )),
            )}
      </g>
      {singles.flatMap((one) =>
        one.labelled.map(({ slot, label }) => (
          <text key={`${one.id} ${slot}`} className="single-label" x={label.x} y={label.y}>
            {(swept ? cellOf(slot) : slot) + 1}
          </text>
        )),
      )}
      <OverlayLayer placed={placed} clip={clip} />
      <g clipPath={clip}>
        {(has_means ? means : []).map(({ id: metric, kind, color }) => {
          const marker =
            kind === 'points' && numMeasured(rows, metric) <= MAX_POINTS ? `url(#${id}-${metric})` : undefined;
          return (
            <path
              key={metric}
              className="curve"
              d={linePath(rows, metric, area)}
              stroke={color}
              strokeWidth={kind === 'points' ? 1.5 : smooth > 0 ? 1 : placed.length > 0 ? 2.75 : 2.25}
              strokeOpacity={kind === 'line' && smooth > 0 ? 0.45 : 1}
              markerStart={marker}
              markerMid={marker}
              markerEnd={marker}
            />
          );
        })}
        {has_means &&
          smooth > 0 &&
          lines.map((line) => (
            <path
              key={line.id}
              className="smooth-line"
              d={linePath(rows, smoothKey(line.id), area)}
              stroke={line.color}
            />
          ))}
      </g>
      <OverlayLetters placed={placed} />
    </>
  );
});

/** One plot of a run that goes on. The pointer, and the values that are read, are the frame's business. */
export const MetricChart = memo(function MetricChart({
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
  const marks = useRun((state) => state.marks).slice(-MARKS_SHOWN);
  const { rows, by, window } = data;
  const { area, placed, x, y } = useMemo(() => {
    const plot = plotIn(width, height);
    const curves = overlaid.map(({ curve }) => curve);
    const extent = window ?? extentOf(rows, curves);
    const num_ticks = {
      x: Math.max(2, Math.floor(plot.width / PIXELS_PER_TICK.x)),
      y: Math.max(2, Math.floor(plot.height / PIXELS_PER_TICK.y)),
    };
    const x = by === 'step' ? stepAxis([extent], num_ticks.x) : secondAxis(extent.first, extent.last, num_ticks.x);
    const y = (is_log ? logAxis : spanAxis)(low, high, num_ticks.y);
    const area: PlotArea = { ...plot, x: x.domain, y: y.domain, is_log };
    return { area, placed: placeCurves(overlaid, area), x, y };
  }, [rows, overlaid, by, window, width, height, low, high, is_log]);
  const { x_px, y_px } = placerOf(area);
  const bottom = area.top + area.height;
  const upright = (place: number) => ({ x1: x_px(place), x2: x_px(place), y1: area.top, y2: bottom });
  const placeOf = (step: number) => (by === 'step' ? step : secondOf(run.getState(), step));
  const isInside = (place: number) => place >= area.x[0] && place <= area.x[1];
  const collapse = collapse_step === undefined ? undefined : placeOf(collapse_step);
  return (
    <svg width={width} height={height} aria-hidden="true">
      <Axes area={area} x_ticks={x.ticks} y_ticks={y.ticks} formatX={by === 'step' ? formatCount : formatSeconds} />
      {optimum !== undefined && (
        <line
          className="optimum-line"
          x1={area.left}
          x2={area.left + area.width}
          y1={y_px(optimum)}
          y2={y_px(optimum)}
        />
      )}
      {marks
        .map(({ number, step }) => ({ number, place: placeOf(step) }))
        .filter(({ place }) => isInside(place))
        .map(({ number, place }) => (
          <g key={number}>
            <line className="mark-line" {...upright(place)} />
            <text className="mark-label" x={x_px(place)} y={area.top - MARK_PX} textAnchor="middle">
              {number}
            </text>
          </g>
        ))}
      {collapse !== undefined && isInside(collapse) && (
        <>
          <line className="collapse-line" {...upright(collapse)} />
          <text className="collapse-label" x={x_px(collapse) + 5} y={area.top + 5} dy="0.71em">
            collapse
          </text>
        </>
      )}
      <Curves data={data} series={series} area={area} placed={placed} />
      {read_step !== undefined && <line className="reading-line" {...upright(read_step)} />}
    </svg>
  );
});
