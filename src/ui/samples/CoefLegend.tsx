import { formatNumber } from '../../state/format.ts';
import { COEF_LEVELS, coefLimit } from '../../state/sampleScale.ts';
import type { SampleGroup } from '../../trainer/protocol.ts';

const LEVELS = Array.from({ length: 2 * COEF_LEVELS + 1 }, (_, index) => index - COEF_LEVELS);

/** What the colours and marks of the tokens mean. */
export function CoefLegend({ sample }: { sample: SampleGroup }) {
  const limit = coefLimit(sample);
  if (limit === 0) {
    return (
      <p className="coef-legend">
        <span>
          No token is pushed: every <code>coef</code> of this group is 0, as it is when all its rewards are equal.
        </span>
      </p>
    );
  }
  return (
    <div className="coef-legend">
      <span>
        <code>coef</code> {formatNumber(-limit)} less likely
      </span>
      <span className="coef-scale" aria-hidden="true">
        {LEVELS.map((level) => (
          <span key={level} className="coef-swatch" data-level={level}>
            {level < 0 ? '−' : level > 0 ? '+' : '0'}
          </span>
        ))}
      </span>
      <span>more likely +{formatNumber(limit)}</span>
      <span className="legend-item">
        <span className="token is-clipped" data-level={0}>
          a
        </span>{' '}
        clipped: does not count
      </span>
      <span className="legend-item">
        <span className="token is-masked">a</span> masked: written by the task
      </span>
    </div>
  );
}
