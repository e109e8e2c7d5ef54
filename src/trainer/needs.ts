/** What a combination of parts asks for. */
import { type Need, type Parts, ROLES } from '../algorithms/algorithm.ts';

/** True when any part asks for it. */
export const needs = (parts: Parts, need: Need): boolean => ROLES.some((role) => parts[role].needs?.includes(need));

/** True when the logits have one column more than the vocabulary. */
export const hasHeadColumn = (parts: Parts): boolean => needs(parts, 'value') || needs(parts, 'log_z');

/** True when a part rewrites what the verifier said: `true_rewards` and `rewards` are then two buffers. */
export const hasOwnReward = (parts: Parts): boolean =>
  ROLES.some((role) => parts[role].dispatches?.reward !== undefined);
