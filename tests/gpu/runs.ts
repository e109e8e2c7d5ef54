import { openNodeDevice } from '../../src/cli/device.ts';
import { GpuExecutor, type GpuOptions } from '../../src/engine/gpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import type { RunConfig } from '../../src/trainer/protocol.ts';
import { type Row, Run } from '../../src/trainer/run.ts';

/** Test files open one device each; every GPU error that nobody caught is collected. */
export async function openGpu(): Promise<{
  make: (options?: GpuOptions) => GpuExecutor;
  adapter: string;
  errors: string[];
}> {
  const { device, info } = await openNodeDevice();
  const errors: string[] = [];
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
  const adapter = info.description || info.architecture;
  const make = (options?: GpuOptions) =>
    new GpuExecutor(device, { kind: 'webgpu', adapter, is_software: info.software }, shaderLibrary, options);
  return { make, adapter, errors };
}

/** Where an algorithm is at home: the task that shows its idea, where that is not sum_to_target, and what it needs there. */
export function homeOf(algorithm: string): Partial<RunConfig> {
  const homes: Record<string, Partial<RunConfig>> = {
    concise_rl: { task: 'say_symbol' },
    hpt: { task: 'one_answer' },
    luffy: { task: 'one_answer' },
    noisy_verifier: { task: 'two_forms', hyper: { false_negative: 0.2, exploit_rate: 0.5 } },
    // votes need a start in which the majority is right
    rlccf: { task: 'arithmetic', task_settings: { digits: 1 }, batch: { warm_up_steps: 40 } },
    ssrl: { task: 'self_search', batch: { warm_up_steps: 60 } },
    ttrl: { task: 'arithmetic', task_settings: { digits: 1 }, batch: { warm_up_steps: 40 } },
  };
  return { algorithm, ...(Object.hasOwn(homes, algorithm) ? homes[algorithm] : {}) };
}

/** A finished or running training with its rows. */
export class Training {
  readonly rows: Row[] = [];
  private constructor(readonly run: Run) {}

  static async open(make: () => GpuExecutor, config: Partial<RunConfig>): Promise<Training> {
    return new Training(await Run.open(make(), defaultRun(config)));
  }

  async advance(steps: number): Promise<this> {
    this.rows.push(...(await this.run.advance(steps)));
    return this;
  }

  /** [step, value] of a metric of one replica, where it was measured. */
  curve(metric: string, replica = 0): [number, number][] {
    const { metrics } = this.run.info();
    const m = metrics.findIndex((info) => info.id === metric);
    if (m < 0) throw new Error(`no metric '${metric}'; this run has ${metrics.map((info) => info.id).join(', ')}.`);
    return this.rows.flatMap((row): [number, number][] => {
      const value = row.values[replica * metrics.length + m];
      return Number.isNaN(value) ? [] : [[row.step, value]];
    });
  }

  /** A metric at one step, of every replica. */
  at(metric: string, step: number): number[] {
    return Array.from({ length: this.run.replicas }, (_, r) => {
      const found = this.curve(metric, r).find(([s]) => s === step);
      if (!found) throw new Error(`'${metric}' was not measured at step ${step}.`);
      return found[1];
    });
  }

  close(): void {
    this.run.executor.destroy();
  }
}

/** The mean of some numbers. */
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Means of a curve's first and last `count` values. */
export function ends(curve: readonly [number, number][], count: number): { first: number; last: number } {
  const values = curve.map(([, value]) => value);
  return { first: mean(values.slice(0, count)), last: mean(values.slice(-count)) };
}
