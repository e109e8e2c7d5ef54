/** The moment of entropy collapse in a run, and the move that a reader may want to make then. */
import type { Catalogue } from './catalogue.ts';
import type { MetricStore } from './metricStore.ts';
import { ENTROPY, REWARD } from './summary.ts';

/** Id of the metric that says how many groups teach nothing. */
export const FLAT_GROUPS = 'frac_reward_zero_std';

/** Entropy has collapsed when it is below this share of where it began … */
const LEFT = 0.1;
/** … while at least this share of the groups give equal rewards … */
const FLAT = 0.5;
/** … both as means over so many rows, so that one lucky batch is no collapse. */
const ROWS = 5;

/** Where a run lost its entropy. */
export interface Collapse {
  step: number;
  /** mean entropy over the last rows then, nats */
  entropy: number;
  /** share of groups without spread then */
  flat: number;
  /** mean reward then */
  reward: number;
}

/** Looks for the collapse in a growing run; every row is looked at once. */
export class CollapseWatch {
  found: Collapse | undefined;
  private next = 0;
  private generation = -1;

  /** The collapse, if it has happened among the rows so far. */
  look(metrics: MetricStore): Collapse | undefined {
    if (metrics.generation !== this.generation || metrics.num_rows < this.next) {
      this.found = undefined;
      this.next = 0;
      this.generation = metrics.generation;
    }
    const entropy = metrics.column(ENTROPY)?.mean;
    const flat = metrics.column(FLAT_GROUPS)?.mean;
    const reward = metrics.column(REWARD)?.mean;
    const start = metrics.first(ENTROPY)?.mean;
    if (!entropy || !flat || !reward || start === undefined) return this.found;
    const mean = (column: Float32Array, end: number) => {
      let sum = 0;
      for (let i = end - ROWS; i < end; i++) sum += column[i];
      return sum / ROWS;
    };
    for (let end = Math.max(this.next, ROWS) + 1; end <= metrics.num_rows && !this.found; end++) {
      const now = mean(entropy, end);
      const share = mean(flat, end);
      if (now < LEFT * start && share >= FLAT)
        this.found = { step: metrics.steps[end - 1], entropy: now, flat: share, reward: mean(reward, end) };
    }
    this.next = metrics.num_rows;
    return this.found;
  }
}

/** What to try after a collapse: an algorithm that keeps more entropy, and why, as half a sentence. */
export interface Move {
  algorithm: string;
  title: string;
  why: string;
  /** what it does with entropy from the first step on, as half a sentence */
  anew: string;
}

/**
 * The moves in the order in which they are offered; the first that is not running already. `anew` is what
 * `npm run train -- --algorithm ID --batch replicas=4 --steps 201` shows beside grpo: nats at steps 30 and 200 are 0.20 and
 * 0.02 for it, 0.29 and 0.02 for kl_cov, 0.49 and 0.16 for flowrl, with a reward above 0.99 at the end of each.
 */
const MOVES: readonly Omit<Move, 'title'>[] = [
  {
    algorithm: 'kl_cov',
    why: 'it charges the tokens that would sharpen the policy most',
    anew: 'it is lost some steps later',
  },
  {
    algorithm: 'flowrl',
    why: 'it matches a distribution over answers instead of maximising',
    anew: 'several times as much is left at the same reward',
  },
];

/** What an algorithm that is one of the moves does from the first step on. */
export const anewWith = (algorithm: string): string => MOVES.find((move) => move.algorithm === algorithm)?.anew ?? '';

/** The next move from an algorithm, where one is known. */
export function moveFrom(catalogue: Catalogue, algorithm: string): Move | undefined {
  const move = MOVES.find((m) => m.algorithm !== algorithm && Object.hasOwn(catalogue.algorithms, m.algorithm));
  return move && { ...move, title: catalogue.algorithms[move.algorithm].title };
}
