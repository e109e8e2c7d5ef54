import type { TwinCall } from '../../src/engine/twin.ts';
import { make_history } from '../lib/history.ref.ts';

/** The kind of every response, a number below the count of the task's named kinds. */
export function classify_responses({ b, size, hyper, slot }: TwinCall): void {
  const { tokens, length, kinds } = b;
  const history = make_history(tokens, size);
  for (let r = 0; r < size.replica; r++) {
    history.hyper = hyper(r);
    for (let s = 0; s < size.sequence; s++) {
      const i = r * size.sequence + s;
      history.base = i * size.context;
      kinds[i] = slot.response_kind(length[i], history);
    }
  }
}
