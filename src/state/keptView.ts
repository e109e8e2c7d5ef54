/**
 * What of the view outlives a visit: how the charts are drawn, what colours the tokens, which sections are open, and whether
 * letters are keys.
 */
import { TOKEN_SCALES, type TokenColor } from './sampleScale.ts';
import { PANELS, type ViewState, type ViewStore } from './viewStore.ts';
import { SMOOTHINGS } from './zoom.ts';

const KEY = 'rollout-lab-view';
const MOST_CHARTS = 3;

/** The part of the view that is kept; a window on the axis and a place that is read belong to one run. */
const keptPart = ({ open, charted, token_color, has_keys, chart: { smoothing, is_log, is_single } }: ViewState) => ({
  open,
  charted,
  token_color,
  has_keys,
  chart: { smoothing, is_log, is_single },
});
type Kept = ReturnType<typeof keptPart>;

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null;
const entry = (x: unknown, name: string): unknown => (isObject(x) && Object.hasOwn(x, name) ? x[name] : undefined);
const isColor = (x: unknown): x is TokenColor => typeof x === 'string' && Object.hasOwn(TOKEN_SCALES, x);
const isMetric = (x: unknown): x is string => typeof x === 'string' && /^[a-z][a-z0-9_]{0,40}$/.test(x);

/** What a stored text says, entry by entry; what is not understood stays as in `usual`. */
function readKept(text: string, usual: Kept): Kept {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return usual;
  }
  const open = { ...usual.open };
  for (const panel of PANELS) {
    const is_open = entry(entry(found, 'open'), panel);
    if (typeof is_open === 'boolean') open[panel] = is_open;
  }
  const charted = entry(found, 'charted');
  const token_color = entry(found, 'token_color');
  const has_keys = entry(found, 'has_keys');
  const chart = entry(found, 'chart');
  const smoothing = SMOOTHINGS.find((steps) => steps === entry(chart, 'smoothing'));
  const flag = (name: 'is_log' | 'is_single') => {
    const value = entry(chart, name);
    return typeof value === 'boolean' ? value : usual.chart[name];
  };
  return {
    open,
    charted: Array.isArray(charted) ? [...new Set(charted.filter(isMetric))].slice(0, MOST_CHARTS) : usual.charted,
    token_color: isColor(token_color) ? token_color : usual.token_color,
    has_keys: typeof has_keys === 'boolean' ? has_keys : usual.has_keys,
    chart: { smoothing: smoothing ?? usual.chart.smoothing, is_log: flag('is_log'), is_single: flag('is_single') },
  };
}

/** Shows what an earlier visit left, then keeps every change, where the browser allows it. Returns what stops it. */
export function keepView(view: ViewStore, storage: () => Storage): () => void {
  const usual = keptPart(view.getState());
  let written = JSON.stringify(usual);
  try {
    const { chart, ...rest } = readKept(storage().getItem(KEY) ?? '', usual);
    view.setState((state) => ({ ...rest, chart: { ...state.chart, ...chart } }));
    written = JSON.stringify(keptPart(view.getState()));
  } catch {
    // refused storage costs only the memory
  }
  return view.subscribe((state, before) => {
    const is_same =
      state.open === before.open &&
      state.charted === before.charted &&
      state.token_color === before.token_color &&
      state.has_keys === before.has_keys &&
      state.chart === before.chart;
    if (is_same) return;
    const text = JSON.stringify(keptPart(state));
    if (text === written) return;
    written = text;
    try {
      storage().setItem(KEY, text);
    } catch {
      // as above
    }
  });
}
