import { type KeyboardEvent, lazy, type PointerEvent, Suspense } from 'react';
import { type ChartRow, nearestRow, stepAt } from '../../state/chartRows.ts';
import { formatCount } from '../../state/format.ts';
import { useLab, useSize, useView } from '../lab.tsx';
import { ChartLegend } from './ChartLegend.tsx';
import { PLOT } from './layout.ts';
import type { Series } from './MetricChart.tsx';

// recharts is larger than the rest of the page: controls work before it has arrived.
const MetricChart = lazy(() => import('./MetricChart.tsx'));

interface Props {
  title: string;
  unit?: string;
  rows: ChartRow[];
  series: readonly Series[];
  optimum?: number;
  floor?: number;
  /** what lines and bands stand for */
  note?: string;
}

/** A chart with its heading and legend, and the reading line that pointer and keyboard move. */
export function ChartFrame({ title, unit, rows, series, optimum, floor, note }: Props) {
  const { view } = useLab();
  const read_step = useView((state) => state.read_step);
  const { ref, size } = useSize<HTMLDivElement>();
  const reading = read_step === undefined ? undefined : rows[nearestRow(rows, read_step)];
  const shown = reading ?? rows.at(-1);

  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - PLOT.left) / (box.width - PLOT.left - PLOT.right);
    view.getState().readAt(rows[nearestRow(rows, stepAt(rows, share))]?.step);
  };
  const press = (event: KeyboardEvent) => {
    const last = rows.length - 1;
    const at = reading ? nearestRow(rows, reading.step) : last;
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
    view.getState().readAt(rows[Math.min(last, Math.max(0, to))].step);
  };
  const waiting = <p className="muted chart-waiting">{rows.length > 0 ? 'Loading the chart' : 'No step yet'}</p>;
  return (
    <div className="chart" data-testid={`chart-${title.toLowerCase()}`}>
      <div className="chart-head">
        <h3>
          {title}
          {unit && <span className="muted"> {unit}</span>}
        </h3>
        <ChartLegend series={series} reading={reading} optimum={optimum} note={note} />
      </div>
      <div
        ref={ref}
        className="plot"
        role="slider"
        tabIndex={0}
        aria-label={`Read ${title.toLowerCase()} at a step`}
        aria-valuemin={rows[0]?.first ?? 0}
        aria-valuemax={rows.at(-1)?.last ?? 0}
        aria-valuenow={shown?.step ?? 0}
        aria-valuetext={`step ${formatCount(shown?.step ?? 0)}`}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => view.getState().readAt(undefined)}
        onBlur={() => view.getState().readAt(undefined)}
        onKeyDown={press}
      >
        {rows.length > 0 && size.width > 0 ? (
          <Suspense fallback={waiting}>
            <MetricChart
              rows={rows}
              series={series}
              read_step={reading?.step}
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
