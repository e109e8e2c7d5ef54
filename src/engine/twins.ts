/** The twins of the kernels, which the CPU engine runs: a module of its own, so that a page with a GPU need not load them. */
import { shaderLibrary } from './library.ts';
import type { Twin } from './twin.ts';

shaderLibrary.addTwins(
  import.meta.glob<Record<string, Twin>>('/shaders/kernels/*.ref.ts', { eager: true }),
  import.meta.glob<Record<string, Twin>>('/shaders/kernels/*.fast.ts', { eager: true }),
);
