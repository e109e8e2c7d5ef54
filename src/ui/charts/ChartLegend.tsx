import { type ChartRow, spanKey } from '../../state/chartRows.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { useLab, useRun } from '../lab.tsx';
import type { Series } from './MetricChart.tsx';

interface Props {
  series: readonly Series[];
  /** the row under the reading line; the latest values are shown without one */
  reading: ChartRow | undefined;
  optimum?: number;
  note?: string;
}

const stepsOf = ({ first, last }: ChartRow) =>
  first === last ? `step ${formatCount(first)}` : `steps ${formatCount(first)} to ${formatCount(last)}`;

/** Which line is which, with its value at the reading line or the latest one. */
export function ChartLegend({ series, reading, optimum, note }: Props) {
  const { run } = useLab();
  const infos = useRun((state) => state.info?.metrics);
  const { metrics } = run.getState();
  return (
    <p className="legend">
      {series.map(({ id, kind, color }) => {
        const label = infos?.find((info) => info.id === id)?.label;
        if (label === undefined) return null;
        const span = kind === 'line' && reading?.[spanKey(id)];
        const value = reading ? reading[id] : metrics.latest(id)?.mean;
        return (
          <span key={id} className="legend-item">
            <span className={`swatch is-${kind}`} style={{ color }} aria-hidden="true" />
            {label} <b>{typeof value === 'number' ? formatNumber(value) : 'not measured'}</b>
            {Array.isArray(span) && (
              <span className="muted">
                {formatNumber(span[0])} to {formatNumber(span[1])}
              </span>
            )}
          </span>
        );
      })}
      {optimum !== undefined && (
        <span className="legend-item">
          <span className="swatch is-optimum" aria-hidden="true" />
          optimum <b>{formatNumber(optimum)}</b>
        </span>
      )}
      {note && !reading && <span className="legend-note muted">{note}</span>}
      {reading && <span className="legend-item legend-step">at {stepsOf(reading)}</span>}
    </p>
  );
}
