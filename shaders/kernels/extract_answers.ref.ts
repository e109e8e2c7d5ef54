import type { TwinCall } from '../../src/engine/twin.ts';
import { make_history } from '../lib/history.ref.ts';

/** The key of what every response answers. */
export function extract_answers({ b, size, hyper, slot }: TwinCall): void {
  const { tokens, length, answers } = b;
  const history = make_history(tokens, size);
  for (let r = 0; r < size.replica; r++) {
    history.hyper = hyper(r);
    for (let s = 0; s < size.sequence; s++) {
      const i = r * size.sequence + s;
      history.base = i * size.context;
      answers[i] = slot.answer(length[i], history);
    }
  }
}
