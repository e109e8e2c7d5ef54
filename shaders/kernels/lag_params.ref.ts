import type { TwinCall } from '../../src/engine/twin.ts';

/** The weights of `staleness` steps ago, the first ones until there are such; the present ones take their place in the ring. */
export function lag_params({ b, size }: TwinCall): void {
  const { clock, params, params_history, sampler_params } = b;
  const { replica, param, staleness } = size;
  for (let r = 0; r < replica; r++) {
    const step = clock[r * 2 + 1];
    const now = params.subarray(r * param, (r + 1) * param);
    const slot = (k: number) => (r * staleness + k) * param;
    if (step === 0) for (let k = 0; k < staleness; k++) params_history.set(now, slot(k));
    const place = slot(step % staleness);
    sampler_params.set(params_history.subarray(place, place + param), r * param);
    params_history.set(now, place);
  }
}
