/** How tasks make their prompt tables: the same rows in the same order on every machine. */
import { mix, PURPOSE, randomUniform } from '../../engine/random.ts';

/** The most prompts that a table may hold. */
export const MOST_PROMPTS = 65536;
/** A prompt is never in the training part and in the held-out part, so the seed of the tables is fixed, not the run's. */
const TABLE_SEED = 20250815;

/** Integers below n, one after another, for the table of one task. */
export function tableDraw(id: string): (n: number) => number {
  let stream = 0;
  for (const letter of id) stream = mix(stream ^ letter.charCodeAt(0));
  let count = 0;
  return (n) => Math.floor(randomUniform(TABLE_SEED, stream, PURPOSE.table, count++, 0) * n);
}

/** A copy in random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], draw: (n: number) => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

/** Digits of a whole number, the most significant first. */
export function digitsOf(value: number, base: number, width: number): number[] {
  const out: number[] = [];
  for (let rest = value; out.length < width; rest = Math.floor(rest / base)) out.unshift(rest % base);
  return out;
}

/** The whole number that digits stand for, the most significant first. */
export const numberOf = (digits: readonly number[], base: number): number =>
  digits.reduce((value, digit) => value * base + digit, 0);

/** How many digits the numbers 0 … count − 1 need. */
export function widthOf(count: number, base: number): number {
  let width = 1;
  for (let most = base; most < count; most *= base) width++;
  return width;
}

/** Different rows of `width` symbols below `vocab` in random order: all of them, or `most`. */
export function distinctRows(draw: (n: number) => number, vocab: number, width: number, most: number): number[][] {
  const space = vocab ** width;
  if (space <= MOST_PROMPTS) {
    const all = Array.from({ length: space }, (_, i) => digitsOf(i, vocab, width));
    return shuffled(all, draw).slice(0, most);
  }
  const seen = new Map<string, number[]>();
  while (seen.size < most) {
    const row = Array.from({ length: width }, () => draw(vocab));
    seen.set(row.join(' '), row);
  }
  return [...seen.values()];
}

/** A fifth of the prompts is kept for the held-out curve. */
export const heldOutOf = (num_prompts: number): number => Math.floor(num_prompts / 5);
