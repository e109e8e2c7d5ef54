import type { TwinCall } from '../../src/engine/twin.ts';

/** Copies logp into one component of `recorded`. */
export function record_logp({ b, size, at }: TwinCall): void {
  const { now, recorded } = b;
  const { replica, sequence, position_stride } = size;
  for (let i = 0; i < replica * sequence * position_stride; i++) recorded[i * 4 + at.component] = now[i * 4];
}
