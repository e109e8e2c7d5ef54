import { lazy } from 'react';
import { HISTOGRAM } from '../../state/histogram.ts';
import { ENTROPY, REWARD } from '../../state/summary.ts';
import { Loaded } from '../Loaded.tsx';
import { useLab, useRun, useView } from '../lab.tsx';

const ChosenChart = lazy(() => import('./ChosenChart.tsx'));
const HistogramChart = lazy(() => import('../charts/HistogramChart.tsx'));
const MOST_CHARTS = 3;

/** Charts of further metrics, and the choice of one more. */
export function MoreCharts() {
  const { view } = useLab();
  const charted = useView((state) => state.charted);
  const infos = useRun((state) => state.info?.metrics);
  const left = (infos ?? []).filter(({ id }) => id !== REWARD && id !== ENTROPY && !charted.includes(id));
  return (
    <>
      {charted.map((id) => (
        <Loaded key={id} what="this chart">
          {id === HISTOGRAM ? <HistogramChart /> : <ChosenChart id={id} />}
        </Loaded>
      ))}
      {charted.length < MOST_CHARTS && (left.length > 0 || !charted.includes(HISTOGRAM)) && (
        <p className="more-charts">
          <label className="inline-field">
            Another chart
            <select value="" onChange={(event) => view.getState().setCharted([...charted, event.target.value])}>
              <option value="">choose a metric</option>
              {!charted.includes(HISTOGRAM) && <option value={HISTOGRAM}>histogram of advantages</option>}
              {left.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </p>
      )}
    </>
  );
}
