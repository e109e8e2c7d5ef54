import { lazy, Suspense } from 'react';
import { plural } from '../../state/format.ts';
import { ACCURACY, chartSentence, ENTROPY, REWARD } from '../../state/summary.ts';
import { useFrame, useLab, useRun, useSetup } from '../lab.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { MarkList } from './MarkList.tsx';
import type { Series } from './MetricChart.tsx';
import './charts.css';

// recharts is larger than the rest of the page: controls work before it has arrived.
const MetricChart = lazy(() => import('./MetricChart.tsx'));

const REWARD_SERIES: readonly Series[] = [
  { id: REWARD, kind: 'line', color: 'var(--reward)' },
  { id: ACCURACY, kind: 'points', color: 'var(--accuracy)' },
];
const ENTROPY_SERIES: readonly Series[] = [{ id: ENTROPY, kind: 'line', color: 'var(--entropy)' }];

const SAY_EVERY_MS = 1000;
const SPEAK_EVERY_MS = 15_000;

/** The charts in one sentence: written every second, spoken far less often. */
function Summary() {
  const { run } = useLab();
  useFrame(SAY_EVERY_MS);
  return (
    <p className="chart-summary" data-testid="chart-summary">
      {chartSentence(run.getState())}
    </p>
  );
}

function SpokenSummary() {
  const { run } = useLab();
  useFrame(SPEAK_EVERY_MS);
  return (
    <p className="unseen" role="status">
      {chartSentence(run.getState())}
    </p>
  );
}

/** Reward and entropy over the steps, one above the other so that what belongs together stands together. */
export function ChartsPanel() {
  const optimum = useRun((state) => state.info?.optimum);
  const num_replicas = useSetup((state) => state.config.batch.replicas ?? 1);
  const band = num_replicas > 1 ? `line: mean, band: lowest to highest of ${plural(num_replicas, 'replica')}` : '';
  const waiting = <p className="muted chart-waiting">Loading the chart</p>;
  return (
    <section className="charts" aria-labelledby="charts-title">
      <h2 id="charts-title" className="unseen">
        Reward and entropy
      </h2>
      <ChartFrame title="Reward" unit="" series={REWARD_SERIES} optimum={optimum} note={band}>
        {(plot) => (
          <Suspense fallback={waiting}>
            <MetricChart {...plot} optimum={optimum} />
          </Suspense>
        )}
      </ChartFrame>
      <ChartFrame title="Entropy" unit="nats" series={ENTROPY_SERIES} note={band}>
        {(plot) => (
          <Suspense fallback={waiting}>
            <MetricChart {...plot} floor={0} />
          </Suspense>
        )}
      </ChartFrame>
      <Summary />
      <SpokenSummary />
      <MarkList />
    </section>
  );
}
