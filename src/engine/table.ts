/** A table of named numbers with range, default and a sentence: the only place where a knob exists. */
import { unknownName } from './names.ts';

/** How a control moves: `log_zero` has an off position below a log range, `log_one_minus` is for discounts near 1. */
export type Scale = 'linear' | 'log' | 'log_zero' | 'log_one_minus' | 'int' | 'power_of_two' | 'choice';

export interface Knob {
  value: number;
  min: number;
  max: number;
  scale: Scale;
  doc: string;
  /** names of the values 0, 1, 2 … when the scale is 'choice' */
  choices?: readonly string[];
  /** who recommends the default */
  source?: string;
  unit?: string;
  /** what the page calls it, where its name with spaces is no answer to what it is */
  title?: string;
  /** LaTeX: what the knob is called in its part's equation; without it the equation does not name the knob */
  symbol?: string;
  /** id of the metric in which a change of the knob shows first */
  metric?: string;
}
export type KnobTable = Record<string, Knob>;

/** What a knob takes, in words. */
export function rangeOf(knob: Knob): string {
  if (knob.choices) return `one of ${knob.choices.join(', ')}`;
  const kind = knob.scale === 'power_of_two' ? 'a power of two ' : knob.scale === 'int' ? 'a whole number ' : '';
  return `${kind}from ${knob.min} to ${knob.max}`;
}

/** A sentence as it stands between brackets: of several the first one. */
const within = (doc: string): string => doc.split('. ')[0].replace(/\.$/, '');

/** One complaint about a value, or undefined when it fits. Written `!(x >= min)` so that NaN is refused. */
export function complainValue(name: string, knob: Knob, value: number): string | undefined {
  const whole = knob.scale === 'int' || knob.scale === 'choice' || knob.scale === 'power_of_two';
  const fits = value >= knob.min && value <= knob.max && (!whole || Number.isInteger(value));
  const is_odd = knob.scale === 'power_of_two' && (value & (value - 1)) !== 0;
  return fits && !is_odd ? undefined : `'${name}' is ${value}; wanted ${rangeOf(knob)} (${within(knob.doc)}).`;
}

/** The value a text stands for: a number, or the name of a choice. Throws one sentence. */
export function parseValue(name: string, knob: Knob, text: string): number {
  const choice = knob.choices?.indexOf(text) ?? -1;
  const value = choice >= 0 ? choice : text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value))
    throw new Error(
      knob.choices
        ? unknownName(`value for ${name}`, text, [...knob.choices])
        : `“${text}” is no number: ${name} takes ${rangeOf(knob).replace(/^from /, '')} (${within(knob.doc)}).`,
    );
  const complaint = complainValue(name, knob, value);
  if (complaint) throw new Error(complaint);
  return value;
}

/** Defaults of a table, with some values replaced; throws on an unknown name or a value out of range. */
export function fillTable(kind: string, table: KnobTable, given: Record<string, number> = {}): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, knob] of Object.entries(table)) out[name] = knob.value;
  for (const [name, value] of Object.entries(given)) {
    const knob = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!knob) throw new Error(unknownName(kind, name, Object.keys(table)));
    const complaint = complainValue(name, knob, value);
    if (complaint) throw new Error(complaint);
    out[name] = value;
  }
  return out;
}
