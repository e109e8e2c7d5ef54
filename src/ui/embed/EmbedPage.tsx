import { lazy, type MouseEvent, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import type { Control, Options, Panel } from '../../embed/options.ts';
import { unknownName } from '../../engine/names.ts';
import { own } from '../../state/catalogue.ts';
import { wordsOf } from '../../state/format.ts';
import { placeOf } from '../../state/panelHash.ts';
import { DEFAULT_SETUP } from '../../state/setupStore.ts';
import { adapterSentence, ENTROPY, isGettingReady, phaseOf, REWARD } from '../../state/summary.ts';
import { writeLink } from '../../state/urlState.ts';
import { ChartFrame } from '../charts/ChartFrame.tsx';
import type { Series } from '../charts/MetricChart.tsx';
import { type ChartData, useChartData } from '../charts/useChartData.ts';
import { Notices } from '../controls/Notices.tsx';
import { PlayButton, ResetButton, SpeedLimit, StepButton } from '../controls/RunButtons.tsx';
import { SeedField } from '../controls/SeedField.tsx';
import { GettingReady, StatusLine, workerMessage } from '../controls/StatusLine.tsx';
import { KnobField } from '../knobs/KnobField.tsx';
import { LazyPanel } from '../LazyPanel.tsx';
import { useLab, useRun, useSetup } from '../lab.tsx';
import { ScrollingSections } from '../Panel.tsx';
import '../charts/charts.css';
import './embed.css';

const SamplePanel = lazy(() => import('../samples/SamplePanel.tsx').then((m) => ({ default: m.SamplePanel })));
const MetricTable = lazy(() => import('../metrics/MetricTable.tsx').then((m) => ({ default: m.MetricTable })));
const ProgramPanel = lazy(() => import('../panels/ProgramPanel.tsx').then((m) => ({ default: m.ProgramPanel })));
const InsidePanel = lazy(() => import('../inside/InsidePanel.tsx'));
const LawPanel = lazy(() => import('../law/LawPanel.tsx'));
const AboutPanel = lazy(() => import('../about/AboutPanel.tsx'));

const REDRAW_MS = 100;
const COLORS: Record<string, string> = { [REWARD]: 'var(--reward)', [ENTROPY]: 'var(--entropy)' };
const LEAST_PLOT = 120; // as in embed.css

/** One metric over the steps. */
function Chart({ id, data }: { id: string; data: ChartData }) {
  const infos = useRun((state) => state.info?.metrics);
  const optimum = useRun((state) => state.info?.optimum);
  const metric = infos?.find((info) => info.id === id);
  const series = useMemo((): Series[] => [{ id, kind: 'line', color: COLORS[id] ?? 'var(--ink)' }], [id]);
  if (infos && !metric) {
    return (
      <p role="alert" className="embed-missing">
        {unknownName(
          'metric',
          id,
          infos.map((info) => info.id),
        )}
      </p>
    );
  }
  return (
    <ChartFrame
      title={metric?.label ?? wordsOf(id)}
      unit={metric?.unit}
      data={data}
      series={series}
      optimum={id === REWARD ? optimum : undefined}
      floor={id === ENTROPY ? 0 : undefined}
    />
  );
}

/** The charts that the author chose. */
function Charts({ ids }: { ids: readonly string[] }) {
  const { run } = useLab();
  const { metrics } = run.getState();
  useEffect(() => metrics.watch([...ids]), [metrics, ids]);
  const data = useChartData(ids, REDRAW_MS); // the same for all, so that what belongs together stands one above the other
  return (
    <section className="charts" aria-labelledby="charts-title">
      <h2 id="charts-title" className="unseen">
        Charts
      </h2>
      {ids.map((id) => (
        <Chart key={id} id={id} data={data} />
      ))}
    </section>
  );
}

const BUTTONS: Record<Control, () => ReactNode> = {
  play: () => <PlayButton />,
  step: () => <StepButton />,
  reset: () => <ResetButton />,
  status: () => <StatusLine />,
  speed: () => <SpeedLimit />,
  seed: () => <SeedField />,
};

/** The sliders that the author chose, of those that the run has. */
function Knobs({ names }: { names: readonly string[] }) {
  const { session } = useLab();
  const hyper = useRun((state) => state.info?.hyper);
  const values = useSetup((state) => state.config.hyper);
  const commit = useMemo(() => (name: string, value: number) => void session.setHyper(name, value), [session]);
  return (
    <section className="embed-knobs" aria-label="Hyperparameters">
      {names.map((name) => {
        const knob = hyper?.find((entry) => entry.name === name)?.knob;
        if (knob) {
          const value = own(values, name) ?? knob.value;
          return <KnobField key={name} name={name} knob={knob} value={value} commit="live" onCommit={commit} />;
        }
        return (
          <p key={name} className="embed-missing" role={hyper ? 'alert' : undefined}>
            {hyper &&
              unknownName(
                'control',
                name,
                hyper.map((entry) => entry.name),
              )}
          </p>
        );
      })}
    </section>
  );
}

const FOLDED: Record<Exclude<Panel, 'charts'>, () => ReactNode> = {
  samples: () => <SamplePanel />,
  metrics: () => <MetricTable />,
  program: () => <ProgramPanel />,
  inside: () => (
    <LazyPanel id="inside" title="Inside one update">
      <InsidePanel />
    </LazyPanel>
  ),
  law: () => (
    <LazyPanel id="law" title="Entropy law">
      <LawPanel />
    </LazyPanel>
  ),
  about: () => (
    <LazyPanel id="about" title="About the algorithm">
      <AboutPanel />
    </LazyPanel>
  ),
};

/** How far the run is while it gets ready; then what it runs on, and why. One line: a sentence that is cut off opens. */
function Status() {
  const engine = useRun((state) => state.info?.engine);
  const message = useRun(workerMessage);
  const is_ready = useRun((state) => !isGettingReady(phaseOf(state)));
  const [is_whole, setWhole] = useState(false);
  return (
    <div className="embed-status">
      <GettingReady />
      <span role="status">
        {message !== '' ? (
          <button type="button" className="quiet" aria-expanded={is_whole} onClick={() => setWhole(!is_whole)}>
            {message}
          </button>
        ) : (
          is_ready && adapterSentence(engine)
        )}
      </span>
    </div>
  );
}

/** Tells the height that the content needs, whatever the charts make of the room that is left. In pixels. */
function useHeight(onHeight: (height: number) => void) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    let told = 0;
    const measure = () => {
      const stretched = [...element.querySelectorAll<HTMLElement>('.charts > .chart > .plot')];
      const spare = stretched.reduce((sum, plot) => sum + plot.offsetHeight - LEAST_PLOT, 0);
      const height = Math.ceil(element.offsetHeight - spare);
      if (height !== told) onHeight(height);
      told = height;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    measure();
    return () => observer.disconnect();
  }, [onHeight]);
  return ref;
}

interface Props {
  options: Options;
  /** the page is drawn */
  onReady(): void;
  onHeight(height: number): void;
}

/** The whole of an embed's frame. */
export function EmbedPage({ options, onReady, onHeight }: Props) {
  const { catalogue, setup } = useLab();
  const { label, panels, controls, knobs, charts } = options;
  const { algorithm, task } = useSetup((state) => state.config);
  useSetup((state) => state); // the link names every change
  const ref = useHeight(onHeight);
  useEffect(onReady, [onReady]);
  const href = `./${writeLink(catalogue, DEFAULT_SETUP, setup.getState())}`;
  const title = `${own(catalogue.algorithms, algorithm)?.title} on ${own(catalogue.tasks, task)?.title}`;
  /** Links to a section that is not shown here lead to the playground. */
  const follow = (event: MouseEvent<HTMLElement>) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    const place = placeOf(link?.getAttribute('href') ?? '');
    if (!place || (panels as readonly string[]).includes(place.panel)) return;
    event.preventDefault();
    event.stopPropagation();
    window.open(href + (link?.getAttribute('href') ?? ''), '_blank', 'noopener');
  };
  return (
    <div ref={ref} className="embed" onClickCapture={follow}>
      <header className="embed-head">
        <h1>{label === 'Rollout Lab' ? title : label}</h1>
        {label !== 'Rollout Lab' && label !== title && <span className="muted">{title}</span>}
      </header>
      {controls.length > 0 && (
        <section className="embed-controls" aria-label="Run">
          {controls.map((name) => (
            <span key={name}>{BUTTONS[name]()}</span>
          ))}
        </section>
      )}
      <Notices />
      {knobs.length > 0 && <Knobs names={knobs} />}
      <ScrollingSections value={true}>
        {panels.map((panel) =>
          panel === 'charts' ? (
            <Charts key={panel} ids={charts} />
          ) : (
            <Suspense key={panel} fallback={<p className="muted">Loading</p>}>
              {FOLDED[panel]()}
            </Suspense>
          ),
        )}
      </ScrollingSections>
      <footer className="embed-foot">
        <Status />
        <a href={href} target="_blank" rel="noopener">
          Open in the playground
        </a>
      </footer>
    </div>
  );
}
