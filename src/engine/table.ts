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
  /** LaTeX: what the knob is called in its part's equation; without it the equation does not name the knob */
  symbol?: string;
  /** id of the metric in which a change of the knob shows first */
  metric?: string;
}
export type KnobTable = Record<string, Knob>;

/** One complaint about a value, or undefined when it fits. Written `!(x >= min)` so that NaN is refused. */
export function complainValue(name: string, knob: Knob, value: number): string | undefined {
  const whole = knob.scale === 'int' || knob.scale === 'choice' || knob.scale === 'power_of_two';
  const wanted = knob.choices
    ? `one of ${knob.choices.join(', ')}`
    : `${whole ? 'a whole number ' : ''}from ${knob.min} to ${knob.max}`;
  if (!(value >= knob.min && value <= knob.max) || (whole && !Number.isInteger(value))) {
    return `'${name}' is ${value}; wanted ${wanted} (${knob.doc}).`;
  }
  if (knob.scale === 'power_of_two' && (value & (value - 1)) !== 0)
    return `'${name}' is ${value}; wanted a power of two from ${knob.min} to ${knob.max}.`;
  return undefined;
}

/** The value a text stands for: a number, or the name of a choice. Throws one sentence. */
export function parseValue(name: string, knob: Knob, text: string): number {
  const choice = knob.choices?.indexOf(text) ?? -1;
  const value = choice >= 0 ? choice : text.trim() === '' ? Number.NaN : Number(text);
  if (knob.choices && Number.isNaN(value)) throw new Error(unknownName(`value for ${name}`, text, [...knob.choices]));
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
