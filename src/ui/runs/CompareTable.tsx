import { useState } from 'react';
import { formatCount, formatNumber } from '../../state/format.ts';
import { type Against, comparedRuns, tableText } from '../../state/runsTable.ts';
import { useFrame, useLab, useRuns } from '../lab.tsx';
import { RunKey } from './OverlayLayer.tsx';

const REDRAW_MS = 500;

/** The live run and the overlaid ones as a table, to be read and copied. */
export function CompareTable({ against }: { against: Against }) {
  const { catalogue, run, runs } = useLab();
  useFrame(REDRAW_MS);
  useRuns((state) => state.names);
  useRuns((state) => state.overlays);
  const [said, setSaid] = useState('');
  const rows = comparedRuns(catalogue, runs.getState(), run.getState(), against);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(tableText(rows));
      setSaid('Copied.');
    } catch {
      setSaid('The browser refused the clipboard; select the table and copy it by hand.');
    }
  };
  return (
    <div className="compared">
      <div className="compared-head">
        <h3 id="compared-title">Overlaid runs</h3>
        <button type="button" className="quiet" onClick={() => void copy()}>
          Copy table
        </button>
        <span role="status" className="muted">
          {said}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than the page scrolls by keyboard too */}
      <section className="compared-scroll" aria-labelledby="compared-title" tabIndex={0}>
        <table aria-labelledby="compared-title" data-testid="compared">
          <thead>
            <tr>
              <th scope="col">Curve</th>
              <th scope="col">Name</th>
              <th scope="col">Difference</th>
              <th scope="col" className="is-number">
                Reward
              </th>
              <th scope="col" className="is-number">
                Entropy
              </th>
              <th scope="col" className="is-number">
                Last step
              </th>
              <th scope="col" className="is-number">
                Seconds
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, slot, name, difference, reward, entropy, last_step, seconds }) => (
              <tr key={id}>
                <td>
                  {slot === undefined ? (
                    <span className="run-key">
                      <span className="swatch" style={{ color: 'var(--reward)' }} aria-hidden="true" />
                      <span className="unseen">live</span>
                    </span>
                  ) : (
                    <RunKey slot={slot} />
                  )}
                </td>
                <th scope="row">{name}</th>
                <td className="compared-difference">{difference}</td>
                <td className="is-number">{formatNumber(reward)}</td>
                <td className="is-number">{formatNumber(entropy)}</td>
                <td className="is-number">{formatCount(last_step)}</td>
                <td className="is-number">{formatNumber(seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
