import { useState } from 'react';
import { own } from '../../state/catalogue.ts';
import { plural } from '../../state/format.ts';
import { sentenceOf } from '../../state/session.ts';
import { takeRun } from '../../state/take/bundle.ts';
import { fileName, samplesDocument, settingsDocument, written } from '../../state/take/documents.ts';
import { csvLines, gather, isSingle, jsonLines, numLines, takeRows } from '../../state/take/metricRows.ts';
import { pictureOf, pictureSvg } from '../../state/take/picture.ts';
import { LateProgress } from '../LateProgress.tsx';
import { useFrame, useLab } from '../lab.tsx';
import { download, pngOf } from './download.ts';
import './take.css';

const LOOK_EVERY_MS = 1000;
const MEANS = 'The run is too long for single replicas to be kept: each step has its mean, lowest and highest value.';

/** A file that is being written. */
interface Job {
  what: string;
  share: number;
  stop: AbortController;
}
/** Tells how far a file is; throws when the reader has called it off. */
type Tell = (share: number) => void;

/** Everything that can be taken along, each with what its file is called. */
function useFiles() {
  const lab = useLab();
  const { catalogue, run, view, runs, setup, session } = lab;
  const infoNow = () => {
    const { info, metrics } = run.getState();
    if (!info || metrics.num_rows === 0) throw new Error('there is no step yet; press Play or Step first.');
    return { info, step: metrics.steps[metrics.num_rows - 1], metrics };
  };
  const whole = async (has_rows: boolean, tell: Tell) => {
    const { name, data } = await takeRun(lab, has_rows);
    tell(1);
    download(name, [data], 'application/octet-stream');
    return `${name}.`;
  };
  const rows = async (ending: 'csv' | 'jsonl', tell: Tell) => {
    const { info, step, metrics } = infoNow();
    const taken = takeRows(
      metrics,
      info.metrics.map(({ id }) => id),
    );
    const parts = await gather(ending === 'csv' ? csvLines(taken) : jsonLines(taken), async (lines) => {
      await new Promise((done) => setTimeout(done, 0));
      tell(lines / numLines(taken));
    });
    const name = fileName(info.config, step, `metrics.${ending}`);
    download(name, parts, ending === 'csv' ? 'text/csv' : 'application/jsonl');
    return `${name}, ${plural(numLines(taken), 'row')}.${isSingle(taken) ? '' : ` ${MEANS}`}`;
  };
  const picture = async (ending: 'svg' | 'png', tell: Tell) => {
    const { info, step } = infoNow();
    const { svg, width, height } = pictureSvg(
      pictureOf(run.getState(), {
        charted: view.getState().charted,
        view: view.getState().chart,
        overlays: runs.getState().overlays,
        by: runs.getState().compare_by,
        titles: {
          algorithm: own(catalogue.algorithms, info.config.algorithm)?.title ?? info.config.algorithm,
          task: own(catalogue.tasks, info.config.task)?.title ?? info.config.task,
        },
      }),
    );
    const name = fileName(info.config, step, `charts.${ending}`);
    const part = ending === 'svg' ? svg : await pngOf(svg, width, height);
    tell(1);
    download(name, [part], ending === 'svg' ? 'image/svg+xml' : 'image/png');
    return `${name}.`;
  };
  const samples = async (tell: Tell) => {
    const { info } = infoNow();
    const groups = await session.samples();
    tell(1);
    const name = fileName(info.config, groups[0].step, 'responses.json');
    download(name, [written(samplesDocument(info, groups))], 'application/json');
    const responses = groups.reduce((sum, group) => sum + group.responses.length, 0);
    return `${name}, ${plural(responses, 'response')} to ${plural(groups.length, 'prompt')}.`;
  };
  const settings = async () => {
    const state = run.getState();
    const { config } = setup.getState();
    const name = fileName(config, state.status.step, 'settings.json');
    download(name, [written(settingsDocument(catalogue, setup.getState(), state))], 'application/json');
    return `${name}.`;
  };
  return [
    {
      title: 'Run',
      doc: 'One file to drop on this page again: settings, changes, charts, and weights to go on from. A checkpoint lacks the charts.',
      files: [
        ['Bundle', (tell: Tell) => whole(true, tell)],
        ['Checkpoint', (tell: Tell) => whole(false, tell)],
      ],
    },
    {
      title: 'Metrics',
      doc: 'Every step of every replica, with the names and numbers of the command line’s rows.',
      files: [
        ['CSV', (tell: Tell) => rows('csv', tell)],
        ['JSON lines', (tell: Tell) => rows('jsonl', tell)],
      ],
    },
    {
      title: 'Charts',
      doc: 'What is drawn above, with title, legend and overlaid runs, on white.',
      files: [
        ['SVG', (tell: Tell) => picture('svg', tell)],
        ['PNG', (tell: Tell) => picture('png', tell)],
      ],
    },
    {
      title: 'Responses',
      doc: 'All prompts of the last step with their groups: symbols, rewards, and the numbers of every token.',
      files: [['JSON', samples]],
    },
    {
      title: 'Settings',
      doc: 'The configuration with its defaults filled in, what replicas of a sweep differ in, what was changed on the way, and the link to it.',
      files: [['JSON', settings]],
    },
  ] as const;
}

/** The present run as files. All of them are made in this page; nothing is sent anywhere. */
export default function TakePanel() {
  const { run } = useLab();
  useFrame(LOOK_EVERY_MS);
  const files = useFiles();
  const [said, setSaid] = useState({ text: '', is_problem: false });
  const [job, setJob] = useState<Job>();
  const { metrics } = run.getState();
  const take = async (what: string, make: (tell: Tell) => Promise<string>) => {
    const stop = new AbortController();
    const begun = { what, share: 0, stop };
    setSaid({ text: '', is_problem: false });
    setJob(begun);
    const aborted = new Promise<never>((_, fail) =>
      stop.signal.addEventListener('abort', () => fail(stop.signal.reason)),
    );
    const tell = (share: number) => {
      stop.signal.throwIfAborted();
      setJob({ ...begun, share });
    };
    try {
      const name = await Promise.race([make(tell), aborted]);
      setSaid({ text: `Saved ${name}`, is_problem: false });
    } catch (error) {
      const text = stop.signal.aborted
        ? `${what} was cancelled.`
        : `${what} could not be saved: ${sentenceOf(error).replace(/\.?$/, '.')}`;
      setSaid({ text, is_problem: !stop.signal.aborted });
    } finally {
      setJob(undefined);
    }
  };
  return (
    <div className="take" data-testid="take">
      <p className="panel-summary">
        {plural(metrics.num_rows, 'step')} of this run so far
        {metrics.num_replicas > 1 && `, ${plural(metrics.num_replicas, 'replica')} each`}. Every file is made in this
        page; nothing is sent anywhere.
      </p>
      <ul className="take-list">
        {files.map(({ title, doc, files: formats }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{doc}</p>
            <span className="take-buttons">
              {formats.map(([format, make]) => (
                <button
                  key={format}
                  type="button"
                  aria-label={`Save ${title.toLowerCase()} as ${format}`}
                  aria-disabled={job !== undefined}
                  onClick={() => !job && void take(`${title} as ${format}`, make)}
                >
                  {format}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <p role="status" className={said.is_problem ? 'take-said is-problem' : 'take-said'}>
        {job ? (
          <LateProgress
            key={job.what}
            what={`Writing ${job.what}`}
            share={job.share}
            onCancel={() => job.stop.abort()}
          />
        ) : (
          said.text
        )}
      </p>
    </div>
  );
}
