import { useId, useMemo, useState } from 'react';
import { formatCount, formatNumber, formatPlain, wordsOf } from '../../state/format.ts';
import { REWARD } from '../../state/summary.ts';
import { cellsOf, type SweepPlan } from '../../state/sweep.ts';
import {
  type CellValue,
  cellCurves,
  cellValues,
  extremes,
  type ReplicaRows,
  sweepSentence,
  WINDOW_STEPS,
  windowText,
} from '../../state/sweepRows.ts';
import { useFrame, useRun } from '../lab.tsx';
import { colorAt } from './color.ts';
import { SweepPlot } from './SweepPlot.tsx';

const REDRAW_MS = 400;

/** How far a value lies between the lowest and the highest, in percent. */
const shareOf = (value: number, low: number, high: number) =>
  high > low ? Math.round(((value - low) / (high - low)) * 100) : 50;

/** Two knobs: a table whose cells are coloured by what is written in them. */
function HeatMap({ plan, values, label }: { plan: SweepPlan; values: readonly CellValue[]; label: string }) {
  const [down, across] = plan.axes;
  const found = extremes(values);
  const low = found ? values[found.worst].mean : 0;
  const high = found ? values[found.best].mean : 0;
  return (
    <div className="sweep-scroll">
      <table
        className="heat"
        data-testid="heat-map"
        aria-label={`${label} by ${wordsOf(down.name)} and ${wordsOf(across.name)}`}
      >
        <thead>
          <tr>
            <td />
            <th scope="colgroup" colSpan={across.values.length}>
              {wordsOf(across.name)} →
            </th>
          </tr>
          <tr>
            <th scope="col">{wordsOf(down.name)} ↓</th>
            {across.values.map((value) => (
              <th key={value} scope="col" className="heat-head">
                {formatPlain(value)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {down.values.map((row, r) => (
            <tr key={row}>
              <th scope="row" className="heat-head">
                {formatPlain(row)}
              </th>
              {across.values.map((column, c) => {
                const cell = r * across.values.length + c;
                const { mean } = values[cell];
                const is_best = found?.best === cell;
                return (
                  <td
                    key={column}
                    className={is_best ? 'heat-cell is-best' : 'heat-cell'}
                    style={
                      Number.isFinite(mean)
                        ? { background: `color-mix(in oklab, var(--up-4) ${shareOf(mean, low, high)}%, var(--up-1))` }
                        : undefined
                    }
                  >
                    {formatNumber(mean)}
                    {is_best && <span className="unseen"> (highest)</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="heat-key" aria-hidden="true">
        <span>{formatNumber(low)}</span>
        <span className="heat-ramp" />
        <span>{formatNumber(high)}</span>
        <span className="muted">outlined: the highest</span>
      </p>
    </div>
  );
}

/** Every combination in words and numbers. */
function Numbers({ plan, values, label }: { plan: SweepPlan; values: readonly CellValue[]; label: string }) {
  const cells = cellsOf(plan);
  const is_one = plan.axes.length === 1;
  return (
    <table data-testid="sweep-table" aria-label={`${label} of every combination`}>
      <thead>
        <tr>
          {plan.axes.map(({ name }) => (
            <th key={name} scope="col">
              {wordsOf(name)}
            </th>
          ))}
          <th scope="col" className="is-number">
            {label}
          </th>
          {plan.repeats > 1 && (
            <th scope="col" className="is-number">
              Lowest to highest of {plan.repeats} seeds
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {cells.map((cell, index) => (
          <tr key={cell.join(' ')}>
            {cell.map((value, axis) => {
              const Cell = axis === 0 ? 'th' : 'td';
              return (
                <Cell key={plan.axes[axis].name} {...(axis === 0 ? { scope: 'row' } : {})}>
                  {is_one && (
                    <span
                      className="swatch is-line"
                      style={{ color: colorAt(index, cells.length) }}
                      aria-hidden="true"
                    />
                  )}{' '}
                  {formatPlain(value)}
                </Cell>
              );
            })}
            <td className="is-number">{formatNumber(values[index].mean)}</td>
            {plan.repeats > 1 && (
              <td className="is-number">
                {formatNumber(values[index].low)} to {formatNumber(values[index].high)}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A sweep while it goes, and after. */
export function SweepView({ plan, rows }: { plan: SweepPlan; rows: ReplicaRows }) {
  const id = useId();
  const frame = useFrame(REDRAW_MS);
  const metrics = useRun((state) => state.info?.metrics);
  const [wanted, setWanted] = useState<string>(REWARD);
  const [step, setStep] = useState<number>(); // undefined follows the run
  const info = metrics?.find((metric) => metric.id === wanted) ?? metrics?.[0];
  const metric = info?.id ?? wanted;
  const label = info?.label ?? metric;
  const last = rows.count - 1;
  const is_grid = plan.axes.length === 2;
  const stretch = useMemo(() => {
    if (step === undefined || last < 0) return last;
    let at = last;
    while (at > 0 && rows.stepOf(at - 1) >= step) at--;
    return at;
  }, [rows, step, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  const values = useMemo(() => cellValues(rows, plan, metric, stretch), [rows, plan, metric, stretch, frame]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const curves = useMemo(() => (is_grid ? [] : cellCurves(rows, plan, metric)), [rows, plan, metric, is_grid, frame]);
  const when = last < 0 ? 'no step yet' : windowText(rows, stretch);
  const sentence = sweepSentence(plan, label, values, when);
  return (
    <div className="sweep-view" data-testid="sweep-view">
      <div className="sweep-head">
        <label className="inline-field">
          Metric
          <select value={metric} onChange={(event) => setWanted(event.target.value)}>
            {metrics?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
        <div className="sweep-step">
          <label htmlFor={`${id}-step`}>Read at</label>
          <input
            id={`${id}-step`}
            type="range"
            min={0}
            max={Math.max(0, last)}
            value={Math.max(0, stretch)}
            aria-valuetext={when}
            onChange={(event) => {
              const to = Number(event.target.value);
              setStep(to >= last ? undefined : rows.stepOf(to));
            }}
          />
          <output htmlFor={`${id}-step`}>
            {last < 0 ? 'no step yet' : `step ${formatCount(rows.stepOf(stretch))}`}
          </output>
          <button type="button" className="quiet" disabled={step === undefined} onClick={() => setStep(undefined)}>
            Latest
          </button>
        </div>
      </div>
      {is_grid ? (
        <HeatMap plan={plan} values={values} label={label} />
      ) : (
        <>
          <p className="sweep-title">
            {label}
            {info?.unit && <span className="muted"> {info.unit}</span>} over the steps, by{' '}
            <b>{wordsOf(plan.axes[0].name)}</b>
          </p>
          <SweepPlot
            curves={curves}
            values={plan.axes[0].values}
            has_band={plan.repeats > 1}
            last={last < 0 ? 0 : rows.stepOf(last)}
            read={last < 0 ? 0 : rows.stepOf(stretch)}
            sentence={sentence}
          />
        </>
      )}
      <p className="sweep-said" data-testid="sweep-said">
        {sentence}
      </p>
      <p className="muted sweep-note">
        Every number is a mean over at least the last {WINDOW_STEPS} steps
        {plan.repeats > 1 ? ` and over ${plan.repeats} seeds; bands run from the lowest to the highest of them` : ''}.
        Replicas also differ in their seeds: no two values met the same draws.
        {plan.repeats === 1 && ' More seeds for each value show how much of a difference is chance.'}
      </p>
      <details>
        <summary>{is_grid ? 'As a list' : 'As a table'}</summary>
        <Numbers plan={plan} values={values} label={label} />
      </details>
    </div>
  );
}
