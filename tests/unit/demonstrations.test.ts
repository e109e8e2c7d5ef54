import { describe, expect, test } from 'vitest';
import { complainParts, partsIn } from '../../src/algorithms/algorithm.ts';
import { algorithms, partsOf } from '../../src/algorithms/index.ts';

describe('a demonstration that the gate puts in', () => {
  const withAdvantage = (source: string) =>
    partsOf('advantage').filter((advantage) => {
      const parts = { ...partsIn(algorithms[source]), advantage };
      return complainParts(parts).length === 0;
    });

  test('meets no advantage that would read the reward of the response it replaced', () => {
    expect(withAdvantage('hpt').map((p) => p.id)).toEqual(['centred_or_demonstrated', 'constant_one']);
    const { source } = algorithms.hpt;
    for (const id of ['grpo', 'reinforce', 'rloo', 'ppo'])
      expect(complainParts({ ...partsIn(algorithms[id]), source })).toEqual([
        expect.stringContaining(`found the advantage '${algorithms[id].advantage.id}'`),
      ]);
  });

  test('one that is there before the verifier looks may meet any that needs no values', () => {
    const names = withAdvantage('luffy').map((p) => p.id);
    expect(names).toContain('return_minus_baseline');
    expect(names).not.toContain('gae');
  });
});
