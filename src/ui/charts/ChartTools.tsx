import { replicasOf } from '../../state/catalogue.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { SMOOTHINGS, windowOf } from '../../state/zoom.ts';
import { useLab, useRun, useRuns, useSetup, useView } from '../lab.tsx';
import { useZoom } from './useZoom.ts';

/** Which part of the axis all charts show, and how to move it. */
function ZoomTools() {
  const { run } = useLab();
  const move = useZoom();
  const by = useRuns((state) => state.compare_by);
  const zoom = useView((state) => state.chart.zoom);
  useRun((state) => state.info); // another run is seen whole
  const window = windowOf(zoom, run.getState().metrics, by);
  const text = !window
    ? by === 'step'
      ? 'all steps'
      : 'all of the time'
    : by === 'step'
      ? `steps ${formatCount(window.first)} to ${formatCount(window.last)}`
      : `${formatNumber(window.first)} to ${formatNumber(window.last)} s`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend
    <div className="zoom-tools" role="group" aria-label="Zoom of all charts">
      <output className="zoom-text" data-testid="zoom">
        {text}
      </output>
      <button type="button" aria-label="Zoom in" onClick={() => move.closer()}>
        +
      </button>
      <button type="button" aria-label="Zoom out" disabled={!window} onClick={() => move.wider()}>
        −
      </button>
      <button type="button" aria-label="Earlier" disabled={!window} onClick={() => move.earlier()}>
        ←
      </button>
      <button type="button" aria-label="Later" disabled={!window} onClick={() => move.later()}>
        →
      </button>
      <button type="button" aria-label="Show all" disabled={!window} onClick={move.reset}>
        All
      </button>
    </div>
  );
}

/** How all charts are drawn. */
export function ChartTools() {
  const { catalogue, view } = useLab();
  const { smoothing, is_log, is_single } = useView((state) => state.chart);
  const num_replicas = useSetup((state) => replicasOf(catalogue, state.config));
  const is_sweep = useRun((state) => state.spread !== undefined); // where every replica has its line anyway
  const { setChart } = view.getState();
  return (
    <div className="chart-tools">
      <label className="inline-field">
        Smoothing
        <select value={smoothing} onChange={(event) => setChart({ smoothing: Number(event.target.value) })}>
          {SMOOTHINGS.map((steps) => (
            <option key={steps} value={steps}>
              {steps === 0 ? 'off' : `${steps} steps`}
            </option>
          ))}
        </select>
      </label>
      <label className="inline-field">
        <input type="checkbox" checked={is_log} onChange={(event) => setChart({ is_log: event.target.checked })} />
        Log scale
      </label>
      {num_replicas > 1 && !is_sweep && (
        <label className="inline-field">
          Replicas as
          <select
            value={is_single ? 'single' : 'band'}
            onChange={(event) => setChart({ is_single: event.target.value === 'single' })}
          >
            <option value="band">band</option>
            <option value="single">lines</option>
          </select>
        </label>
      )}
      <ZoomTools />
    </div>
  );
}
