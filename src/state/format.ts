/** How numbers are written for a person: few digits, one minus sign, a dash where nothing was measured. */
import type { Knob } from '../engine/table.ts';

/** The minus sign that is read. */
export const MINUS = '−';
const group = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number at most `digits` significant digits long; an en dash where it is not finite. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  if (size === 0) return '0';
  if (size < 1e-4 || size >= 1e7)
    return (
      sign +
      size
        .toExponential(Math.min(2, digits - 1))
        .replace('e-', 'e−')
        .replace('e+', 'e')
    );
  if (Number(size.toPrecision(digits)) >= 1000) return sign + group.format(size);
  return sign + size.toPrecision(digits);
}

/** A whole number with thousands separated. */
export const formatCount = (value: number): string => group.format(value);

/** A number without needless digits, as a person would type it. */
export function formatPlain(value: number): string {
  const short = Number(value.toPrecision(6));
  const size = Math.abs(short);
  if (size > 0 && (size < 1e-3 || size >= 1e6)) return short.toExponential().replace('e+', 'e');
  return String(short);
}

/** A round number on an axis. */
export const formatTick = (value: number): string => formatPlain(value).replaceAll('-', MINUS);

/** The value of a knob as it is read: the name of a choice, `off` for the zero below a logarithmic range. */
export function formatValue(knob: Knob, value: number): string {
  if (knob.choices) return knob.choices[value] ?? String(value);
  if (knob.scale === 'log_zero' && value === 0) return 'off';
  return formatPlain(value);
}

/** Bytes in the unit that a person would choose. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024 ** 2) return `${formatNumber(bytes / 1024)} KiB`;
  return `${formatNumber(bytes / 1024 ** 2)} MiB`;
}

/** A name of the declarations as a person reads it: `clip_high` is `clip high`. */
export const wordsOf = (name: string): string => name.replaceAll('_', ' ');

/** What the page calls a knob. */
export const knobTitle = (name: string, knob: Knob | undefined): string => knob?.title ?? wordsOf(name);

/** The same as `formatNumber`, with a plus where the number is above 0. */
export const formatSigned = (value: number): string => (value > 0 ? '+' : '') + formatNumber(value);

/** `1 step`, `2 steps`, `2 launches`. */
export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 ? noun : many}`;
