import { PURPOSE, randomBits } from '../../src/engine/random.ts';
import type { TwinCall } from '../../src/engine/twin.ts';
import type { Token } from '../lib/token.ref.ts';

/** The order in which tokens may be picked, as the slot says: 0 for none. Every epoch and minibatch has its own random bits. */
export function pick_keys({ b, size, at, hyper, slot }: TwinCall): void {
  const { clock, now, recorded, advantage, sequence_stat, covariances, keys } = b;
  const { replica, sequence, total_sequence, position_stride, advantage_stride } = size;
  for (let local = 0; local < replica * sequence; local++) {
    const r = Math.floor(local / sequence);
    const [sequence_log_ratio, sequence_tokens, index, demonstrated, sampler_log_ratio, signal] =
      sequence_stat.subarray(local * 8, local * 8 + 6);
    for (let p = 0; p < position_stride; p++) {
      const i = local * position_stride + p;
      keys[i] = 0;
      if (now[i * 4 + 3] === 0) continue;
      const logp = now[i * 4];
      const place = (r * total_sequence + index) * position_stride + p;
      const is_demonstration = demonstrated === 1;
      const t: Token = {
        ...{ logp, entropy: now[i * 4 + 1], is_demonstration, is_picked: false, mean_weight: 1 },
        ...{ sequence_log_ratio, sequence_tokens, sampler_log_ratio, signal },
        sampler_logp: is_demonstration ? logp : recorded[place * 4],
        old_logp: is_demonstration ? logp : recorded[place * 4 + 1],
        ref_logp: recorded[place * 4 + 2],
        advantage: advantage[advantage_stride > 1 ? place : r * total_sequence + index],
      };
      const draw = at.epoch * 64 + at.minibatch;
      const bits = randomBits(clock[r * 2], clock[r * 2 + 1], PURPOSE.pick, draw, index * position_stride + p);
      const is_stable = slot.stable_mask(t, hyper(r)) !== 0;
      keys[i] = slot.pick_key(covariances[i], is_stable, bits, hyper(r));
    }
  }
}
