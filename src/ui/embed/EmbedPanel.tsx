import { createElement, useEffect, useId, useMemo, useRef, useState } from 'react';
import { RolloutLabElement } from '../../embed/element.ts';
import { CONTROLS, DEFAULTS, PANELS, readOptions, reservedHeight, THEMES } from '../../embed/options.ts';
import { own } from '../../state/catalogue.ts';
import {
  type EmbedChoice,
  elementHtml,
  embedParameters,
  iframeHtml,
  markdownLink,
  recordingOf,
} from '../../state/embedSnippets.ts';
import { knobTitle } from '../../state/format.ts';
import { HISTOGRAM } from '../../state/histogram.ts';
import { sentenceOf } from '../../state/session.ts';
import { DEFAULT_SETUP } from '../../state/setupStore.ts';
import { ENTROPY, REWARD } from '../../state/summary.ts';
import { sweepQuery } from '../../state/sweep.ts';
import { writeLink } from '../../state/urlState.ts';
import { useLab, useRun, useSetup, useView } from '../lab.tsx';
import { copyText } from '../take/copy.ts';
import './embedPanel.css';

if (!customElements.get('rollout-lab')) customElements.define('rollout-lab', RolloutLabElement);

const PANEL_TITLES: Record<(typeof PANELS)[number], string> = {
  charts: 'Charts',
  samples: 'Responses',
  metrics: 'All metrics',
  inside: 'Inside one update',
  law: 'Entropy law',
  about: 'About the algorithm',
  program: 'Program of one step',
};
const CONTROL_TITLES: Record<(typeof CONTROLS)[number], string> = {
  play: 'Play and pause',
  step: 'Step button',
  reset: 'Reset',
  status: 'Step count and speed',
  speed: 'Speed limit',
  seed: 'Seed',
};
const THEME_TITLES = { light: 'light', dark: 'dark', host: 'that of the page around' };

/** Boxes to tick. */
function Boxes<T extends string>({
  legend,
  all,
  chosen,
  titleOf,
  onChange,
}: {
  legend: string;
  all: readonly T[];
  chosen: readonly T[];
  titleOf(name: T): string;
  onChange(chosen: T[]): void;
}) {
  return (
    <fieldset className="embed-boxes">
      <legend>{legend}</legend>
      {all.map((name) => (
        <label key={name} className="inline-field">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) =>
              onChange(all.filter((other) => (other === name ? event.target.checked : chosen.includes(other))))
            }
          />
          {titleOf(name)}
        </label>
      ))}
    </fieldset>
  );
}

/** A text to paste, with a button that copies it. */
function Snippet({ title, doc, text }: { title: string; doc: string; text: string }) {
  const id = useId();
  const [said, setSaid] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was copied is another text now
  useEffect(() => setSaid(''), [text]);
  const copy = async () =>
    setSaid(
      (await copyText(text)) ? 'Copied.' : 'The browser did not allow copying: select the text and press Ctrl+C.',
    );
  return (
    <div className="embed-snippet">
      <h3 id={id}>{title}</h3>
      <p className="muted">{doc}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard */}
      <section className="embed-text" tabIndex={0} aria-labelledby={id}>
        <pre>{text}</pre>
      </section>
      <div className="embed-copy">
        <button type="button" onClick={() => void copy()} aria-label={`Copy: ${title}`}>
          Copy
        </button>
        <span role="status">{said}</span>
      </div>
    </div>
  );
}

type Choice = Omit<EmbedChoice, 'recording'>;

/** What a post is given: the address of the playground, its query for what runs, and the heading. */
interface Given {
  lab: string;
  link: string;
  label: string;
}

function MarkdownSnippet({ lab, link, label, what }: Given & { what: string }) {
  return (
    <Snippet
      title="Link"
      doc={`Markdown that opens this ${what} in the playground.`}
      text={markdownLink(lab, link, label)}
    />
  );
}

/** Of a sweep there is only the link, where one can say it. */
function SweepLink({ has_link, ...given }: Given & { has_link: boolean }) {
  return (
    <>
      <p className="panel-summary">
        {has_link
          ? 'An embed draws no sweep; end it to get the element and the frame. The link opens the sweep as it is.'
          : 'An embed draws no sweep, and no link can say what the replicas of this one differ in. Save the run instead.'}
      </p>
      {has_link && <MarkdownSnippet {...given} what="sweep" />}
    </>
  );
}

/** Choices, the element itself as a preview, and the texts. */
function Builder({
  lab,
  link,
  label,
  title,
  choice,
  change,
}: Given & { title: string; choice: Choice; change(next: Partial<Choice>): void }) {
  const { run } = useLab();
  const infos = useRun((state) => state.info);
  const charted = useView((state) => state.charted);
  const [recorded, setRecorded] = useState({ link: '', text: '', said: '', is_problem: false });
  const recording = recorded.link === link ? recorded.text : '';
  const parameters = embedParameters(link, { ...choice, label, recording });
  const query = parameters.toString();
  const box = useRef<HTMLDivElement>(null);
  const preview = useMemo(
    () => createElement('rollout-lab', { ...Object.fromEntries(new URLSearchParams(query)), lab }),
    [query, lab],
  );
  const [height, setHeight] = useState(() => reservedHeight(readOptions(parameters).options, 640));
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const charts = [...new Set([REWARD, ENTROPY, ...charted.filter((id) => id !== HISTOGRAM), ...choice.charts])];
  const knobs = (infos?.hyper ?? []).map(({ name }) => name);
  const record = () => {
    try {
      const { text, steps } = recordingOf(run.getState(), choice.charts);
      setRecorded({ link, text, said: `The poster shows the ${steps} steps of this run so far.`, is_problem: false });
    } catch (error) {
      setRecorded({ link, text: '', said: sentenceOf(error), is_problem: true });
    }
  };
  return (
    <>
      <p className="panel-summary">
        This setup as a live figure for a post. The reader sees a recorded curve until they press the button; then their
        own device trains, and nothing is sent anywhere.
      </p>
      <div className="embed-choices">
        <Boxes
          legend="Sections"
          all={PANELS}
          chosen={choice.panels}
          titleOf={(name) => PANEL_TITLES[name]}
          onChange={(panels) => change({ panels })}
        />
        <Boxes
          legend="Charts, of those on this page"
          all={charts}
          chosen={choice.charts}
          titleOf={(id) => infos?.metrics.find((metric) => metric.id === id)?.label ?? id}
          onChange={(chosen) => change({ charts: chosen })}
        />
        <Boxes
          legend="Controls"
          all={CONTROLS}
          chosen={choice.controls}
          titleOf={(name) => CONTROL_TITLES[name]}
          onChange={(controls) => change({ controls })}
        />
        <Boxes
          legend="Sliders"
          all={knobs}
          chosen={choice.knobs.filter((name) => knobs.includes(name))}
          titleOf={(name) => knobTitle(name, infos?.hyper.find((entry) => entry.name === name)?.knob)}
          onChange={(chosen) => change({ knobs: chosen })}
        />
        <div className="embed-fields">
          <label className="inline-field">
            Heading
            <input
              className="embed-label"
              type="text"
              maxLength={120}
              placeholder={title}
              value={choice.label}
              onChange={(event) => change({ label: event.target.value })}
            />
          </label>
          <label className="inline-field">
            Theme
            <select
              value={choice.theme}
              onChange={(event) => change({ theme: THEMES.find((name) => name === event.target.value) })}
            >
              {THEMES.map((name) => (
                <option key={name} value={name}>
                  {THEME_TITLES[name]}
                </option>
              ))}
            </select>
          </label>
          <label className="inline-field">
            <input
              type="checkbox"
              checked={choice.autoplay}
              onChange={(event) => change({ autoplay: event.target.checked })}
            />
            Play by itself when it is on the screen
          </label>
          <button type="button" onClick={record}>
            Record this run for the poster
          </button>
          <span role="status" className={recorded.is_problem ? 'is-bad' : 'muted'}>
            {recorded.link === link ? recorded.said : ''}
          </span>
        </div>
      </div>
      <h3>Preview</h3>
      <div ref={box} className="embed-preview">
        {preview}
      </div>
      <Snippet
        title="Element"
        doc="One module and one element; the height follows the content."
        text={elementHtml(lab, parameters, link, height)}
      />
      <Snippet
        title="Frame"
        doc="For sites that allow no scripts; the height stays as it is written."
        text={iframeHtml(lab, parameters, label, height)}
      />
      <MarkdownSnippet lab={lab} link={link} label={label} what="setup" />
    </>
  );
}

/** Builds what a post takes to show this run. */
export default function EmbedPanel() {
  const { catalogue, setup } = useLab();
  const { algorithm, task } = useSetup((state) => state.config);
  useSetup((state) => state); // the link names every change
  const has_spread = useRun((state) => state.spread !== undefined);
  const sweep = useRun(sweepQuery);
  const [choice, setChoice] = useState<Choice>({
    ...DEFAULTS,
    knobs: [],
    theme: 'host',
    autoplay: false,
    label: '',
  });
  const title = `${own(catalogue.algorithms, algorithm)?.title} on ${own(catalogue.tasks, task)?.title}`;
  const given = {
    lab: new URL('./', document.baseURI).href,
    link: writeLink(catalogue, DEFAULT_SETUP, setup.getState(), sweep),
    label: choice.label.trim() === '' ? title : choice.label,
  };
  const change = (next: Partial<Choice>) => setChoice((old) => ({ ...old, ...next }));
  return (
    <div className="embed-panel" data-testid="embed">
      {has_spread ? (
        <SweepLink {...given} has_link={sweep !== ''} />
      ) : (
        <Builder {...given} title={title} choice={choice} change={change} />
      )}
    </div>
  );
}
