import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useState } from 'react';
import { rangeOf } from '../../state/axis.ts';
import { meanOfSingles, singleKey, spanKey } from '../../state/chartRows.ts';
import type { Collapse } from '../../state/collapse.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { LETTERS } from '../../state/runs.ts';
import {
  extentOf,
  nearestPlace,
  placeText,
  rangeIn,
  readingPlaces,
  readingText,
  rowAt,
} from '../../state/runsChart.ts';
import { useLab, useSize, useView } from '../lab.tsx';
import { useOverlaid } from '../runs/overlaid.ts';
import { ChartLegend } from './ChartLegend.tsx';
import { PLOT } from './layout.ts';
import { MetricChart, type Series } from './MetricChart.tsx';
import type { ChartData } from './useChartData.ts';
import { useZoom } from './useZoom.ts';

interface Props {
  title: string;
  unit?: string;
  data: ChartData;
  /** the first one is also drawn of the overlaid runs */
  series: readonly Series[];
  optimum?: number;
  /** a linear axis reaches this value, whatever the data */
  floor?: number;
  /** the moment of collapse, if there was one */
  collapse?: Collapse;
  /** what stands beside the legend */
  children?: ReactNode;
}

const MOST_SAID = 8; // values of a sweep in words
const LEAST_DRAG_PX = 8;
const PER_WHEEL = 1.0018; // per pixel that a wheel turns
const IS_WINDOW_KEY = /^[-+=_0]$/;

/** A chart with its heading and legend, the reading line that pointer and keyboard move, and the window that they choose. */
export function ChartFrame({ title, unit, data, series: asked, optimum, floor, collapse, children }: Props) {
  const { view } = useLab();
  const { swept } = data;
  // the lines of a sweep have the colours of its values, so there is room for one metric
  const series = useMemo((): readonly Series[] => (swept ? [{ ...asked[0], kind: 'line' }] : asked), [swept, asked]);
  const move = useZoom();
  const read_step = useView((state) => state.read_step);
  const is_lit = useView((state) => series.some(({ id }) => id === state.lit?.metric));
  const { ref, size } = useSize<HTMLDivElement>();
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const { rows, by, window, smooth, num_singles } = data;
  const metric = series[0].id;
  const overlaid = useOverlaid(metric, by, window, data.smoothing);
  const curves = overlaid.map(({ curve }) => curve);
  const extent = window ?? extentOf(rows, curves);
  const places = readingPlaces(rows, curves).filter((place) => place >= extent.first && place <= extent.last);
  const reading = read_step === undefined ? undefined : places[nearestPlace(places, read_step)];
  const shown = reading ?? places.at(-1) ?? 0;
  const row = rowAt(rows, shown);
  // beside kept runs all are read at one place: where nothing is pointed at, the last that all of them have
  const ends = [rows.at(-1)?.last, ...curves.map(({ last }) => last.at(-1))].filter((end) => end !== undefined);
  const common = curves.length > 0 && window === undefined ? Math.min(...ends) : undefined;
  const legend_place = reading ?? common;
  const legend_row = legend_place === undefined ? undefined : rowAt(rows, legend_place);
  const live = row?.[metric];
  const said = swept?.cells
    .slice(0, MOST_SAID)
    .map(({ text, replicas }) => ({ text, value: meanOfSingles(row, metric, replicas) }))
    .map(({ text, value }) => `${text}: ${value === undefined ? 'not measured' : formatNumber(value)}`);
  const reading_said = said && `by ${swept?.title}, ${said.join(', ')}`;

  const keys = series.flatMap(({ id, kind }) =>
    kind === 'line' && num_singles > 0
      ? [id, ...Array.from({ length: num_singles }, (_, replica) => singleKey(id, replica))]
      : [id, spanKey(id)],
  );
  const also = curves.flatMap((curve) => (window ? rangeIn(curve, window) : [curve.low, curve.high]));
  if (optimum !== undefined) also.push(optimum);
  const drawn = also.filter((value) => !Number.isNaN(value));
  const range = rangeOf(rows, keys, drawn);
  const is_log = data.is_log && range.low > 0;
  if (floor !== undefined && !is_log) range.low = Math.min(range.low, floor);

  const shareAt = (box: DOMRect, client_x: number) =>
    Math.min(1, Math.max(0, (client_x - box.left - PLOT.left) / (box.width - PLOT.left - PLOT.right)));
  const placeAt = (event: PointerEvent) =>
    extent.first + shareAt(event.currentTarget.getBoundingClientRect(), event.clientX) * (extent.last - extent.first);
  const point = (event: PointerEvent) => {
    if (drag) setDrag({ ...drag, to: event.clientX });
    else view.getState().readAt(places[nearestPlace(places, placeAt(event))]);
  };
  const down = (event: PointerEvent) => {
    point(event);
    if (event.pointerType === 'touch' || event.button !== 0) return; // a finger reads and scrolls
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: event.clientX, to: event.clientX });
  };
  const up = (event: PointerEvent) => {
    if (!drag) return;
    setDrag(undefined);
    if (Math.abs(drag.to - drag.from) < LEAST_DRAG_PX) return;
    const box = event.currentTarget.getBoundingClientRect();
    const [from, to] = [drag.from, drag.to].sort((a, b) => a - b).map((px) => shareAt(box, px));
    const width = extent.last - extent.first;
    move.to({ first: extent.first + from * width, last: extent.first + to * width });
  };
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault(); // not the browser's own zoom
      const box = element.getBoundingClientRect();
      const share = (event.clientX - box.left - PLOT.left) / (box.width - PLOT.left - PLOT.right);
      const now = move.now();
      move.by(PER_WHEEL ** event.deltaY, now.first + share * (now.last - now.first));
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [ref, move]);

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      setDrag(undefined);
      view.getState().readAt(undefined);
    }
    const moved = {
      '+': () => move.closer(),
      '=': () => move.closer(),
      '-': () => move.wider(),
      _: () => move.wider(),
      '0': move.reset,
      ArrowLeft: event.shiftKey ? move.earlier : undefined,
      ArrowRight: event.shiftKey ? move.later : undefined,
    }[event.key];
    if (moved && (event.shiftKey || IS_WINDOW_KEY.test(event.key))) {
      event.preventDefault();
      moved();
      return;
    }
    const last = places.length - 1;
    const at = nearestPlace(places, shown);
    const to = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - 20,
      PageUp: at + 20,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    view.getState().readAt(places[Math.min(last, Math.max(0, to))]);
  };
  const is_empty = places.length === 0;
  const empty_text = window ? 'No step of this chart in the window' : 'No step yet';
  const left_of = ref.current?.getBoundingClientRect().left ?? 0;
  return (
    <div className={is_lit ? 'chart is-lit' : 'chart'} data-testid={`chart-${title.toLowerCase()}`}>
      <div className="chart-head">
        <h3>
          {title}
          {unit && <span className="muted"> {unit}</span>}
        </h3>
        <ChartLegend
          series={series}
          swept={swept}
          overlaid={overlaid}
          place={legend_place}
          is_pointed={reading !== undefined}
          row={legend_row}
          rows={rows}
          place_text={
            legend_place === undefined
              ? undefined
              : reading !== undefined
                ? `at ${placeText(by, shown, row)}`
                : `at ${placeText(by, legend_place)}, the last of all`
          }
          smooth={smooth}
          optimum={optimum}
          collapse={collapse && `collapse at step ${formatCount(collapse.step)}`}
          remark={data.is_log && !is_log && !is_empty ? 'linear: not all values are above 0' : undefined}
        />
        {children}
      </div>
      <div
        ref={ref}
        className="plot"
        role="slider"
        tabIndex={0}
        aria-label={`Read ${title.toLowerCase()} at a ${by === 'step' ? 'step' : 'second'}`}
        aria-valuemin={extent.first}
        aria-valuemax={extent.last}
        aria-valuenow={shown}
        aria-valuetext={readingText(
          by,
          shown,
          reading_said ?? (typeof live === 'number' ? live : undefined),
          overlaid,
          LETTERS,
        )}
        onPointerMove={point}
        onPointerDown={down}
        onPointerUp={up}
        onPointerCancel={() => {
          setDrag(undefined);
          view.getState().readAt(undefined); // the finger scrolls
        }}
        onPointerLeave={({ pointerType }) => {
          if (pointerType !== 'touch') view.getState().readAt(undefined); // a finger that is lifted wants to see
        }}
        onDoubleClick={move.reset}
        onBlur={() => view.getState().readAt(undefined)}
        onKeyDown={press}
      >
        {is_empty ? (
          <p className="muted chart-waiting">{empty_text}</p>
        ) : (
          size.width > 0 && (
            <MetricChart
              data={data}
              series={series}
              overlaid={overlaid}
              low={range.low}
              high={range.high}
              is_log={is_log}
              read_step={reading}
              optimum={optimum}
              collapse_step={collapse?.step}
              {...size}
            />
          )
        )}
        {drag && Math.abs(drag.to - drag.from) >= LEAST_DRAG_PX && (
          <div
            className="zoom-drag"
            style={{
              left: Math.max(PLOT.left, Math.min(drag.from, drag.to) - left_of),
              width: Math.abs(drag.to - drag.from),
            }}
          />
        )}
      </div>
    </div>
  );
}
