/** The project's own registries as a catalogue. */
import { algorithms, partsOf } from '../algorithms/index.ts';
import { policies } from '../policies/index.ts';
import { tasks } from '../tasks/index.ts';
import type { Catalogue } from './catalogue.ts';

/** Every algorithm, part, task and policy of this project. */
export const registries: Catalogue = { algorithms, tasks, policies, partsOf };
