import { lazy, useEffect, useMemo, useState } from 'react';
import { replicasOf } from '../../state/catalogue.ts';
import { CollapseWatch } from '../../state/collapse.ts';
import { ACCURACY, bandSentence, chartSentence, ENTROPY, phaseOf, REWARD } from '../../state/summary.ts';
import { Loaded } from '../Loaded.tsx';
import { useFrame, useIsNarrow, useLab, useRun, useSetup, useView } from '../lab.tsx';
import { MoreCharts } from '../runs/MoreCharts.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { ChartTools } from './ChartTools.tsx';
import { MarkList } from './MarkList.tsx';
import type { Series } from './MetricChart.tsx';
import { useChartData } from './useChartData.ts';
import './charts.css';

const ChartTable = lazy(() => import('./ChartTable.tsx'));

const REWARD_ALONE: readonly Series[] = [{ id: REWARD, kind: 'line', color: 'var(--reward)' }];
const ACCURACY_SERIES: readonly Series[] = [{ id: ACCURACY, kind: 'points', color: 'var(--accuracy)' }];
const REWARD_SERIES = [...REWARD_ALONE, ...ACCURACY_SERIES];
const ENTROPY_SERIES: readonly Series[] = [{ id: ENTROPY, kind: 'line', color: 'var(--entropy)' }];
const IDS = [REWARD, ACCURACY, ENTROPY];

const REDRAW_MS = 100;
const WRITE_EVERY_MS = 1000;
const SPEAK_EVERY_MS = 15_000;

/** Both charts over the same rows, so that what belongs together stands one above the other. */
function Charts() {
  const { catalogue, run } = useLab();
  const data = useChartData(IDS, REDRAW_MS);
  const optimum = useRun((state) => state.info?.optimum);
  const is_share = optimum === undefined || optimum <= 1; // else accuracy has an axis of its own
  const charted = useView((state) => state.charted);
  const num_replicas = useSetup((state) => replicasOf(catalogue, state.config));
  const { metrics } = run.getState();
  useEffect(() => metrics.watch([...IDS, ...charted]), [metrics, charted]);
  const watch = useMemo(() => new CollapseWatch(), []);
  const found = watch.look(metrics);
  const collapse = data.swept ? undefined : found; // replicas that differ do not collapse at one moment
  const is_narrow = useIsNarrow();
  return (
    <>
      {!is_narrow && <ChartTools />}
      <div className="chart-pair">
        <ChartFrame title="Reward" data={data} series={is_share ? REWARD_SERIES : REWARD_ALONE} optimum={optimum} />
        <ChartFrame title="Entropy" unit="nats" data={data} series={ENTROPY_SERIES} floor={0} collapse={collapse} />
      </div>
      {!is_share && <ChartFrame title="Accuracy" data={data} series={ACCURACY_SERIES} floor={0} optimum={1} />}
      {is_narrow && <ChartTools />}
      <p className="legend-note muted">
        {bandSentence(data.steps_per_point, num_replicas, { ...data, swept: data.swept?.title })}
      </p>
      <MoreCharts />
    </>
  );
}

/** The same numbers to be read instead of seen. */
function AsTable() {
  const [is_open, setOpen] = useState(false);
  return (
    <details className="charts-as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {is_open && (
        <Loaded what="the table">
          <ChartTable />
        </Loaded>
      )}
    </details>
  );
}

/** The charts in one sentence: written every second, spoken far less often. */
function Summary({ is_spoken }: { is_spoken: boolean }) {
  const { run } = useLab();
  useRun(phaseOf); // a pause is spoken of at once
  const has_rows = run.getState().metrics.num_rows > 0;
  useFrame(is_spoken && has_rows ? SPEAK_EVERY_MS : WRITE_EVERY_MS);
  const sentence = chartSentence(run.getState());
  if (is_spoken) {
    return (
      <p className="unseen" role="status" data-testid="chart-spoken">
        {has_rows ? sentence : ''}
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
      <AsTable />
      <MarkList />
    </section>
  );
}
