import type { TwinCall } from '../../src/engine/twin.ts';
import { AUTHOR } from '../lib/author.ref.ts';

/** Names the author of every response by its place in the group. */
export function assign_demonstrations({ b, size, hyper, slot }: TwinCall): void {
  const { recorded } = b;
  const { replica, sequence, member, position_stride } = size;
  for (let i = 0; i < replica * sequence; i++) {
    const is_solver = slot.is_demonstration((i % sequence) % member, member, hyper(Math.floor(i / sequence)));
    recorded[i * position_stride * 4 + 3] = is_solver ? AUTHOR.demonstration : AUTHOR.policy;
  }
}
