/** Where an algorithm is opened when nothing else is asked for. */
import type { Algorithm } from '../algorithms/algorithm.ts';
import type { RunConfig } from './protocol.ts';

/** What the run that shows an algorithm's idea has other than the default run. */
export const homeOf = ({ id, home }: Algorithm): Partial<RunConfig> => ({ ...structuredClone(home), algorithm: id });
