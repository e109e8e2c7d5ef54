import { useEffect, useMemo } from 'react';
import { replicasOf } from '../../state/catalogue.ts';
import { CollapseWatch } from '../../state/collapse.ts';
import { ACCURACY, bandSentence, chartSentence, ENTROPY, REWARD } from '../../state/summary.ts';
import { useFrame, useIsPhone, useLab, useLate, useRun, useSetup, useView } from '../lab.tsx';
import { MoreCharts } from '../runs/MoreCharts.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { ChartTools } from './ChartTools.tsx';
import { MarkList } from './MarkList.tsx';
import type { Series } from './MetricChart.tsx';
import { useChartData } from './useChartData.ts';
import './charts.css';

const REWARD_SERIES: readonly Series[] = [
  { id: REWARD, kind: 'line', color: 'var(--reward)' },
  { id: ACCURACY, kind: 'points', color: 'var(--accuracy)' },
];
const ENTROPY_SERIES: readonly Series[] = [{ id: ENTROPY, kind: 'line', color: 'var(--entropy)' }];
const IDS = [REWARD, ACCURACY, ENTROPY];

const REDRAW_MS = 100;
const WRITE_EVERY_MS = 1000;
const SPEAK_EVERY_MS = 15_000;

/** Both charts over the same rows, so that what belongs together stands one above the other. */
function Charts() {
  const { catalogue, run } = useLab();
  const data = useChartData(IDS, REDRAW_MS);
  const reward_data = useLate(data);
  const entropy_data = useLate(data);
  const optimum = useRun((state) => state.info?.optimum);
  const charted = useView((state) => state.charted);
  const num_replicas = useSetup((state) => replicasOf(catalogue, state.config));
  const { metrics } = run.getState();
  useEffect(() => metrics.watch([REWARD, ENTROPY, ...charted]), [metrics, charted]);
  const watch = useMemo(() => new CollapseWatch(), []);
  const collapse = watch.look(metrics);
  const is_phone = useIsPhone();
  return (
    <>
      {!is_phone && <ChartTools />}
      <ChartFrame title="Reward" data={reward_data} series={REWARD_SERIES} optimum={optimum} />
      <ChartFrame
        title="Entropy"
        unit="nats"
        data={entropy_data}
        series={ENTROPY_SERIES}
        floor={0}
        collapse={collapse}
      />
      {is_phone && <ChartTools />}
      <p className="legend-note muted">{bandSentence(data.steps_per_point, num_replicas, data)}</p>
      <MoreCharts />
    </>
  );
}

/** The charts in one sentence: written every second, spoken far less often. */
function Summary({ is_spoken }: { is_spoken: boolean }) {
  const { run } = useLab();
  useFrame(is_spoken ? SPEAK_EVERY_MS : WRITE_EVERY_MS);
  const sentence = chartSentence(run.getState());
  if (is_spoken) {
    return (
      <p className="unseen" role="status">
        {sentence}
      </p>
    );
  }
  return (
    <p className="chart-summary" data-testid="chart-summary">
      {sentence}
    </p>
  );
}

/** Reward and entropy over the steps, in pictures and in words, with the changes that were made on the way. */
export function ChartsPanel() {
  return (
    <section className="charts" aria-labelledby="charts-title">
      <h2 id="charts-title" className="unseen">
        Reward and entropy
      </h2>
      <Charts />
      <Summary is_spoken={false} />
      <Summary is_spoken />
      <MarkList />
    </section>
  );
}
