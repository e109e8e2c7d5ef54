/** The symbols of the equations: what they are bound to, and that all of it exists. */
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { partsIn, ROLES, type Term } from '../../src/algorithms/algorithm.ts';
import { COEFFICIENT, UPDATE } from '../../src/state/about.ts';
import { clausesOf } from '../../src/state/clauses.ts';
import { linesOf } from '../../src/state/lines.ts';
import { registries } from '../../src/state/registries.ts';
import { type Source, sourcesOf } from '../../src/state/sources.ts';
import { foundTerms, markTerms, meetingTerms, partTerms, type TermPlace } from '../../src/state/terms.ts';
import { metricColumn } from '../../src/trainer/metrics.ts';
import { BATCH } from '../../src/trainer/settings.ts';

const grpo = partsIn(registries.algorithms.grpo);
const parts = ROLES.flatMap((role) => registries.partsOf(role));
const symbolsOf = (terms: readonly Term[]) => terms.map(({ symbol }) => symbol);

/** Every line that a term lights mentions one of its names, and there is one in a shader and one in a twin. */
function expectLines(sources: readonly Source[], place: TermPlace, term: Term): void {
  const lines = linesOf(sources, place, term);
  for (const side of ['wgsl', 'twin'] as const) {
    const texts = lines.flatMap((found) => {
      const { text } = sources.find(({ key }) => key === found.key)![side];
      return found[side].map((line) => text.split('\n')[line - 1]);
    });
    expect(texts.length, `${term.symbol}, ${side}`).toBeGreaterThan(0);
    for (const text of texts)
      expect(
        term.names.some((name) => text.includes(name)),
        text,
      ).toBe(true);
  }
}

/** A marked equation is still an equation, clause by clause, with as much in its MathML as before. */
function expectTypeset(tex: string, marked: string, num_terms: number): void {
  const draw = (text: string) =>
    clausesOf(text).map((one) => katex.renderToString(one, { throwOnError: true, strict: 'ignore', trust: true }));
  const html = draw(marked);
  expect(html.join().match(/data-term=/g)?.length ?? 0, tex).toBeGreaterThanOrEqual(num_terms);
  const spoken = (text: string) =>
    text
      .replace(/<annotation.*?<\/annotation>/s, '')
      .replace(/<span class="katex-html".*/s, '')
      .replace(/<[^>]*>/g, '');
  expect(html.map(spoken)).toEqual(draw(tex).map(spoken));
}

describe('terms', () => {
  test.each(parts.map((part) => [`${part.role} ${part.id}`, part] as const))('of the %s are bound', (_name, part) => {
    const { found, marked } = markTerms(part.equation, partTerms(part));
    const declared = [
      ...symbolsOf(part.terms ?? []),
      ...Object.values(part.hyper).flatMap(({ symbol }) => symbol ?? []),
    ];
    expect(symbolsOf(found)).toEqual(expect.arrayContaining(declared));
    const sources = sourcesOf({ ...grpo, [part.role]: part });
    for (const term of found) {
      expectLines(sources, part.role, term);
      if (term.metric !== undefined) expect(() => metricColumn(term.metric!)).not.toThrow();
      if (term.knob !== undefined) expect(Object.keys({ ...part.hyper, ...BATCH })).toContain(term.knob);
    }
    expectTypeset(part.equation, marked, found.length);
  });

  test('where all parts meet are bound, whatever the algorithm', () => {
    const found = [COEFFICIENT, UPDATE].flatMap((tex) => foundTerms(tex, meetingTerms));
    expect(new Set(symbolsOf(found))).toEqual(new Set(symbolsOf(meetingTerms)));
    for (const algorithm of Object.values(registries.algorithms)) {
      const sources = sourcesOf(partsIn(algorithm));
      for (const term of meetingTerms) expectLines(sources, 'shared', term);
    }
    for (const tex of [COEFFICIENT, UPDATE])
      expectTypeset(tex, markTerms(tex, meetingTerms).marked, foundTerms(tex, meetingTerms).length);
  });

  test('a metric of a knob exists', () => {
    for (const part of parts)
      for (const { metric } of Object.values(part.hyper)) if (metric) expect(() => metricColumn(metric)).not.toThrow();
  });

  test('indices belong to their symbol, the longest symbol wins, and what is spelt out holds none', () => {
    const term = (symbol: string): Term => ({ symbol, doc: '', names: [symbol] });
    const mark = (tex: string, ...symbols: string[]) => markTerms(tex, symbols.map(term)).marked;
    expect(mark('R_i-b', 'R', 'b')).toBe(String.raw`{\htmlData{term=0}{R_i}}-{\htmlData{term=1}{b}}`);
    expect(mark('r_{i,k}+r_q', 'r', 'r_q')).toBe(String.raw`{\htmlData{term=0}{r_{i,k}}}+{\htmlData{term=1}{r_q}}`);
    expect(mark(String.raw`\text{a c},\ \mathrm{clip}_c`, 'c', 'a')).toBe(String.raw`\text{a c},\ \mathrm{clip}_c`);
    expect(mark('y_{G-n}', 'n')).toBe(String.raw`y_{G-{\htmlData{term=0}{n}}}`);
  });

  test('clauses are parted at a quad outside of braces', () => {
    const tex = String.raw`\frac{a\quad b}{c},\qquad \text{if }\{d\}\quad e\,f`;
    expect(clausesOf(tex)).toEqual([String.raw`\frac{a\quad b}{c},`, String.raw`\text{if }\{d\}`, String.raw`e\,f`]);
    expect(clausesOf(String.raw`\beta k_1`)).toEqual([String.raw`\beta k_1`]);
  });

  test('comments, bindings and other parts of the same file light nothing', () => {
    const sources = sourcesOf(partsIn(registries.algorithms.ppo));
    const [{ key, wgsl, twin }] = linesOf(sources, 'stabiliser', { names: ['dual_clip'] });
    const source = sources.find((one) => one.key === key)!;
    for (const line of wgsl) expect(source.wgsl.text.split('\n')[line - 1]).not.toMatch(/^\/\//);
    expect(twin.length).toBeGreaterThan(0);
    expect(linesOf(sources, 'stabiliser', { names: ['gae_lambda'] })).toEqual([]);
  });
});
