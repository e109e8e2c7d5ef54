/** The timing loop: one call that compiles, a warm-up that also finds a block length, then blocks of steps; times per step. */
import type { Timed } from './workloads.ts';

export interface MeasureOptions {
  warm_ms: number;
  block_ms: number;
  max_steps: number;
  blocks: number;
}

export interface Measured {
  first_ms: number;
  iters: number;
  samples_ms: number[];
  latency_ms: number;
  host_ms: number;
  counts: { dispatches: number; submits: number; maps: number; draws: number };
}

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Times `work`; with `reads_every_step` each step is followed by its read-back. */
export async function measure(work: Timed, reads_every_step: boolean, o: MeasureOptions): Promise<Measured> {
  let in_step = 0;
  const block = async (steps: number): Promise<number> => {
    in_step = 0;
    const began = performance.now();
    for (let k = 0; k < steps; k++) {
      const before = performance.now();
      await work.step();
      in_step += performance.now() - before;
      if (reads_every_step) await work.sync();
    }
    if (!reads_every_step) await work.sync();
    return performance.now() - began;
  };
  const first_ms = await block(1);
  const { counts, result: once } = await countCommands(() => block(1));
  let steps = 1;
  let ms = once;
  const warm = performance.now();
  while (performance.now() - warm + once < o.warm_ms || (ms < 0.7 * o.block_ms && steps < o.max_steps)) {
    if (ms < o.block_ms) {
      const wanted = Math.ceil((steps * o.block_ms) / Math.max(ms, 0.001));
      steps = Math.min(o.max_steps, Math.max(steps, Math.min(8 * steps, wanted)));
    }
    ms = await block(steps);
  }
  const samples_ms: number[] = [];
  const hosts: number[] = [];
  const timed = performance.now();
  while (samples_ms.length < o.blocks && (samples_ms.length < 3 || performance.now() - timed < 60 * o.block_ms)) {
    samples_ms.push((await block(steps)) / steps);
    hosts.push(in_step / steps);
  }
  const latencies: number[] = [];
  const alone = performance.now();
  while (steps > 1 && latencies.length < 50 && performance.now() - alone < o.block_ms) latencies.push(await block(1));
  return {
    first_ms,
    iters: steps,
    samples_ms,
    latency_ms: median(latencies.length > 0 ? latencies : samples_ms),
    host_ms: Math.min(...hosts),
    counts,
  };
}

/** GPU commands that `work` issues. */
async function countCommands<T>(work: () => Promise<T>) {
  const counts = { dispatches: 0, submits: 0, maps: 0, draws: 0 };
  const undo: (() => void)[] = [];
  const count = (type: string, method: string, key: keyof typeof counts) => {
    const found = (
      globalThis as unknown as Record<string, { prototype: Record<string, (...a: unknown[]) => unknown> } | undefined>
    )[type];
    if (!found) return;
    const original = found.prototype[method];
    found.prototype[method] = function (...a: unknown[]) {
      counts[key]++;
      return original.apply(this, a);
    };
    undo.push(() => {
      found.prototype[method] = original;
    });
  };
  count('GPUComputePassEncoder', 'dispatchWorkgroups', 'dispatches');
  count('GPUQueue', 'submit', 'submits');
  count('GPUBuffer', 'mapAsync', 'maps');
  try {
    return { counts, result: await work() };
  } finally {
    for (const restore of undo) restore();
  }
}
