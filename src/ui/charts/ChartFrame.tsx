import { type KeyboardEvent, lazy, type PointerEvent, type ReactNode, Suspense } from 'react';
import type { ChartRow } from '../../state/chartRows.ts';
import { LETTERS } from '../../state/runs.ts';
import { extentOf, nearestPlace, placeText, readingPlaces, readingText, rowAt } from '../../state/runsChart.ts';
import { useLab, useSize, useView } from '../lab.tsx';
import { useOverlaid } from '../runs/overlaid.ts';
import { ChartLegend } from './ChartLegend.tsx';
import { PLOT } from './layout.ts';
import type { Series } from './MetricChart.tsx';

// recharts is larger than the rest of the page: controls work before it has arrived.
const MetricChart = lazy(() => import('./MetricChart.tsx'));

interface Props {
  title: string;
  unit?: string;
  rows: ChartRow[];
  /** the first one is also drawn of the overlaid runs */
  series: readonly Series[];
  optimum?: number;
  floor?: number;
  /** what lines and bands stand for */
  note?: string;
  /** what stands beside the legend */
  children?: ReactNode;
}

/** A chart with its heading and legend, and the reading line that pointer and keyboard move. */
export function ChartFrame({ title, unit, rows, series, optimum, floor, note, children }: Props) {
  const { view } = useLab();
  const read_step = useView((state) => state.read_step);
  const { ref, size } = useSize<HTMLDivElement>();
  const metric = series[0].id;
  const { by, overlaid } = useOverlaid(metric);
  const curves = overlaid.map(({ curve }) => curve);
  const places = readingPlaces(rows, curves);
  const extent = extentOf(rows, curves);
  const reading = read_step === undefined ? undefined : places[nearestPlace(places, read_step)];
  const shown = reading ?? rows.at(-1)?.step ?? 0;
  const row = rowAt(rows, shown);
  const live = row?.[metric];

  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - PLOT.left) / (box.width - PLOT.left - PLOT.right);
    const place = extent.first + Math.min(1, Math.max(0, share)) * (extent.last - extent.first);
    view.getState().readAt(places[nearestPlace(places, place)]);
  };
  const press = (event: KeyboardEvent) => {
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
    if (event.key === 'Escape') view.getState().readAt(undefined);
    if (to === undefined || last < 0) return;
    event.preventDefault();
    view.getState().readAt(places[Math.min(last, Math.max(0, to))]);
  };
  const is_empty = places.length === 0;
  const waiting = <p className="muted chart-waiting">{is_empty ? 'No step yet' : 'Loading the chart'}</p>;
  return (
    <div className="chart" data-testid={`chart-${title.toLowerCase()}`}>
      <div className="chart-head">
        <h3>
          {title}
          {unit && <span className="muted"> {unit}</span>}
        </h3>
        <ChartLegend
          series={series}
          overlaid={overlaid}
          place={reading}
          row={reading === undefined ? undefined : row}
          step_text={placeText(by, shown, row)}
          optimum={optimum}
          note={note}
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
        aria-valuetext={readingText(by, shown, typeof live === 'number' ? live : undefined, overlaid, LETTERS)}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => view.getState().readAt(undefined)}
        onBlur={() => view.getState().readAt(undefined)}
        onKeyDown={press}
      >
        {!is_empty && size.width > 0 ? (
          <Suspense fallback={waiting}>
            <MetricChart
              rows={rows}
              series={series}
              overlaid={overlaid}
              by={by}
              read_step={reading}
              optimum={optimum}
              floor={floor}
              {...size}
            />
          </Suspense>
        ) : (
          waiting
        )}
      </div>
    </div>
  );
}
