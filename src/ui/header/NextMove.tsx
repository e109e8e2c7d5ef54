import { useMemo, useState } from 'react';
import { runningParts } from '../../state/about.ts';
import { own } from '../../state/catalogue.ts';
import { anewWith, CollapseWatch, FLAT_GROUPS, moveFrom } from '../../state/collapse.ts';
import { formatCount, formatNumber } from '../../state/format.ts';
import { ENTROPY } from '../../state/summary.ts';
import { useFrame, useLab, useRun, useSetup, useView } from '../lab.tsx';

const LOOK_EVERY_MS = 500;

/** A move that the reader made: which run it changed, and what was left of the entropy then. */
interface Made {
  algorithm: string;
  generation: number;
  step: number;
  entropy: number;
}

/** What was pressed goes away, and Space would press whatever comes in its place: it is to play and pause. */
const focusPlay = () => document.querySelector<HTMLElement>('[data-role="play"]')?.focus({ preventScroll: true });

/** The page's opening question; once entropy has collapsed, what that means, what to try next, and what came of it. */
export function NextMove() {
  const { run, runs, session, catalogue } = useLab();
  const config = useSetup((state) => state.config);
  const watch = useMemo(() => new CollapseWatch(), []);
  const [made, setMade] = useState<Made>();
  useFrame(LOOK_EVERY_MS);
  const has_groups = useRun((state) => state.info?.metrics.some((m) => m.id === FLAT_GROUPS) ?? true);
  const is_sweep = useRun((state) => state.spread !== undefined);
  const is_lesson = useView((state) => state.lesson !== undefined);
  if (!has_groups || is_sweep || is_lesson) return null; // these have questions of their own
  const { metrics } = run.getState();
  const collapse = watch.look(metrics);
  const move = moveFrom(catalogue, config.algorithm);
  const entropy = metrics.latest(ENTROPY)?.mean ?? Number.NaN;
  const is_made = made?.algorithm === config.algorithm && made.generation === metrics.generation;
  const title = own(catalogue.algorithms, config.algorithm)?.title;

  const goOn = (algorithm: string) => {
    setMade({ algorithm, generation: metrics.generation, step: run.getState().status.step, entropy });
    focusPlay();
    void session.swapAlgorithm(algorithm);
  };
  const startAgain = (algorithm: string) => {
    setMade(undefined);
    focusPlay();
    void runs.getState().keepAndCompare(() => session.open({ algorithm, parts: {} }));
  };
  const said = () => {
    if (!collapse) return 'Why does entropy collapse, and does it matter? Watch the reward rise and the entropy fall.';
    if (is_made)
      return `${title} since step ${formatCount(made.step)}: entropy was ${formatNumber(made.entropy)} nats then and is ${formatNumber(entropy)} now. What is lost hardly comes back. With ${title} from the first step on ${anewWith(config.algorithm)}.`;
    const compares = runningParts(catalogue, config)?.advantage.slots?.group_advantage_of !== undefined;
    const flat = `${Math.round(100 * collapse.flat)} % of the groups gave equal rewards then`;
    return `Entropy fell below a tenth of where it began: ${formatNumber(collapse.entropy)} nats at step ${formatCount(collapse.step)}. ${flat}${compares ? ', and such a group teaches nothing' : ''}.`;
  };
  return (
    <section
      className={collapse ? 'next-move is-collapsed' : 'next-move'}
      aria-label="The question"
      data-testid="next-move"
    >
      <p>
        <span role="status">{is_made ? '' : said()}</span>
        {is_made && said()}
        {collapse && !is_made && (
          <span className="wide-only">
            {' '}
            Reward was {formatNumber(collapse.reward)}: little else is tried from here on.
          </span>
        )}
      </p>
      {collapse && move && (
        <div className="next-move-buttons">
          {is_made && (
            <button key="again" type="button" className="primary" onClick={() => startAgain(config.algorithm)}>
              Start again with {title}
            </button>
          )}
          <button
            key={move.algorithm}
            type="button"
            className={is_made ? undefined : 'primary'}
            onClick={() => goOn(move.algorithm)}
          >
            Continue with {move.title}
          </button>
          {!is_made && (
            <>
              <button key="start" type="button" onClick={() => startAgain(move.algorithm)}>
                Start again<span className="wide-only"> with {move.title}</span>
              </button>
              <span className="next-move-why wide-only">
                {move.title}: {move.why}.
              </span>
            </>
          )}
        </div>
      )}
    </section>
  );
}
