import type { TwinCall } from '../../src/engine/twin.ts';
import { make_history } from '../lib/history.ref.ts';

/** The verifier's reward of every response. */
export function score_responses({ b, size, hyper, slot }: TwinCall): void {
  const { tokens, length, rewards } = b;
  const { replica, sequence, context } = size;
  const history = make_history(tokens, size);
  for (let i = 0; i < replica * sequence; i++) {
    history.hyper = hyper(Math.floor(i / sequence));
    history.base = i * context;
    rewards[i] = slot.reward(length[i], history);
  }
}
