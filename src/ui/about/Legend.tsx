import { useCallback, useId } from 'react';
import type { LegendEntry } from '../../state/about.ts';
import { own } from '../../state/catalogue.ts';
import { formatValue, knobTitle } from '../../state/format.ts';
import { ValueEntry } from '../knobs/ValueEntry.tsx';
import { useLab, useSetup, useView } from '../lab.tsx';
import { TexSymbol } from './Equation.tsx';
import '../knobs/knobs.css';

/** One knob: its symbol, its value in the run, which can be changed here, and where its default comes from. */
function LegendRow({ name, knob, symbol }: LegendEntry) {
  const { session } = useLab();
  const id = useId();
  const value = useSetup((state) => own(state.config.hyper, name)) ?? knob.value;
  const commit = useCallback(
    (knob_name: string, wanted: number) => void session.setHyper(knob_name, wanted),
    [session],
  );
  const title = knobTitle(name, knob);
  const is_lit = useView((state) => state.lit?.knob === name);
  return (
    <tr className={is_lit ? 'is-lit' : undefined} data-knob={name}>
      <td className="legend-symbol">{symbol ? <TexSymbol tex={symbol} /> : <span className="muted">·</span>}</td>
      <th scope="row">{title}</th>
      <td className="legend-value">
        {knob.choices ? (
          <>
            <label className="unseen" htmlFor={id}>
              {title}, live
            </label>
            <select id={id} value={value} onChange={(event) => commit(name, Number(event.target.value))}>
              {knob.choices.map((choice, index) => (
                <option key={choice} value={index}>
                  {choice}
                </option>
              ))}
            </select>
          </>
        ) : (
          <ValueEntry name={name} title={`${title}, live`} knob={knob} value={value} onCommit={commit} />
        )}
      </td>
      <td className="legend-default">
        <span className="legend-word">default </span>
        {formatValue(knob, knob.value)}
      </td>
      <td className="legend-range">
        {knob.choices ? '' : `${formatValue(knob, knob.min)} to ${formatValue(knob, knob.max)}`}
      </td>
      <td className="legend-doc">
        {knob.doc}
        {knob.source && <span className="muted"> · {knob.source}</span>}
      </td>
    </tr>
  );
}

/** The symbols of an equation, bound to the sliders. */
export function Legend({ entries, label }: { entries: LegendEntry[]; label: string }) {
  if (entries.length === 0) return null;
  return (
    <table className="symbols" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Symbol</th>
          <th scope="col">Setting</th>
          <th scope="col">Live</th>
          <th scope="col">Default</th>
          <th scope="col">Range</th>
          <th scope="col">Meaning · who recommends the default</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <LegendRow key={entry.name} {...entry} />
        ))}
      </tbody>
    </table>
  );
}
