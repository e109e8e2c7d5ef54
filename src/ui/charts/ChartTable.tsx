import { useId, useMemo } from 'react';
import { chartTable } from '../../state/chartTable.ts';
import { useFrame, useLab, useRun, useRuns, useView } from '../lab.tsx';

const REWRITE_MS = 4000; // nobody reads a table that moves under the finger

/** What the charts show, in rows that can be read one by one. */
export default function ChartTable() {
  const { run } = useLab();
  const frame = useFrame(REWRITE_MS);
  const is_wanted = useRun((state) => state.is_wanted); // a pause is written at once
  const spread = useRun((state) => state.spread);
  const info = useRun((state) => state.info);
  const overlays = useRuns((state) => state.overlays);
  const by = useRuns((state) => state.compare_by);
  const charted = useView((state) => state.charted);
  const zoom = useView((state) => state.chart.zoom);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the store is read, of which the others say when it has changed
  const { caption, heads, rows } = useMemo(
    () => chartTable(run.getState(), { charted, overlays, by, zoom }),
    [run, frame, is_wanted, spread, info, charted, overlays, by, zoom],
  );
  const id = useId();
  return (
    <>
      <p id={id} className="muted">
        {caption}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached from the keyboard */}
      <section className="chart-table" aria-label="The charts as a table" tabIndex={0}>
        <table data-testid="chart-table" aria-label="The charts in numbers" aria-describedby={id}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col" className="is-number">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([place, ...cells]) => (
              <tr key={place}>
                <th scope="row" className="is-number">
                  {place}
                </th>
                {cells.map((text, column) => (
                  <td key={heads[column + 1]} className="is-number">
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
