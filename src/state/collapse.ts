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
}

/** The moves in the order in which they are offered; the first that is not running already. */
const MOVES: readonly { algorithm: string; why: string }[] = [
  { algorithm: 'kl_cov', why: 'it charges the tokens that would sharpen the policy most' },
  { algorithm: 'flowrl', why: 'it matches a distribution over answers instead of maximising' },
];

/** The next move from an algorithm, where one is known. */
export function moveFrom(catalogue: Catalogue, algorithm: string): Move | undefined {
  const move = MOVES.find((m) => m.algorithm !== algorithm && Object.hasOwn(catalogue.algorithms, m.algorithm));
  return move && { ...move, title: catalogue.algorithms[move.algorithm].title };
}
