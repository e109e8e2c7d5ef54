import { spanAxis } from '../../state/axis.ts';
import { batchTable, own } from '../../state/catalogue.ts';
import { type ChangeView, changeSentence, changeView, MEASURED_CHANGE } from '../../state/changeView.ts';
import { formatCount } from '../../state/format.ts';
import { useLab, useLate, useRows, useRun, useSetup } from '../lab.tsx';
import { dots, Plot } from '../plot/Plot.tsx';

const REDRAW_MS = 400;
const TICKS = 3; // of either axis: changes are small numbers with many digits

/** Measured over predicted change, with the line on which the two are equal. */
function IdentityPlot({ view }: { view: ChangeView }) {
  const values = view.points.flatMap(({ predicted, measured }) => [predicted, measured]);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const axis = spanAxis(low, high, TICKS);
  const [from, to] = axis.domain;
  return (
    <Plot area="law-area" x={axis} y={axis} x_label="predicted change, nats" sentence={changeSentence(view)}>
      {(px, py) => (
        <>
          <path className="identity-line" d={`M${px(from)} ${py(from)}L${px(to)} ${py(to)}`} />
          <path
            className="identity-point"
            d={dots(
              view.points.map(({ predicted, measured }) => [px(predicted), py(measured)] as const),
              2.8,
            )}
            data-testid="identity-points"
          />
        </>
      )}
    </Plot>
  );
}

/** What was measured so far. */
function Measured() {
  const view = useLate(useRows(REDRAW_MS, changeView));
  return (
    <>
      <div className="law-head">
        <span className="legend-item">
          <svg className="law-key" viewBox="0 0 10 10" aria-hidden="true">
            <circle className="identity-point" cx="5" cy="5" r="2.8" />
          </svg>
          measured change of a step, nats
        </span>
        <span className="legend-item">
          <span className="swatch identity-swatch" aria-hidden="true" /> as predicted
        </span>
        <span className="muted">
          {view.points.length === view.num_measured
            ? `${formatCount(view.num_measured)} steps`
            : `${formatCount(view.points.length)} of ${formatCount(view.num_measured)} steps`}
        </span>
      </div>
      <IdentityPlot view={view} />
      <p className="law-text" data-testid="identity">
        {changeSentence(view)}
      </p>
    </>
  );
}

/** To first order an update changes the entropy by minus the covariance of log π and the change of the logits: held against the measured change. */
export function Identity() {
  const { catalogue, session } = useLab();
  const config = useSetup((state) => state.config);
  const is_measured = useRun((state) => state.info?.metrics.some(({ id }) => id === MEASURED_CHANGE));
  const is_asked = (own(config.batch, 'entropy_watch') ?? batchTable(catalogue, config).entropy_watch.value) === 1;
  return (
    <>
      <h3>Predicted and measured</h3>
      <p className="law-text">
        To first order, updates change the entropy of a state by minus the covariance of log π and the change of the
        logits, over all symbols. Points below the line: entropy fell further than that.
      </p>
      {is_measured ? (
        <Measured />
      ) : (
        <p className="law-why" data-testid="identity-off">
          This run does not measure it. Measuring takes two more forward passes in every step, and opens the run again
          from step 0.{' '}
          <button
            type="button"
            disabled={is_asked}
            onClick={() => void session.open({ batch: { ...config.batch, entropy_watch: 1 } })}
          >
            Start again and measure
          </button>
        </p>
      )}
    </>
  );
}
