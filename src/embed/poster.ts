/** The still picture that stands for an embed until it runs: a heading, the recorded curves, a button and a link. */
import { spanAxis } from '../state/axis.ts';
import type { Options } from './options.ts';
import type { RecordedCurve } from './recording.ts';

const NAMES: Record<string, string> = { reward_mean: 'Reward', entropy: 'Entropy', response_length: 'Response length' };
const UNITS: Record<string, string> = { entropy: 'nats', response_length: 'tokens' };
const BOX = { width: 600, height: 100 };
const NUM_TICKS = 4; // between which the ends are round

const STYLE = `
.poster {
  --surface: light-dark(#ffffff, #181b21);
  --ink: light-dark(#14171d, #eceff4);
  --muted: light-dark(#525966, #a7afbd);
  --line: light-dark(#d3d7de, #333944);
  --accent: light-dark(#14599f, #8cc4f7);
  --on-accent: light-dark(#ffffff, #0b1118);
  --reward: light-dark(#0b62a8, #6db9f7);
  --entropy: light-dark(#b04a00, #ffab66);
  box-sizing: border-box;
  display: flex;
  flex-direction: column;
  gap: 6px;
  height: 100%;
  min-height: 100%;
  margin: 0;
  padding: 12px 14px;
  overflow: hidden;
  font: 16px / 1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums;
  text-align: start;
  color: var(--ink);
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 6px;
}
.poster[data-theme="light"] { color-scheme: light; }
.poster[data-theme="dark"] { color-scheme: dark; }
.poster p { margin: 0; }
.head, .curve-head, .foot { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 2px 16px; }
.title { font-weight: 600; }
.note, .curve-head span { color: var(--muted); font-size: 14px; }
.curve { display: grid; grid-template: auto minmax(0, 1fr) auto / 3em minmax(0, 1fr); gap: 0 6px; flex: 1 1 0; min-height: 60px; }
.curve-head { grid-column: 1 / -1; }
.curve svg { display: block; width: 100%; height: 100%; border: solid var(--muted); border-width: 0 0 1px 1px; box-sizing: border-box; overflow: visible; }
.ends { display: flex; justify-content: space-between; color: var(--muted); font-size: 13px; line-height: 1.2; }
.values { flex-direction: column; align-items: flex-end; }
.steps { grid-column: 2; }
.curve path { fill: none; stroke: var(--ink); stroke-width: 2.25; vector-effect: non-scaling-stroke; }
.curve line { stroke: var(--muted); vector-effect: non-scaling-stroke; }
.curve[data-metric="reward_mean"] path { stroke: var(--reward); }
.curve[data-metric="entropy"] path { stroke: var(--entropy); }
.empty { display: grid; flex: 1; place-items: center; color: var(--muted); text-align: center; }
.foot { align-items: center; padding-top: 4px; }
.play {
  display: inline-flex;
  align-items: center;
  gap: 8px;
  min-height: 40px;
  padding: 4px 16px;
  font: inherit;
  font-weight: 600;
  color: var(--on-accent);
  background: var(--accent);
  border: 1px solid var(--accent);
  border-radius: 6px;
  cursor: pointer;
}
.play[aria-disabled="true"] { cursor: progress; }
.play svg { width: 14px; height: 14px; fill: currentColor; }
.poster a { color: var(--accent); }
.poster :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.problem { color: light-dark(#a3230f, #ff9c86); }
`;

/** The poster's rules, as a sheet that no content security policy of the page around forbids. */
export function posterSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

const SVG = 'http://www.w3.org/2000/svg';
function made<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...inside: (Node | string)[]) {
  const element = document.createElement(tag);
  if (name !== '') element.className = name;
  element.append(...inside);
  return element;
}
function drawn(tag: string, attributes: Record<string, string>, ...inside: Node[]): Element {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

const written = (value: number) => String(Number(value.toPrecision(3))).replace('-', '−');

function curveFigure({ metric, values }: RecordedCurve, steps: number): HTMLElement {
  const name = NAMES[metric] ?? metric.replaceAll('_', ' ');
  const unit = UNITS[metric] ?? '';
  const [low, high] = spanAxis(Math.min(0, ...values), Math.max(0, ...values), NUM_TICKS).domain; // 0 is always in sight
  const heightOf = (value: number) => ((BOX.height * (high - value)) / (high - low)).toFixed(1);
  const path = values
    .map((value, k) => `${k === 0 ? 'M' : 'L'}${((BOX.width * k) / (values.length - 1)).toFixed(1)} ${heightOf(value)}`)
    .join('');
  const zero = { x1: '0', x2: String(BOX.width), y1: heightOf(0), y2: heightOf(0) };
  const said = `from ${written(values[0])} to ${written(values[values.length - 1])}${unit && ` ${unit}`}`;
  const svg = drawn(
    'svg',
    {
      viewBox: `0 0 ${BOX.width} ${BOX.height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `Recorded curve: ${name.toLowerCase()} ${said} over ${steps} steps.`,
    },
    ...(low < 0 && high > 0 ? [drawn('line', zero)] : []), // else it is an edge of the picture
    drawn('path', { d: path }),
  );
  const ends = (kind: string, ...texts: string[]) => {
    const pair = made('div', `ends ${kind}`, ...texts.map((text) => made('span', '', text)));
    pair.setAttribute('aria-hidden', 'true'); // the picture's label says it
    return pair;
  };
  const figure = made(
    'div',
    'curve',
    made('p', 'curve-head', made('b', '', name), made('span', '', said)),
    ends('values', written(high), written(low)),
    svg,
    ends('steps', 'step 0', String(steps - 1)),
  );
  figure.dataset.metric = metric;
  return figure;
}

/** A poster, and what can be said on it later. */
export interface Poster {
  element: HTMLElement;
  button: HTMLButtonElement;
  setTheme(theme: 'light' | 'dark'): void;
  /** Says that the run is being loaded. */
  setLoading(): void;
  /** Says what went wrong; the button tries again. */
  setProblem(sentence: string): void;
}

/** Makes a poster. `href` opens the same setup in the playground. */
export function makePoster(options: Options, href: string, play: () => void): Poster {
  const { recording, label, charts, panels } = options;
  const shown = panels.includes('charts') ? charts : [];
  const curves = shown.flatMap((id) => recording?.curves.find(({ metric }) => metric === id) ?? []);
  const of = recording && recording.seeds > 1 ? `, mean of ${recording.seeds} seeds` : '';
  const note = made('span', 'note', recording && curves.length > 0 ? `Recorded: ${recording.steps} steps${of}` : '');
  note.setAttribute('role', 'status');
  const icon = drawn('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, drawn('path', { d: 'M4 2.5v11l9-5.5z' }));
  const text = made('span', '', 'Run it here');
  const button = made('button', 'play', icon, text);
  button.type = 'button';
  button.addEventListener('click', () => button.getAttribute('aria-disabled') !== 'true' && play());
  const link = made('a', '', 'Open in the playground');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener';
  const element = made(
    'div',
    'poster',
    made('p', 'head', made('span', 'title', label), note),
    ...(curves.length > 0
      ? curves.map((curve) => curveFigure(curve, recording!.steps))
      : [made('p', 'empty', 'A live training run. It is computed on your own device.')]),
    made('p', 'foot', button, link),
  );
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
  return {
    element,
    button,
    setTheme: (theme) => {
      element.dataset.theme = theme;
    },
    setLoading: () => {
      button.setAttribute('aria-disabled', 'true');
      text.textContent = 'Loading';
    },
    setProblem: (sentence) => {
      button.removeAttribute('aria-disabled');
      text.textContent = 'Try again';
      note.textContent = sentence;
      note.classList.add('problem');
    },
  };
}
