import { lazy } from 'react';
import { own } from '../state/catalogue.ts';
import { ChartsPanel } from './charts/ChartsPanel.tsx';
import { DropTarget } from './controls/DropTarget.tsx';
import { KeyHelp } from './controls/KeyHelp.tsx';
import { useKeys } from './controls/keyboard.ts';
import { Notices } from './controls/Notices.tsx';
import { LateControls, RunControls } from './controls/RunControls.tsx';
import { StatusMessage } from './controls/StatusLine.tsx';
import { AdapterLine, Header } from './header/Header.tsx';
import { NextMove } from './header/NextMove.tsx';
import { Statement } from './header/Statement.tsx';
import { LazyPanel } from './LazyPanel.tsx';
import { useIsNarrow, useLab, useSetup } from './lab.tsx';
import { LessonSlot } from './lessons/LessonSlot.tsx';
import { MetricTable } from './metrics/MetricTable.tsx';
import { HyperPanel } from './panels/HyperPanel.tsx';
import { PartsPanel } from './panels/PartsPanel.tsx';
import { ProgramPanel } from './panels/ProgramPanel.tsx';
import { SettingsPanel } from './panels/SettingsPanel.tsx';
import { LazyRuns } from './runs/LazyRuns.tsx';
import { SamplePanel } from './samples/SamplePanel.tsx';

// What is read rather than watched arrives when its section is opened.
const AboutPanel = lazy(() => import('./about/AboutPanel.tsx'));
const InsidePanel = lazy(() => import('./inside/InsidePanel.tsx'));
const LawPanel = lazy(() => import('./law/LawPanel.tsx'));
const ExperimentsPanel = lazy(() => import('./experiments/ExperimentsPanel.tsx'));
const SweepPanel = lazy(() => import('./sweep/SweepPanel.tsx'));
const PapersPanel = lazy(() => import('./papers/PapersPanel.tsx'));
const TakePanel = lazy(() => import('./take/TakePanel.tsx'));
const EmbedPanel = lazy(() => import('./embed/EmbedPanel.tsx'));
const FullScalePanel = lazy(() => import('./take/FullScalePanel.tsx'));

/** The controls of what is trained, beside or below the charts. */
function Sidebar() {
  const { catalogue } = useLab();
  const task = useSetup((state) => own(catalogue.tasks, state.config.task));
  const policy = useSetup((state) => own(catalogue.policies, state.config.policy));
  return (
    <section className="sidebar" id="settings" aria-label="Settings" tabIndex={-1}>
      <PartsPanel />
      <HyperPanel />
      <SettingsPanel id="task" title={`Task: ${task?.title}`} place="task_settings" />
      <SettingsPanel id="policy" title={`Policy: ${policy?.title}`} place="policy_settings" summary={policy?.summary} />
      <SettingsPanel id="batch" title="Batch" place="batch" />
    </section>
  );
}

/** The whole playground. */
export function App() {
  const { catalogue } = useLab();
  const algorithm = useSetup((state) => own(catalogue.algorithms, state.config.algorithm)?.title);
  const is_narrow = useIsNarrow();
  useKeys();
  return (
    <>
      <a className="skip" href="#charts">
        Skip to the charts
      </a>
      <a className="skip" href="#settings">
        Skip to the settings
      </a>
      <Header />
      <main>
        <Statement />
        <LessonSlot />
        <NextMove />
        <RunControls />
        <StatusMessage />
        <Notices />
        <div className="columns">
          <div className="results" id="charts" tabIndex={-1}>
            <ChartsPanel />
            {is_narrow && <LateControls />}
            <LazyRuns />
            <LazyPanel id="sweep" title="Sweep" note="one knob or two over replicas">
              <SweepPanel />
            </LazyPanel>
            <LazyPanel id="law" title="Entropy law" note="score against exp(entropy), fitted live">
              <LawPanel />
            </LazyPanel>
            <SamplePanel />
            <LazyPanel id="inside" title="Inside one update" note="one token, stage by stage">
              <InsidePanel />
            </LazyPanel>
            <MetricTable />
            <ProgramPanel />
            <LazyPanel id="about" title={`About ${algorithm}`} note="equations, differences, code">
              <AboutPanel />
            </LazyPanel>
            <LazyPanel id="experiments" title="Experiments" note="claims of papers, measured">
              <ExperimentsPanel />
            </LazyPanel>
            <LazyPanel id="papers" title="Papers" note="what of them runs here">
              <PapersPanel />
            </LazyPanel>
            <LazyPanel id="take" title="Export" note="this run as files, its setup as a link">
              <TakePanel />
            </LazyPanel>
            <LazyPanel id="embed" title="Embed this" note="a live figure for a post">
              <EmbedPanel />
            </LazyPanel>
            <LazyPanel id="fullscale" title="To full scale" note="the same algorithm for verl and TRL">
              <FullScalePanel />
            </LazyPanel>
          </div>
          <Sidebar />
        </div>
      </main>
      <footer className="foot">
        All of this runs in the page: nothing is sent anywhere. <a href="?selftest">Self-test</a> compares every shader
        with its twin on this device.
        {is_narrow && <AdapterLine />}
      </footer>
      <KeyHelp />
      <DropTarget />
    </>
  );
}
