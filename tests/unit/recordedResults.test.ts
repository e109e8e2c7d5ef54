import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { configOf } from '../../src/experiments/experiment.ts';
import { experiments } from '../../src/experiments/index.ts';
import { checkArm } from '../../src/experiments/lib/perform.ts';
import { readResults } from '../../src/experiments/results.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the recorded results', () => {
  const folder = join(root, 'public/results');
  const recorded = readdirSync(folder).map((name) => name.replace(/\.json$/, ''));

  test('are there for every experiment, and for nothing else', () => {
    expect(recorded.sort()).toEqual(Object.keys(experiments).sort());
  });

  test.each(recorded)('%s was made with the declaration as it is', (id) => {
    const results = readResults(read(`public/results/${id}.json`));
    const declared = experiments[id];
    const { title, question, papers, chosen = '', steps, seeds, claims } = declared;
    expect(results).toMatchObject({ experiment: id, title, question, papers, chosen, steps, seeds });
    expect(results.claims.map(({ difference: _, verdict: __, ...claim }) => claim)).toEqual(claims);
    const measures = Object.entries(declared.measures).map(([name, { doc }]) => [name, doc]);
    expect(results.measures).toEqual(Object.fromEntries(measures));
    expect(Object.keys(results.arms)).toEqual(Object.keys(declared.arms));
    for (const [arm, { doc, config }] of Object.entries(results.arms)) {
      expect(doc).toBe(declared.arms[arm].doc);
      expect(config).toMatchObject(configOf(declared, arm, results.seed));
      // defaults too are as they were; a setting that came later is none of the results'
      expect(checkArm(declared, arm, results.seed)).toMatchObject(config);
    }
    expect(results.missing).toEqual([]);
  });
});
