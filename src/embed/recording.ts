/** A recorded run as a short text: what a poster draws before anything runs. */

/** How many values of a curve are kept, evenly spaced over the steps. */
export const NUM_POINTS = 48;
const LEVELS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LONGEST = 2000;

/** One metric of a recorded run. */
export interface RecordedCurve {
  metric: string;
  /** evenly spaced from the first step to the last */
  values: number[];
}

/** A run that was recorded: the mean over its seeds. */
export interface Recording {
  steps: number;
  seeds: number;
  curves: RecordedCurve[];
}

const short = (value: number) => String(Number(value.toPrecision(4)));

/** `steps*seeds`, then for every metric its name, its lowest and highest value, and a letter per point. */
export function writeRecording({ steps, seeds, curves }: Recording): string {
  const parts = curves.map(({ metric, values }) => {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const letters = values.map((value) => LEVELS[high > low ? Math.round((63 * (value - low)) / (high - low)) : 0]);
    return `${metric}:${short(low)}:${short(high)}:${letters.join('')}`;
  });
  return [`${steps}*${seeds}`, ...parts].join(';');
}

/** Reads what `writeRecording` wrote; throws one sentence where a text is something else. */
export function readRecording(text: string): Recording {
  const wrong = () =>
    new Error(
      `The recording '${text.length > 40 ? `${text.slice(0, 40)}…` : text}' is none; wanted 'steps*seeds' and a curve behind each ';', as the playground's panel “Embed this” writes it.`,
    );
  const [size, ...parts] = text.split(';');
  const [, steps, seeds] = /^(\d{1,7})\*(\d{1,3})$/.exec(size) ?? [];
  if (steps === undefined || parts.length === 0 || text.length > LONGEST) throw wrong();
  const curves = parts.map((part) => {
    const [metric, low, high, letters, ...more] = part.split(':');
    const levels = [...(letters ?? '')].map((letter) => LEVELS.indexOf(letter));
    const range = [low, high].map((value) => ((value ?? '') === '' ? Number.NaN : Number(value)));
    if (!/^\w{1,40}$/.test(metric) || more.length > 0 || levels.length < 2 || levels.includes(-1)) throw wrong();
    if (!range.every(Number.isFinite) || range[1] < range[0]) throw wrong();
    return { metric, values: levels.map((level) => range[0] + ((range[1] - range[0]) * level) / 63) };
  });
  return { steps: Number(steps), seeds: Number(seeds), curves };
}

/** `NUM_POINTS` values between the first place and the last, from rising places with values; what is not finite is skipped. */
export function evenly(places: ArrayLike<number>, values: ArrayLike<number | null>): number[] {
  const known: [number, number][] = [];
  for (let k = 0; k < places.length; k++) {
    const value = values[k];
    if (value !== null && Number.isFinite(value)) known.push([places[k], value]);
  }
  if (known.length < 2) return [];
  const first = known[0][0];
  const last = known[known.length - 1][0];
  let at = 0;
  return Array.from({ length: NUM_POINTS }, (_, k) => {
    const place = first + ((last - first) * k) / (NUM_POINTS - 1);
    while (at < known.length - 2 && known[at + 1][0] < place) at++;
    const [[from, low], [to, high]] = [known[at], known[at + 1]];
    return low + ((high - low) * (place - from)) / (to - from);
  });
}
