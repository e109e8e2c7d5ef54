/** Where a knob's value lies on its slider: sliders move in whole positions from 0 to `numPositions`. */
import type { Knob } from '../engine/table.ts';

const PER_DECADE = 20; // neighbours differ by 12 %, one press of an arrow key
const DECADES_ABOVE_OFF = 5; // a `log_zero` knob has no lower end of its own: five decades below its maximum
const CLOSEST_TO_ONE = 1e-4; // a `log_one_minus` knob that reaches 1 has no last decade: the end position is 1 itself

const roundTo = (value: number, digits: number) => Number(value.toPrecision(digits));

/** A step of 1, 2 or 5 times a power of ten that cuts the range in at least a hundred. */
function linearStep(knob: Knob): number {
  const rough = (knob.max - knob.min) / 100;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / decade;
  return roundTo(decade * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1), 1);
}

/** The positive values a logarithmic slider runs between, and how many positions that takes. */
function logRange(knob: Knob): { first: number; last: number; steps: number } {
  let first = knob.min;
  let last = knob.max;
  if (knob.scale === 'log_zero')
    first = Math.min(knob.max * 10 ** -DECADES_ABOVE_OFF, knob.value > 0 ? knob.value / 10 : knob.max);
  if (knob.scale === 'log_one_minus') {
    first = 1 - knob.min;
    last = Math.max(1 - knob.max, CLOSEST_TO_ONE);
  }
  const decades = Math.abs(Math.log10(last / first));
  return { first, last, steps: Math.max(1, Math.round(decades * PER_DECADE)) };
}

const exponentOf = (value: number, round: (x: number) => number) => round(Math.log2(value));

/** The last position of a knob's slider; the first is 0. */
export function numPositions(knob: Knob): number {
  switch (knob.scale) {
    case 'linear':
      return Math.max(1, Math.round((knob.max - knob.min) / linearStep(knob)));
    case 'log':
      return logRange(knob).steps;
    case 'log_zero':
      return logRange(knob).steps + 1;
    case 'log_one_minus':
      return logRange(knob).steps + (knob.max >= 1 ? 1 : 0);
    case 'power_of_two':
      return exponentOf(knob.max, Math.floor) - exponentOf(knob.min, Math.ceil);
    default:
      return knob.max - knob.min;
  }
}

/** The value at a position; the ends are exact, values between are rounded to what a person would say. */
export function valueAt(knob: Knob, position: number): number {
  const last = numPositions(knob);
  const p = Math.min(last, Math.max(0, Math.round(position)));
  if (knob.scale === 'power_of_two') return 2 ** (exponentOf(knob.min, Math.ceil) + p);
  if (p === 0) return knob.min;
  if (p === last) return knob.max;
  if (knob.scale === 'linear') return roundTo(knob.min + p * linearStep(knob), 9);
  if (knob.scale === 'int' || knob.scale === 'choice') return knob.min + p;
  const range = logRange(knob);
  const along = (knob.scale === 'log_zero' ? p - 1 : p) / range.steps;
  const value = roundTo(range.first * (range.last / range.first) ** along, 2);
  const out = knob.scale === 'log_one_minus' ? roundTo(1 - value, 9) : value;
  return Math.min(knob.max, Math.max(knob.min, out));
}

/** The position nearest to a value. */
export function positionOf(knob: Knob, value: number): number {
  const last = numPositions(knob);
  if (value <= knob.min) return 0;
  if (value >= knob.max) return last;
  const clamp = (p: number) => Math.min(last, Math.max(0, Math.round(p)));
  if (knob.scale === 'power_of_two') return clamp(Math.log2(value) - exponentOf(knob.min, Math.ceil));
  if (knob.scale === 'linear') return clamp((value - knob.min) / linearStep(knob));
  if (knob.scale === 'int' || knob.scale === 'choice') return clamp(value - knob.min);
  const range = logRange(knob);
  const x = knob.scale === 'log_one_minus' ? 1 - value : value;
  const along = (Math.log(x / range.first) / Math.log(range.last / range.first)) * range.steps;
  if (knob.scale === 'log_zero') return Math.max(1, clamp(along + 1));
  return clamp(along);
}

/** The value nearest to a wish that the knob allows; its default where the wish is no number. */
export function clampValue(knob: Knob, value: number): number {
  if (Number.isNaN(value)) return knob.value;
  const inside = Math.min(knob.max, Math.max(knob.min, value));
  if (knob.scale === 'int' || knob.scale === 'choice') return Math.round(inside);
  if (knob.scale === 'power_of_two') return valueAt(knob, positionOf(knob, inside));
  return inside;
}
