import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { configOf } from '../../src/experiments/experiment.ts';
import { experiments } from '../../src/experiments/index.ts';
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
    expect(results.experiment).toBe(id);
    expect(results.claims.map((c) => c.says)).toEqual(declared.claims.map((c) => c.says));
    expect(Object.keys(results.arms)).toEqual(Object.keys(declared.arms));
    expect(results.steps).toBe(declared.steps);
    expect(results.seeds).toBe(declared.seeds);
    for (const [arm, { config }] of Object.entries(results.arms)) {
      const { algorithm, task } = configOf(declared, arm, results.seed);
      expect({ algorithm: config.algorithm, task: config.task }).toEqual({ algorithm, task });
    }
    expect(results.missing).toEqual([]);
  });
});
