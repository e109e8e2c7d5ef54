import { expect, test } from 'vitest';
import { complainParts, partsIn, ROLES } from '../../src/algorithms/algorithm.ts';
import { algorithms, partOf } from '../../src/algorithms/index.ts';

const pickers = { stabiliser: partOf('stabiliser', 'clip_cov'), regulariser: partOf('regulariser', 'kl_cov') };
const shaping = Object.values(algorithms).filter((a) =>
  ROLES.some((role) => a[role].slots?.effective_advantage !== undefined),
);

test.each(Object.entries(pickers))(
  'a %s that picks by covariance refuses an advantage that changes afterwards',
  (role, part) => {
    expect(shaping.map((a) => a.id)).toContain('entropy_advantage');
    for (const a of shaping)
      expect(complainParts({ ...partsIn(a), [role]: part }).join(' '), a.id).toMatch(/picked by the covariance/);
    expect(complainParts({ ...partsIn(algorithms.grpo), [role]: part })).toEqual([]);
  },
);
