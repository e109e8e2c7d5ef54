import type { Lab } from '../../state/lab.ts';
import { sentenceOf } from '../../state/session.ts';

/**
 * Saves the whole run to a file. While that goes on `saving` in the run store tells of it and cancels it; what went wrong
 * stands in `problem` afterwards.
 */
export async function saveRun(lab: Lab): Promise<void> {
  const { run } = lab;
  if (run.getState().saving) return;
  const stop = new AbortController();
  const aborted = new Promise<never>((_, fail) =>
    stop.signal.addEventListener('abort', () => fail(stop.signal.reason)),
  );
  const make = async () => {
    const [{ takeRun }, { download }] = await Promise.all([
      import('../../state/take/bundle.ts'),
      import('../take/download.ts'),
    ]);
    const { name, data } = await takeRun(lab, true);
    return () => download(name, [data], 'application/octet-stream');
  };
  run.setState({ saving: { name: 'the run', cancel: () => stop.abort() } });
  try {
    const give = await Promise.race([make(), aborted]);
    give();
  } catch (error) {
    if (!stop.signal.aborted) run.getState().setProblem(`The run could not be saved: ${sentenceOf(error)}`);
  } finally {
    run.setState({ saving: undefined });
  }
}
