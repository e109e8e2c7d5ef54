import { type ChartRow, latestOfSingles, meanOfSingles, smoothKey, spanKey } from '../../state/chartRows.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { hasEnded, valueAt } from '../../state/runsChart.ts';
import type { Swept } from '../../state/sweep.ts';
import { useLab, useRun } from '../lab.tsx';
import { RunKey } from '../runs/OverlayLayer.tsx';
import type { Overlaid } from '../runs/overlaid.ts';
import { colorAt } from '../sweep/color.ts';
import type { Series } from './MetricChart.tsx';

interface Props {
  series: readonly Series[];
  /** which replicas were told the same, where they differ */
  swept: Swept | undefined;
  overlaid: readonly Overlaid[];
  /** where values are read; the latest ones are shown without it */
  place: number | undefined;
  /** the reader has chosen that place */
  is_pointed: boolean;
  /** the live row there, where the live run has come so far */
  row: ChartRow | undefined;
  /** that place in words */
  place_text: string | undefined;
  optimum?: number;
  /** all live rows; the latest has the latest running mean */
  rows: readonly ChartRow[];
  /** steps that the running mean reaches back, 0 without */
  smooth: number;
  /** the moment of collapse, in words */
  collapse?: string;
  /** why the axis is not what was asked for */
  remark?: string;
}

const written = (value: unknown, otherwise = 'not measured') =>
  typeof value === 'number' && !Number.isNaN(value) ? formatNumber(value) : otherwise;

const MOST_VALUES = 8; // of a sweep that are named one by one

/** The values of a sweep, each with its colour, its number on the chart and what it has come to. */
function SweptItems({ swept, read }: { swept: Swept; read(replicas: readonly number[]): number | undefined }) {
  const { title, cells } = swept;
  const values = cells.map(({ replicas }) => read(replicas));
  const known = values.filter((value) => value !== undefined);
  if (cells.length > MOST_VALUES)
    return (
      <span className="legend-item" data-testid="legend-swept">
        {cells.length} combinations of {title}{' '}
        {known.length > 0 && (
          <b>
            {formatNumber(Math.min(...known))} to {formatNumber(Math.max(...known))}
          </b>
        )}
      </span>
    );
  return (
    <>
      <span className="legend-item muted">{title}:</span>
      {cells.map(({ text }, index) => (
        <span key={text} className="legend-item" data-testid="legend-swept">
          <span className="swatch is-line" style={{ color: colorAt(index, cells.length) }} aria-hidden="true" />
          <span className="muted" aria-hidden="true">
            {index + 1}
          </span>
          {text} <b>{written(values[index])}</b>
        </span>
      ))}
    </>
  );
}

/** Which line is which, with its value at the reading line or the latest one. */
export function ChartLegend({
  series,
  swept,
  overlaid,
  place,
  is_pointed,
  row,
  rows,
  place_text,
  smooth,
  optimum,
  collapse,
  remark,
}: Props) {
  const { run } = useLab();
  const infos = useRun((state) => state.info?.metrics);
  const { metrics } = run.getState();
  const newest = rows.at(-1);
  const [{ id }] = series;
  return (
    <p className="legend">
      {swept && (
        <SweptItems
          swept={swept}
          read={(replicas) =>
            place === undefined ? latestOfSingles(rows, id, replicas) : meanOfSingles(row, id, replicas)
          }
        />
      )}
      {(swept ? [] : series).map(({ id, kind, color }, index) => {
        const label = infos?.find((info) => info.id === id)?.label;
        if (label === undefined) return null;
        const span = kind === 'line' && row?.[spanKey(id)];
        const is_smooth = smooth > 0 && kind === 'line';
        // points are far between: beside kept runs the latest is shown until the reader points at one
        const is_latest = place === undefined || (kind === 'points' && !is_pointed);
        const read = is_latest ? newest : row;
        const value = is_smooth ? read?.[smoothKey(id)] : is_latest ? metrics.latest(id)?.mean : row?.[id];
        return (
          <span key={id} className="legend-item">
            <span className={`swatch is-${kind}`} style={{ color }} aria-hidden="true" />
            {overlaid.length > 0 && index === 0 ? 'this run' : label}
            {is_smooth && `, mean of ${formatCount(smooth)} steps`}{' '}
            <b>{written(value, !is_latest && !row ? 'not yet' : undefined)}</b>
            {Array.isArray(span) && (
              <span className="muted">
                {formatNumber(span[0])} to {formatNumber(span[1])}
              </span>
            )}
          </span>
        );
      })}
      {overlaid.map(({ overlay, curve }) => (
        <span key={overlay.id} className="legend-item" data-testid="legend-run">
          <RunKey slot={overlay.slot} />
          <span className="legend-name" title={overlay.name}>
            {overlay.name}
          </span>{' '}
          <b>
            {place === undefined
              ? written(curve.value[curve.end])
              : written(valueAt(curve, place), hasEnded(curve, place) ? 'ended' : undefined)}
          </b>
        </span>
      ))}
      {optimum !== undefined && (
        <span className="legend-item">
          <span className="swatch is-optimum" aria-hidden="true" />
          optimum <b>{formatNumber(optimum)}</b>
        </span>
      )}
      {collapse && (
        <span className="legend-item" data-testid="legend-collapse">
          <span className="swatch is-collapse" aria-hidden="true" />
          {collapse}
        </span>
      )}
      {remark && <span className="legend-remark muted">{remark}</span>}
      {place_text && <span className="legend-item legend-step">{place_text}</span>}
    </p>
  );
}
