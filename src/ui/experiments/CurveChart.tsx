import { memo, useMemo, useState } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts';
import type { Results } from '../../experiments/results.ts';
import { stepAxis, valueAxis } from '../../state/axis.ts';
import { spanKey } from '../../state/chartRows.ts';
import { formatCount, formatTick, wordsOf } from '../../state/format.ts';
import { curveMetrics, curveRows } from '../../state/results.ts';
import { useSize } from '../lab.tsx';

const MARGIN = { top: 12, right: 16, bottom: 0, left: 0 };
const NUM_COLORS = 6;
// Arms differ in colour and in dashes: the dashes alone tell them apart.
const DASHES = ['', '8 4', '2 4', '10 4 2 4', '5 3', '14 5', '2 3 8 3', '1 5'];
const colorOf = (index: number) => `var(--arm-${(index % NUM_COLORS) + 1})`;
const dashOf = (index: number) => DASHES[index % DASHES.length];

/** The mean curves of some arms with their bands. */
const Curves = memo(function Curves({
  results,
  metric,
  arms,
  width,
  height,
}: {
  results: Results;
  metric: string;
  arms: readonly string[];
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
      {arms.map((arm) => (
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
  const { ref, size } = useSize<HTMLDivElement>();
  const metric = metrics.includes(wanted) ? wanted : metrics[0];
  const all = Object.keys(results.arms);
  const arms = useMemo(() => all.filter((arm) => !hidden.includes(arm)), [all, hidden]);
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
                {wordsOf(id)}
              </option>
            ))}
          </select>
        </label>
        {all.map((arm, index) => (
          <label key={arm} className="curve-arm">
            <input type="checkbox" checked={!hidden.includes(arm)} onChange={() => toggle(arm)} />
            <svg viewBox="0 0 34 6" aria-hidden="true">
              <path d="M0 3H34" style={{ stroke: colorOf(index) }} strokeDasharray={dashOf(index)} />
            </svg>
            {wordsOf(arm)}
          </label>
        ))}
      </div>
      <div ref={ref} className="plot curve-plot">
        {size.width > 0 && <Curves results={results} metric={metric} arms={arms} {...size} />}
      </div>
      <p className="muted">Line: mean over seeds of {wordsOf(metric)}, step by step. Band: its 95 % interval.</p>
    </div>
  );
}
