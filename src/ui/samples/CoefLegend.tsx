import { formatNumber } from '../../state/format.ts';
import { COEF_LEVELS, coefLimit, TOKEN_SCALES, type TokenColor } from '../../state/sampleScale.ts';
import type { SampleGroup, SampleToken } from '../../trainer/protocol.ts';

const LEVELS = Array.from({ length: 2 * COEF_LEVELS + 1 }, (_, index) => index - COEF_LEVELS);

/** What the colours of the tokens mean, on a line that is as high for each number that can colour them. */
export function CoefLegend({ sample, by }: { sample: SampleGroup; by: TokenColor }) {
  const limit = coefLimit(sample, by);
  const { is_signed, low, high, none, shown } = TOKEN_SCALES[by];
  const levels = is_signed ? LEVELS : LEVELS.filter((level) => level >= 0);
  const signed = (size: number) => (by !== 'ratio' && is_signed && size > 0 ? '+' : '') + formatNumber(shown(size));
  return (
    <div className="coef-legend" data-testid="token-legend">
      {limit === 0 ? (
        <span>{none}</span>
      ) : (
        <>
          <span>
            {by} {signed(is_signed ? -limit : 0)} {low}
          </span>
          <span className="coef-scale" aria-hidden="true">
            {levels.map((level) => (
              <span key={level} className="coef-swatch" data-level={level}>
                {is_signed ? (level < 0 ? '−' : level > 0 ? '+' : '0') : level}
              </span>
            ))}
          </span>
          <span>
            {signed(limit)} {high}
          </span>
        </>
      )}
    </div>
  );
}

/** What the marks of the tokens mean, where the group has some. */
export function MarkLegend({ sample }: { sample: SampleGroup }) {
  const has = (is_marked: (token: SampleToken) => boolean) =>
    sample.responses.some(({ tokens }) => tokens.some(is_marked));
  return (
    <span className="mark-legend" data-testid="mark-legend">
      {has(({ clipped }) => clipped) && (
        <span className="legend-item">
          <span className="token is-clipped" data-level={0}>
            a
          </span>{' '}
          clipped: does not count
        </span>
      )}
      {has(({ mask }) => mask === 0) && (
        <span className="legend-item">
          <span className="token is-masked">a</span> masked: written by the task
        </span>
      )}
    </span>
  );
}
