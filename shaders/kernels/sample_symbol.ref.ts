import { PURPOSE, randomUniform } from '../../src/engine/random.ts';
import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';
import { make_history, next_force, next_sample, next_stop } from '../lib/history.ref.ts';
import { logit_row_of } from '../lib/rows.ref.ts';

/** Draws symbol t of every response by inverse transform, or writes the symbol that the task forces. */
export function sample_symbol({ b, size, at, hyper, slot }: TwinCall): void {
  const { clock, logits, tokens, token_mask, length, recorded, values } = b;
  const { replica, sequence, context, vocab, logit_row, logit_column, mask_word, position_stride } = size;
  const { t } = at;
  const history = make_history(tokens, size);
  for (let i = 0; i < replica * sequence; i++) {
    const r = Math.floor(i / sequence);
    const s = i % sequence;
    const place = i * position_stride + t;
    history.hyper = hyper(r);
    history.base = i * context;
    if (t === 0) length[i] = 0;
    if (t % 32 === 0) token_mask[i * mask_word + t / 32] = 0;
    recorded.fill(0, place * 4, place * 4 + 4);
    // a response that ended earlier stays ended: its length is behind
    const next = length[i] === t ? slot.next_symbol(t, history) : undefined;
    if (next === undefined || next.kind === next_stop) {
      tokens[history.base + size.prompt_position + t] = 0;
      values[place] = 0;
      continue;
    }
    const row = (r * logit_row + logit_row_of(size, s, t)) * logit_column;
    let best = 0;
    for (let v = 1; v < vocab; v++) if (logits[row + v] > logits[row + best]) best = v;
    const largest = logits[row + best];
    // a policy is judged at its own temperature
    const temperature = at.purpose === PURPOSE.evaluation ? 1 : history.hyper.temperature;
    let sum = 0;
    for (let v = 0; v < vocab; v++) sum += Math.exp((logits[row + v] - largest) / temperature);
    let symbol = best;
    if (next.kind === next_force) symbol = next.symbol;
    else if (at.purpose !== 0) {
      // the first symbol whose cumulative weight exceeds u · Σ
      let left = randomUniform(clock[r * 2], clock[r * 2 + 1], at.purpose, s, t) * sum;
      for (symbol = 0; symbol < vocab - 1; symbol++) {
        left -= Math.exp((logits[row + symbol] - largest) / temperature);
        if (left < 0) break;
      }
    }
    const logp = (logits[row + symbol] - largest) / temperature - Math.log(sum);
    tokens[history.base + size.prompt_position + t] = symbol;
    length[i] = t + 1;
    if (next.kind === next_sample) token_mask[i * mask_word + (t >>> 5)] |= 1 << (t & 31);
    recorded[place * 4] = logp;
    recorded[place * 4 + 1] = logp;
    recorded[place * 4 + 3] = AUTHOR.policy;
    values[place] = logits[row + Math.min(vocab, logit_column - 1)];
  }
}
