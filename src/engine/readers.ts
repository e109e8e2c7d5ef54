/** Readers of values that came from outside: each returns what was wanted or throws one clause that says what was found. */

/** Thrown by the readers; its message is a clause without its full stop. */
export class Unreadable extends Error {}

/** An object that is no list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LONGEST_SHOWN = 40;

/** What a value is, short enough for a sentence. */
export function found(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (value === null || typeof value === 'object') return value === null ? 'null' : 'an object';
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

/** Throws the clause about a value. */
export const refuse = (name: string, value: unknown, wanted: string): never => {
  throw new Unreadable(`'${name}' is ${found(value)}; wanted ${wanted}`);
};

export const text = (name: string, value: unknown, longest = 1000): string =>
  typeof value === 'string' && value.length <= longest ? value : refuse(name, value, `at most ${longest} characters`);
export const finite = (name: string, value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(name, value, 'a finite number');
export const whole = (name: string, value: unknown, least: number): number =>
  Number.isSafeInteger(value) && (value as number) >= least
    ? (value as number)
    : refuse(name, value, `a whole number from ${least}`);
export const truth = (name: string, value: unknown): boolean =>
  typeof value === 'boolean' ? value : refuse(name, value, 'true or false');
export const list = (name: string, value: unknown): unknown[] =>
  Array.isArray(value) ? value : refuse(name, value, 'a list');
export const record = (name: string, value: unknown): Record<string, unknown> =>
  isRecord(value) ? value : refuse(name, value, 'an object');

/** A record whose keys are the given one's own, whatever they are called. */
export const each = <T>(name: string, value: unknown, read: (name: string, value: unknown) => T): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record(name, value)).map(([key, item]) => [
      key,
      read(`${name}.${key.slice(0, LONGEST_SHOWN)}`, item),
    ]),
  );
