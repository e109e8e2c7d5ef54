/** Options of a command: read from its command line, refused with one sentence, and listed for --help. */
import { parseArgs } from 'node:util';
import { unknownName } from '../engine/names.ts';

/** One option of a command. */
export interface Option {
  /** what stands behind the name in the help; an option without one is a switch */
  value?: string;
  doc: string;
  /** may be given several times */
  is_repeatable?: boolean;
}

/** What a command takes. */
export interface Usage {
  /** how it is called, such as `npm run train` */
  command: string;
  options: Record<string, Option>;
  /** what a text without an option is, such as `FILE`; absent where there is none */
  operand?: string;
  /** for a text without an option that should have one: which, such as `--task bandit` */
  optionFor?: (text: string) => string | undefined;
}

/** A command line as it was given. */
export interface Given {
  /** option -> its texts, '' for a switch */
  found: Map<string, string[]>;
  operand: string | undefined;
}

/** Throws a sentence with the way to the help. */
export function refuse({ command }: Usage, text: string): never {
  throw new Error(`${text} See ${command} -- --help.`);
}

/** Reads a command line. Says which option is unknown, lacks its value, or stands twice. */
export function readOptions(usage: Usage, argv: string[]): Given {
  const names = Object.keys(usage.options);
  const options = Object.fromEntries(
    Object.entries(usage.options).map(([name, { value }]) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const), multiple: true },
    ]),
  );
  const { tokens } = parseArgs({ args: argv, options, strict: false, tokens: true });
  const given: Given = { found: new Map(), operand: undefined };
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (usage.operand === undefined) {
        const meant = usage.optionFor?.(token.value);
        refuse(usage, `Found '${token.value}' without an option.${meant ? ` Did you mean ${meant}?` : ''}`);
      }
      if (given.operand !== undefined)
        refuse(usage, `Found '${token.value}' beside '${given.operand}'; wanted one ${usage.operand}.`);
      given.operand = token.value;
    }
    if (token.kind !== 'option') continue;
    const { name } = token;
    if (!Object.hasOwn(usage.options, name))
      throw new Error(
        unknownName(
          'option',
          token.rawName,
          names.map((known) => `--${known}`),
        ),
      );
    const { value, is_repeatable } = usage.options[name];
    // without '=', a text that looks like the next option is no value; a negative number and '-' are
    const is_swallowed = !token.inlineValue && /^-(?!\d|$)/.test(token.value ?? '');
    if (value && (token.value === undefined || is_swallowed))
      refuse(usage, `--${name} has no value; wanted --${name} ${value}.`);
    if (!value && token.value !== undefined) refuse(usage, `--${name} is '${token.value}'; it takes no value.`);
    const texts = given.found.get(name) ?? [];
    if (texts.length > 0 && !is_repeatable) refuse(usage, `--${name} is given twice; wanted once.`);
    given.found.set(name, [...texts, token.value ?? '']);
  }
  return given;
}

/** The text of --help: what the command does, how it is called, its options, and examples. */
export function usageText({ command, operand, options }: Usage, does: string, examples: string[] = []): string {
  const rows = Object.entries(options).map(([name, { value, doc }]) => [`  --${name}${value ? ` ${value}` : ''}`, doc]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const call = `${command} -- ${operand === undefined ? '' : `${operand} `}[options]`;
  return [
    does,
    '',
    `${call}        defaults in brackets`,
    '',
    ...rows.map(([left, doc]) => left.padEnd(width) + doc),
    '',
    ...(examples.length > 0 ? [...examples, ''] : []),
  ].join('\n');
}

/** The option that every command has. */
export const HELP: Option = { doc: 'print this, and end' };
