/** The Node side of the benchmark: a job as JSON in the first argument, a result as the last line. */
import { openNodeDevice } from '../src/cli/device.ts';
import { describeAdapter } from '../src/trainer/device.ts';
import { type Job, runJob } from './job.ts';

export async function main(argv: string[]): Promise<number> {
  const job = JSON.parse(argv[0]) as Job;
  const result = await runJob(job, async () => {
    const { device, adapter } = await openNodeDevice();
    return { device, info: describeAdapter(adapter.info) };
  });
  // wait until a pipe has taken the whole line: the process exits after main
  await new Promise<void>((done) => process.stdout.write(`${JSON.stringify({ ok: true, ...result })}\n`, () => done()));
  return 0;
}
