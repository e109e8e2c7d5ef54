import { useMemo } from 'react';
import { chartRows, rowsBySeconds, stepsPerPoint } from '../../state/chartRows.ts';
import { ACCURACY, bandSentence, chartSentence, ENTROPY, REWARD } from '../../state/summary.ts';
import { useFrame, useLab, useLate, useRun, useRuns, useSetup } from '../lab.tsx';
import { MoreCharts } from '../runs/MoreCharts.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { MarkList } from './MarkList.tsx';
import type { Series } from './MetricChart.tsx';
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
  const { run } = useLab();
  const frame = useFrame(REDRAW_MS);
  const optimum = useRun((state) => state.info?.optimum);
  const num_replicas = useSetup((state) => state.config.batch.replicas ?? 1);
  const by = useRuns((state) => state.compare_by);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  const by_step = useMemo(() => chartRows(run.getState(), IDS), [run, frame]);
  const rows = useMemo(() => (by === 'step' ? by_step : rowsBySeconds(run.getState(), by_step)), [run, by, by_step]);
  const late_rows = useLate(rows);
  const note = bandSentence(stepsPerPoint(by_step), num_replicas);
  return (
    <>
      <ChartFrame title="Reward" rows={rows} series={REWARD_SERIES} optimum={optimum} />
      <ChartFrame title="Entropy" unit="nats" rows={late_rows} series={ENTROPY_SERIES} floor={0} note={note} />
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
