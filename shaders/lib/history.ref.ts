/** What a task's slot functions may look at: the twin of lib/history.wgsl. */
import type { Numbers } from '../../src/engine/twin.ts';

/** Answers of `next_symbol`: the policy draws, the task writes a symbol, or the response is over. */
export const next_sample = 0;
export const next_force = 1;
export const next_stop = 2;

/** The accessors of one sequence; `base` moves them to another one. */
export interface HistoryView {
  prompt_symbol(j: number): number;
  response_symbol(i: number): number;
  size: Record<string, number>;
  hyper: Record<string, number>;
  /** where the sequence starts in the tokens */
  base: number;
}

/** A view on tokens [replica, sequence, context]; one per dispatch, moved along by its `base`. */
export function make_history(tokens: Numbers, size: Record<string, number>): HistoryView {
  const { prompt_position } = size;
  const view: HistoryView = {
    prompt_symbol: (j) => tokens[view.base + j],
    response_symbol: (i) => tokens[view.base + prompt_position + i],
    size,
    hyper: {},
    base: 0,
  };
  return view;
}
