import type { TwinCall } from '../../src/engine/twin.ts';
import { log_ratio_of, type Token } from '../lib/token.ref.ts';

/** coef = w (mask · ratio weight · sampler weight · A · likelihood − kl_coef · regulariser); d loss / d logp = −coef (arXiv 2509.04419). */
export function policy_gradient({ b, size, hyper, slot }: TwinCall): void {
  const { now, recorded, advantage, sequence_stat, batch_count, token_gradient, token_stat } = b;
  const { replica, sequence, total_sequence, position_stride, advantage_stride } = size;
  for (let local = 0; local < replica * sequence; local++) {
    const r = Math.floor(local / sequence);
    const h = hyper(r);
    const [sequence_log_ratio, sequence_tokens, index, demonstrated, sampler_log_ratio, signal] =
      sequence_stat.subarray(local * 8, local * 8 + 6);
    const is_demonstration = demonstrated === 1;
    const [batch_tokens, batch_sequences, demonstration_tokens, mean_weight] = batch_count.subarray(r * 4, r * 4 + 4);
    const counts = { sequence_tokens, batch_tokens, batch_sequences, demonstration_tokens, is_demonstration };
    const w = slot.token_weight(counts, h);
    const s = r * total_sequence + index;
    for (let p = 0; p < position_stride; p++) {
      const at_now = (local * position_stride + p) * 4;
      const at_gradient = (local * position_stride + p) * 2;
      const place = s * position_stride + p;
      if (now[at_now + 3] === 0) {
        token_gradient.fill(0, at_gradient, at_gradient + 2);
        token_stat.fill(0, place * 8, place * 8 + 8);
        continue;
      }
      const t: Token = {
        logp: now[at_now],
        old_logp: is_demonstration ? now[at_now] : recorded[place * 4 + 1],
        sampler_logp: is_demonstration ? now[at_now] : recorded[place * 4],
        ref_logp: recorded[place * 4 + 2],
        advantage: advantage[advantage_stride > 1 ? place : s],
        sequence_log_ratio,
        sequence_tokens,
        entropy: now[at_now + 1],
        is_demonstration,
        is_picked: now[at_now + 3] === 2,
        sampler_log_ratio,
        signal,
        mean_weight,
      };
      t.advantage = slot.effective_advantage(t, h);
      const { entropy } = t;
      const mask = slot.stable_mask(t, h);
      const importance = slot.importance_weight(t, h);
      const correction = slot.sampler_weight(t, h);
      const policy = mask * importance * correction * t.advantage * slot.likelihood_gradient(t, h);
      const coef = w * (policy - h.kl_coef * slot.regulariser_gradient(t, h));
      const regulariser = slot.regulariser_value(t, h);
      const value = correction * slot.likelihood_objective(t, slot.objective(t, h), h);
      const log_ratio = log_ratio_of(t);
      // the ratio that the stabiliser looked at, of a token or of a sequence; beyond the clamp its weight is 0
      const ratio = importance === 0 ? Math.exp(log_ratio) : importance;
      const is_away = t.advantage > 0 ? ratio > 1 : t.advantage < 0 && ratio < 1;
      const is_dropped = mask === 0 && !t.is_picked; // a picked token may be dropped wherever its ratio is
      const o = place * 8;
      token_gradient[at_gradient] = -coef;
      token_gradient[at_gradient + 1] = -w * h.entropy_coef;
      token_stat[o] = coef;
      token_stat[o + 1] = entropy;
      token_stat[o + 2] = w * (value + h.kl_coef * regulariser - h.entropy_coef * entropy);
      token_stat[o + 3] = -log_ratio; // k1 of KL(old ‖ new)
      token_stat[o + 4] = Math.exp(log_ratio) - 1 - log_ratio; // k3
      token_stat[o + 5] = is_dropped && is_away ? 1 : 0;
      token_stat[o + 6] = is_dropped && t.advantage < 0 && ratio > 1 ? 1 : 0; // dual clip
      token_stat[o + 7] = regulariser;
    }
  }
}
