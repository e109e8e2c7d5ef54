import { useCallback, useId, useState } from 'react';
import { roundTicks, spanAxis } from '../../state/axis.ts';
import { own } from '../../state/catalogue.ts';
import { formatNumber, plural } from '../../state/format.ts';
import {
  type DropView,
  dropView,
  LAW_SCORES,
  type LawScore,
  type LawView,
  lawAt,
  lawCaveat,
  lawSentence,
  lawView,
  shownSentence,
} from '../../state/lawView.ts';
import type { MetricStore } from '../../state/metricStore.ts';
import { ACCURACY } from '../../state/summary.ts';
import { useLate, useRows, useRun, useSetup } from '../lab.tsx';
import { ArxivLink } from '../links.tsx';
import { dots, Plot, polyline } from '../plot/Plot.tsx';
import { Identity } from './Identity.tsx';
import './law.css';

const REDRAW_MS = 400;
const TICKS = { x: 6, y: 5, small: 3 };
const SCORE_TITLES: Record<LawScore, string> = { accuracy: 'Accuracy, validated', reward_mean: 'Reward, every step' };
const SCORE_NAMES: Record<LawScore, string> = { accuracy: 'Accuracy', reward_mean: 'Reward' };

/** The points, the line through all of them, and the line that the first third alone would have drawn. */
function LawPlot({ view, score }: { view: LawView; score: LawScore }) {
  const { points, num_first, law } = view;
  const xs = points.map((p) => p.x);
  const x = spanAxis(1, Math.max(...xs, 1.5), TICKS.x);
  const also = [law?.ceiling_at_H0, law?.ceiling_prefix].filter((v) => v !== undefined && v > -0.5 && v < 1.5);
  const y = spanAxis(
    Math.min(0, ...points.map((p) => p.score), ...(also as number[])),
    Math.max(1, ...points.map((p) => p.score), ...(also as number[])),
    TICKS.y,
  );
  const end = Math.max(...xs, 1.5);
  return (
    <Plot area="law-area" x={x} y={y} x_label="exp(H); H = 0 at 1" sentence={lawSentence(view, SCORE_NAMES[score])}>
      {(px, py) => {
        const places = points.map((p) => [px(p.x), py(p.score)] as const);
        const line = (a: number, b: number) => `M${px(1)} ${py(lawAt(a, b, 1))}L${px(end)} ${py(lawAt(a, b, end))}`;
        return (
          <>
            <clipPath id="law-clip">
              <rect
                x={px(x.domain[0]) - 6}
                y={py(y.domain[1]) - 6}
                width={px(x.domain[1]) - px(x.domain[0]) + 12}
                height={py(y.domain[0]) - py(y.domain[1]) + 12}
              />
            </clipPath>
            <g clipPath="url(#law-clip)">
              <path className="law-point is-first" d={dots(places.slice(0, num_first), 3.4)} />
              <path className="law-point" d={dots(places.slice(num_first), 3.4)} />
              {law?.a_prefix !== undefined && law.b_prefix !== undefined && (
                <path className="law-line is-prefix" d={line(law.a_prefix, law.b_prefix)} data-testid="law-prefix" />
              )}
              {law && <path className="law-line" d={line(law.a, law.b)} data-testid="law-line" />}
              {law && <path className="law-ceiling" d={dots([[px(1), py(law.ceiling_at_H0)]], 5.5)} />}
            </g>
          </>
        );
      }}
    </Plot>
  );
}

/** The numbers of the fit. */
function LawNumbers({ view }: { view: LawView }) {
  const { law, num_first, why_not } = view;
  if (!law) {
    return (
      <p className="law-why" data-testid="law-why">
        {why_not}
      </p>
    );
  }
  const rows: [string, number | undefined, string][] = [
    ['a', law.a, 'score per unit of exp(H)'],
    ['b', law.b, 'the line at exp(H) = 0'],
    ['R²', law.r2, 'share of the variance explained'],
    ['Ceiling −a + b', law.ceiling_at_H0, 'predicted score at entropy 0'],
    ['Ceiling, first third', law.ceiling_prefix, `the same, from ${plural(num_first, 'point')} alone`],
    ['Error of the fit', law.rmse, 'root mean square, all points'],
    ['Error, first third', law.rmse_rest, 'dashed line, later points'],
  ];
  return (
    <table className="law-numbers" data-testid="law-numbers" aria-label="The fitted law">
      <tbody>
        {rows.map(([name, value, doc]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="is-number">{value === undefined ? 'not yet' : formatNumber(value)}</td>
            <td className="muted">{doc}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One curve over the steps; two of them stand one above the other on the same steps. */
function DropPlot({
  view,
  values,
  title,
  color,
  is_last,
}: {
  view: DropView;
  values: readonly number[];
  title: string;
  color: string;
  is_last: boolean;
}) {
  const known = values.filter(Number.isFinite);
  const last = view.steps.at(-1) ?? 1;
  const domain: [number, number] = [0, Math.max(last, 1)];
  const x = { domain, ticks: roundTicks(0, domain[1], TICKS.x).filter(Number.isInteger) };
  const y = spanAxis(Math.min(0, ...known), Math.max(0, ...known), TICKS.small);
  return (
    <div>
      <p className="drop-title">
        <span className="swatch is-line" style={{ color }} aria-hidden="true" /> {title}
      </p>
      <Plot
        area={is_last ? 'drop-area is-last' : 'drop-area'}
        x={x}
        y={y}
        x_label={is_last ? 'step' : undefined}
        sentence={`${title} over the steps, last ${formatNumber(known.at(-1) ?? Number.NaN)}`}
      >
        {(px, py) => <path className="drop-line" style={{ stroke: color }} d={polyline(view.steps, values, px, py)} />}
      </Plot>
    </div>
  );
}

/** Covariance above, the fall of the entropy below. */
function Drops() {
  const view = useLate(useRows(REDRAW_MS, dropView)); // one task after the plot above
  if (view.steps.length < 2) return <p className="muted">No two steps with covariance and entropy yet.</p>;
  return (
    <>
      <DropPlot
        view={view}
        values={view.covariance}
        title="Covariance of advantage and log-probability"
        color="var(--reward)"
        is_last={false}
      />
      <DropPlot view={view} values={view.drop} title="Entropy lost per step, −ΔH" color="var(--entropy)" is_last />
      <p className="law-text">
        Where the covariance is high, likely symbols are being rewarded, and entropy should be lost in the very next
        step: read whether the two curves rise and fall together; only the scale, which the step size sets, should
        differ.
        {Number.isFinite(view.correlation) && (
          <>
            {' '}
            The correlation is <b>{formatNumber(view.correlation, 2)}</b> over {plural(view.steps.length, 'point')}
            {view.length > 1 && `, each of ${view.length} steps`}.
          </>
        )}
      </p>
    </>
  );
}

/** The score that is there: accuracy where it is measured, else the reward. */
function useScore() {
  const ids = useRun((state) => state.info?.metrics);
  const [wanted, setWanted] = useState<LawScore>(ACCURACY);
  const there = LAW_SCORES.filter((score) => ids?.some(({ id }) => id === score));
  return { score: there.includes(wanted) ? wanted : (there[0] ?? wanted), there, setWanted };
}

/** Reward as a function of entropy, fitted while the run goes on. */
export default function LawPanel() {
  const id = useId();
  const { score, there, setWanted } = useScore();
  const num_changes = useRun((state) => state.marks.length);
  const entropy_coef = useSetup((state) => own(state.config.hyper, 'entropy_coef') ?? 0);
  const eval_every = useSetup((state) => own(state.config.batch, 'eval_every') ?? 10);
  const read = useCallback((metrics: MetricStore) => lawView(metrics, score), [score]);
  const view = useRows(REDRAW_MS, read);
  return (
    <div className="law" data-testid="law">
      <p className="law-text">
        Left alone, policies were found to buy score with entropy along one line, <b>score = −a · exp(H) + b</b>: the
        score that a run can reach is then known before it gets there. <ArxivLink id="2505.22617" />
      </p>
      <div className="law-head">
        <label className="inline-field" htmlFor={id}>
          Score
          <select id={id} value={score} onChange={(event) => setWanted(event.target.value as LawScore)}>
            {there.map((one) => (
              <option key={one} value={one}>
                {SCORE_TITLES[one]}
              </option>
            ))}
          </select>
        </label>
        <span className="legend-item">
          <svg className="law-key" viewBox="0 0 10 10" aria-hidden="true">
            <circle className="law-point is-first" cx="5" cy="5" r="3.4" />
          </svg>
          first third
        </span>
        <span className="legend-item">
          <svg className="law-key" viewBox="0 0 10 10" aria-hidden="true">
            <circle className="law-point" cx="5" cy="5" r="3.4" />
          </svg>
          later
        </span>
        <span className="legend-item">
          <span className="swatch law-swatch" aria-hidden="true" /> fit to all
        </span>
        <span className="legend-item">
          <span className="swatch law-swatch is-prefix" aria-hidden="true" /> fit to the first third
        </span>
        <span className="muted">{shownSentence(view)}</span>
      </div>
      <div className="law-pair">
        <LawPlot view={view} score={score} />
        <LawNumbers view={view} />
      </div>
      <p className="law-text">{lawCaveat(score, { entropy_coef, eval_every, num_changes })}</p>
      <h3>What moves the entropy</h3>
      <Drops />
      <Identity />
    </div>
  );
}
