import { useMemo } from 'react';
import { CollapseWatch, FLAT_GROUPS, moveFrom } from '../../state/collapse.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { useFrame, useLab, useRun, useSetup } from '../lab.tsx';

const LOOK_EVERY_MS = 500;

/** The page's opening question; once entropy has collapsed, what that means and what to try next. */
export function NextMove() {
  const { run, session, catalogue } = useLab();
  const algorithm = useSetup((state) => state.config.algorithm);
  const watch = useMemo(() => new CollapseWatch(), []);
  useFrame(LOOK_EVERY_MS);
  const has_groups = useRun((state) => state.info?.metrics.some((m) => m.id === FLAT_GROUPS) ?? true);
  const collapse = watch.look(run.getState().metrics);
  const move = moveFrom(catalogue, algorithm);
  if (!has_groups) return null;
  return (
    <section
      className={collapse ? 'next-move is-collapsed' : 'next-move'}
      aria-label="The question"
      data-testid="next-move"
    >
      <p role="status">
        {collapse
          ? `Entropy fell below a tenth of where it began: ${formatNumber(collapse.entropy)} nats at step ${formatCount(collapse.step)}. ${Math.round(100 * collapse.flat)} % of the groups gave equal rewards then, so there was little left to learn from.`
          : 'Why does entropy collapse, and does it matter? Watch the reward rise and the entropy fall.'}
      </p>
      {collapse && move && (
        <div className="next-move-buttons">
          <button type="button" className="primary" onClick={() => void session.swapAlgorithm(move.algorithm)}>
            Continue with {move.title}
          </button>
          <button type="button" onClick={() => void session.open({ algorithm: move.algorithm, parts: {} })}>
            Start again<span className="wide-only"> with {move.title}</span>
          </button>
          <span className="next-move-why wide-only">
            {move.title}: {move.why}.
          </span>
        </div>
      )}
    </section>
  );
}
