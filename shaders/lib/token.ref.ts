/** What the parts of an algorithm see of one token, and the guards that kernels and twins share: lib/token, numeric, weight. */

/** The log-ratio is clamped to ± this: exp(20) is about 4.9e8, still finite when squared in f32. */
export const log_ratio_limit = 20;
/** The k3 estimator is cut here, as in verl. */
export const kl_k3_limit = 10;

/** One token of a response; the fields of `struct Token`. */
export interface Token {
  /** under the policy being trained, nats */
  logp: number;
  /** under the weights at the start of this update phase */
  old_logp: number;
  /** under what drew the token */
  sampler_logp: number;
  /** under the frozen KL anchor */
  ref_logp: number;
  advantage: number;
  /** Σ logp − old_logp over the sequence's own tokens */
  sequence_log_ratio: number;
  /** number of the sequence's own tokens */
  sequence_tokens: number;
  /** of the next-token distribution now, nats */
  entropy: number;
  /** written by the task's solver; its old policy is the current one */
  is_demonstration: boolean;
  /** chosen by a part that singles out tokens of the minibatch */
  is_picked: boolean;
  /** Σ old_logp − sampler_logp over the sequence's own tokens */
  sampler_log_ratio: number;
  /** a number per sequence that a part computed for itself */
  signal: number;
  /** mean of the sampler weights where a correction divides by it, else 1 */
  mean_weight: number;
}

/** What a weighting may divide by; the fields of `struct Counts`. */
export interface Counts {
  /** own tokens of this token's sequence */
  sequence_tokens: number;
  /** own tokens of the minibatch */
  batch_tokens: number;
  /** sequences of the minibatch with at least one own token */
  batch_sequences: number;
  /** own tokens of the minibatch's demonstrations */
  demonstration_tokens: number;
  /** whether this token is one of them */
  is_demonstration: boolean;
}

const clampRatio = (x: number): number => Math.min(Math.max(x, -log_ratio_limit), log_ratio_limit);

/** log π_θ / π_old of the token, clamped. */
export const log_ratio_of = (t: Token): number => clampRatio(t.logp - t.old_logp);
/** ρ = π_θ / π_old of the token. */
export const ratio_of = (t: Token): number => Math.exp(log_ratio_of(t));
/** π_θ / π_old of the whole response. */
export const sequence_ratio_of = (t: Token): number => Math.exp(clampRatio(t.sequence_log_ratio));
