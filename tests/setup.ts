/** Property tests draw the same cases on every machine; FC_SEED=n explores others. A failure prints its seed and path. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });
