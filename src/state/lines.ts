/** The lines of the code that compute a symbol of an equation: those that mention one of its names. */
import type { Term } from '../algorithms/algorithm.ts';
import { ROLE_TITLES } from './catalogue.ts';
import { type CodeFile, SHARED_GROUP, type Source } from './sources.ts';
import type { TermPlace } from './terms.ts';

/** The lines of one source, from 1. */
export interface FoundLines {
  key: string;
  wgsl: number[];
  twin: number[];
}

const withoutComment = (line: string): string => line.replace(/\/\/.*$/, '').replace(/^\s*\/?\*.*$/, '');
const isBinding = (line: string): boolean => /^\s*(?:@group|override\b|import\b)/.test(line);

/** Lines that mention a name in code, from 1. Bindings and imports only say where something comes from. */
function linesWith(text: string, names: readonly string[]): number[] {
  const pattern = new RegExp(`(?<![\\w])(?:${names.map((name) => name.replaceAll('.', '\\.')).join('|')})(?![\\w])`);
  return text.split('\n').flatMap((line, i) => (pattern.test(withoutComment(line)) && !isBinding(line) ? [i + 1] : []));
}

/** Where the declarations of a file begin and end, from 1. */
function declarationsOf(text: string): { first: number; last: number }[] {
  const out: { first: number; last: number }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (/^export (?:const \w+ = part|default algorithm)\(/.test(line)) out.push({ first: i + 1, last: i + 1 });
    if (/^\}\);/.test(line) && out.length > 0) out[out.length - 1].last = i + 1;
  }
  return out;
}

/** The lines of a twin, without those of other parts that the same file declares. */
function twinLines({ text, line }: CodeFile, names: readonly string[]): number[] {
  const others = declarationsOf(text).filter(({ first, last }) => line < first || line > last);
  return linesWith(text, names).filter((at) => !others.some(({ first, last }) => at >= first && at <= last));
}

/**
 * Where a term is computed: in what its own part brings, else in what all algorithms share. Sources without a line in the
 * shader are left out.
 */
export function linesOf(sources: readonly Source[], place: TermPlace, { names }: Pick<Term, 'names'>): FoundLines[] {
  const find = (group: string): FoundLines[] =>
    sources
      .filter((source) => source.group === group)
      .map(({ key, wgsl, twin }) => ({ key, wgsl: linesWith(wgsl.text, names), twin: twinLines(twin, names) }))
      .filter(({ wgsl }) => wgsl.length > 0);
  const own = place === 'shared' ? [] : find(ROLE_TITLES[place]);
  return own.length > 0 ? own : find(SHARED_GROUP);
}
