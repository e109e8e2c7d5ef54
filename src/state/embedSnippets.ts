/** What an author pastes into a post: the element, the frame, a link; and the recording that its poster draws. */
import { CONTROLS, type Control, DEFAULTS, type Panel, type Theme } from '../embed/options.ts';
import { evenly, writeRecording } from '../embed/recording.ts';
import type { RunState } from './runStore.ts';

/** What an author chooses in the panel. */
export interface EmbedChoice {
  panels: readonly Panel[];
  charts: readonly string[];
  controls: readonly Control[];
  /** hyperparameters with a slider */
  knobs: readonly string[];
  theme: Theme;
  autoplay: boolean;
  label: string;
  /** what the poster draws, '' for what is known of the setup */
  recording: string;
}

const isSame = (a: readonly string[], b: readonly string[]) => a.join(' ') === b.join(' ');

/** The parameters of an embed: the setup of a link, then everything that is not as it would be anyway. */
export function embedParameters(link: string, choice: EmbedChoice): URLSearchParams {
  const out = new URLSearchParams(link);
  const { panels, charts, controls, knobs, theme, autoplay, label, recording } = choice;
  const shown = [...CONTROLS.filter((name) => controls.includes(name)), ...knobs];
  if (!isSame(panels, DEFAULTS.panels)) out.set('panels', panels.join(' '));
  if (panels.includes('charts') && !isSame(charts, DEFAULTS.charts)) out.set('charts', charts.join(' '));
  if (!isSame(shown, DEFAULTS.controls)) out.set('controls', shown.join(' '));
  if (theme !== 'host') out.set('theme', theme);
  if (autoplay) out.set('autoplay', '');
  if (label.trim() !== '') out.set('label', label.trim());
  if (recording !== '') out.set('recording', recording);
  return out;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The element with its module. `lab` is the playground's folder, `height` what is kept free for it in pixels. */
export function elementHtml(lab: string, parameters: URLSearchParams, link: string, height: number): string {
  const attributes = [...parameters].map(([name, value]) => (value === '' ? name : `${name}="${escaped(value)}"`));
  return [
    `<script type="module" src="${escaped(lab)}rollout-lab.js"></script>`,
    `<rollout-lab ${[...attributes, `height="${height}"`, `style="display:block;min-height:${height}px"`].join('\n  ')}>`,
    `  <a href="${escaped(lab + link)}">Open in the playground</a>`,
    '</rollout-lab>',
  ].join('\n');
}

/** The same as a plain frame. */
export function iframeHtml(lab: string, parameters: URLSearchParams, title: string, height: number): string {
  const address = `${lab}embed.html?${parameters}`;
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" loading="lazy" width="100%" height="${height}" style="border:0"></iframe>`;
}

/** A link in Markdown. */
export function markdownLink(lab: string, link: string, title: string): string {
  const text = title.replace(/[[\]\\]/g, '\\$&');
  return `[${text}](${lab}${link.replaceAll('(', '%28').replaceAll(')', '%29')})`;
}

const LEAST_STEPS = 10;

/** The present run as a recording of some metrics; throws one sentence where it is none of its setup. */
export function recordingOf(
  { metrics, marks }: Pick<RunState, 'metrics' | 'marks'>,
  ids: readonly string[],
): { text: string; steps: number } {
  if (marks.length > 0)
    throw new Error(
      'The run was changed on the way, so its curves are not those of one setup. Press Reset and let it run.',
    );
  const { num_rows, steps } = metrics;
  if (num_rows < LEAST_STEPS)
    throw new Error(`The run has done ${num_rows} steps; wanted at least ${LEAST_STEPS}. Let it run a little.`);
  const curves = ids.flatMap((metric) => {
    const column = metrics.column(metric);
    const values = column ? evenly(steps.subarray(0, num_rows), column.mean.subarray(0, num_rows)) : [];
    return values.length === 0 ? [] : [{ metric, values }];
  });
  if (curves.length === 0) throw new Error('None of the chosen charts has been measured yet. Let it run a little.');
  const last = steps[num_rows - 1] + 1;
  return { text: writeRecording({ steps: last, seeds: metrics.num_replicas, curves }), steps: last };
}
