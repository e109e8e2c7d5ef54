import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo } from 'react';
import { type ChartRow, chartRows, nearestRow, stepAt } from '../../state/chartRows.ts';
import { formatCount } from '../../state/format.ts';
import { useFrame, useLab, useRun, useSize, useView } from '../lab.tsx';
import { ChartLegend } from './ChartLegend.tsx';
import { PLOT } from './layout.ts';
import type { Series } from './MetricChart.tsx';

const REDRAW_MS = 100;

/** What a plot needs besides its own options. */
export interface Plot {
  rows: readonly ChartRow[];
  series: readonly Series[];
  width: number;
  height: number;
  read_step: number | undefined;
}

interface Props {
  title: string;
  unit: string;
  series: readonly Series[];
  optimum?: number;
  /** what a band means, '' without one */
  note: string;
  children(plot: Plot): ReactNode;
}

/** A chart's heading and legend, and the reading line that pointer and keyboard move; the plot is its child. */
export function ChartFrame({ title, unit, series, optimum, note, children }: Props) {
  const { run, view } = useLab();
  const frame = useFrame(REDRAW_MS);
  const has_run = useRun((state) => state.info !== undefined);
  const read_step = useView((state) => state.read_step);
  const { ref, size } = useSize<HTMLDivElement>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  const rows = useMemo(
    () =>
      chartRows(
        run.getState(),
        series.map((s) => s.id),
      ),
    [run, series, frame],
  );
  const reading = read_step === undefined ? undefined : rows[nearestRow(rows, read_step)];
  const latest = rows.at(-1);

  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - PLOT.left) / (box.width - PLOT.left - PLOT.right);
    const at = nearestRow(rows, stepAt(rows, share));
    view.getState().readAt(rows[at]?.step);
  };
  const press = (event: KeyboardEvent) => {
    const at = reading ? nearestRow(rows, reading.step) : rows.length - 1;
    const to = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - 20,
      PageUp: at + 20,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (event.key === 'Escape') view.getState().readAt(undefined);
    if (to === undefined || rows.length === 0) return;
    event.preventDefault();
    view.getState().readAt(rows[Math.min(rows.length - 1, Math.max(0, to))].step);
  };
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
        aria-valuemin={rows[0]?.step ?? 0}
        aria-valuemax={latest?.step ?? 0}
        aria-valuenow={(reading ?? latest)?.step ?? 0}
        aria-valuetext={`step ${formatCount((reading ?? latest)?.step ?? 0)}`}
        onPointerMove={point}
        onPointerLeave={() => view.getState().readAt(undefined)}
        onBlur={() => view.getState().readAt(undefined)}
        onKeyDown={press}
      >
        {has_run && rows.length > 0 && size.width > 0 ? (
          children({ rows, series, read_step: reading?.step, ...size })
        ) : (
          <p className="muted chart-waiting">The first step is on its way</p>
        )}
      </div>
    </div>
  );
}
