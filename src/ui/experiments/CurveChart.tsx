import { memo, useMemo, useState } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts';
import type { Results } from '../../experiments/results.ts';
import { stepAxis, valueAxis } from '../../state/axis.ts';
import { spanKey } from '../../state/chartRows.ts';
import { formatCount, formatTick } from '../../state/format.ts';
import { curveMetrics, curveRows } from '../../state/results.ts';
import { armTitle, inSentence, kindsOf, metricTitle } from '../../state/resultWords.ts';
import { useSize } from '../lab.tsx';

const MARGIN = { top: 12, right: 16, bottom: 0, left: 0 };
const NUM_COLORS = 6;
/** More bands over each other than this are unreadable. */
const MOST_BANDS = 3;
// Arms differ in colour and in dashes: the dashes alone tell them apart.
const DASHES = ['', '8 4', '2 4', '10 4 2 4', '5 3', '14 5', '2 3 8 3', '1 5'];
const colorOf = (index: number) => `var(--arm-${(index % NUM_COLORS) + 1})`;
const dashOf = (index: number) => DASHES[index % DASHES.length];

/** The mean curves of some arms, with the bands of some of them. */
const Curves = memo(function Curves({
  results,
  metric,
  arms,
  banded,
  width,
  height,
}: {
  results: Results;
  metric: string;
  arms: readonly string[];
  banded: readonly string[];
  width: number;
  height: number;
}) {
  const all = Object.keys(results.arms);
  const rows = useMemo(() => curveRows(results, metric), [results, metric]);
  const x = stepAxis(rows, Math.max(2, Math.floor(width / 110)));
  const y = valueAxis(rows, arms, [], 8);
  return (
    <ComposedChart width={width} height={height} data={rows} margin={MARGIN} accessibilityLayer={false}>
      <XAxis
        dataKey="step"
        type="number"
        domain={x.domain}
        ticks={x.ticks}
        height={26}
        tickFormatter={formatCount}
        tickLine={false}
        interval="equidistantPreserveStart"
      />
      <YAxis
        width={52}
        domain={y.domain}
        ticks={y.ticks}
        tickFormatter={formatTick}
        tickLine={false}
        axisLine={false}
        interval={0}
      />
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      {banded.map((arm) => (
        <Area
          key={arm}
          dataKey={spanKey(arm)}
          stroke="none"
          fill={colorOf(all.indexOf(arm))}
          fillOpacity={0.16}
          isAnimationActive={false}
          activeDot={false}
          connectNulls
        />
      ))}
      {arms.map((arm) => (
        <Line
          key={arm}
          dataKey={arm}
          type="linear"
          stroke={colorOf(all.indexOf(arm))}
          strokeDasharray={dashOf(all.indexOf(arm))}
          strokeWidth={2.25}
          dot={false}
          activeDot={false}
          isAnimationActive={false}
          connectNulls
        />
      ))}
    </ComposedChart>
  );
});

/** Mean over seeds of a metric, arm by arm. */
export default function CurveChart({ results }: { results: Results }) {
  const metrics = useMemo(() => curveMetrics(results), [results]);
  const [wanted, setWanted] = useState('');
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const [pointed, setPointed] = useState<string>();
  const [focused, setFocused] = useState<string>();
  const { ref, size } = useSize<HTMLDivElement>();
  const metric = metrics.includes(wanted) ? wanted : metrics[0];
  const all = Object.keys(results.arms);
  const arms = useMemo(() => all.filter((arm) => !hidden.includes(arm)), [all, hidden]);
  const is_crowded = arms.length > MOST_BANDS;
  const banded = is_crowded ? arms.filter((arm) => arm === (pointed ?? focused)) : arms;
  const kinds = useMemo(() => kindsOf(results), [results]);
  if (metric === undefined) return null;
  const toggle = (arm: string) =>
    setHidden(hidden.includes(arm) ? hidden.filter((other) => other !== arm) : [...hidden, arm]);
  return (
    <div className="curves" data-testid="curves">
      <div className="curve-head">
        <label className="inline-field">
          Curve
          <select value={metric} onChange={(event) => setWanted(event.target.value)}>
            {metrics.map((id) => (
              <option key={id} value={id}>
                {metricTitle(id, kinds)}
              </option>
            ))}
          </select>
        </label>
        {all.map((arm, index) => (
          <label
            key={arm}
            className="curve-arm"
            onPointerEnter={() => setPointed(arm)}
            onPointerLeave={() => setPointed(undefined)}
            onFocus={() => setFocused(arm)}
            onBlur={() => setFocused(undefined)}
          >
            <input type="checkbox" checked={!hidden.includes(arm)} onChange={() => toggle(arm)} />
            <svg viewBox="0 0 34 6" aria-hidden="true">
              <path d="M0 3H34" style={{ stroke: colorOf(index) }} strokeDasharray={dashOf(index)} />
            </svg>
            {armTitle(arm)}
          </label>
        ))}
      </div>
      <div ref={ref} className="plot curve-plot">
        {size.width > 0 && <Curves results={results} metric={metric} arms={arms} banded={banded} {...size} />}
      </div>
      <p className="muted">
        Line: mean over seeds of {inSentence(metricTitle(metric, kinds))}, step by step. Band: its 95 % interval
        {is_crowded && ', for the arm whose name is pointed at or focused'}.
      </p>
    </div>
  );
}
