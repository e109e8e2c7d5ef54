import { formatNumber } from '../../state/format.ts';
import { useFrame, useLab, useRun, useView } from '../lab.tsx';
import { Panel } from '../Panel.tsx';
import './metrics.css';

const REDRAW_MS = 250;

/** Every metric's last measured value, with its unit and what it means. */
function MetricRows() {
  const { run } = useLab();
  useFrame(REDRAW_MS);
  const infos = useRun((state) => state.info?.metrics);
  const speed = useRun((state) => state.status.steps_per_second);
  const lit = useView((state) => state.lit?.metric);
  const { metrics } = run.getState();
  const has_band = metrics.num_replicas > 1;
  return (
    <table className="metrics" data-testid="metrics">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" className="is-number">
            {has_band ? 'Mean' : 'Value'}
          </th>
          {has_band && (
            <th scope="col" className="is-number">
              Lowest to highest
            </th>
          )}
          <th scope="col">Unit</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {infos?.map(({ id, label, unit, doc }) => {
          const latest = metrics.latest(id);
          return (
            <tr key={id} className={id === lit ? 'is-lit' : undefined}>
              <th scope="row" title={doc}>
                {label}
              </th>
              <td className="is-number">{latest ? formatNumber(latest.mean) : 'not yet'}</td>
              {has_band && (
                <td className="is-number">
                  {latest ? `${formatNumber(latest.low)} to ${formatNumber(latest.high)}` : ''}
                </td>
              )}
              <td>{unit}</td>
              <td className="metric-doc">{doc}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">Speed</th>
          <td className="is-number">{speed > 0 ? formatNumber(speed) : 'not yet'}</td>
          {has_band && <td />}
          <td>steps/s</td>
          <td className="metric-doc">Finished steps per second: rollout, rewards, advantages and updates.</td>
        </tr>
      </tbody>
    </table>
  );
}

/** The table of all metrics. */
export function MetricTable() {
  return (
    <Panel id="metrics" title="All metrics">
      <MetricRows />
    </Panel>
  );
}
