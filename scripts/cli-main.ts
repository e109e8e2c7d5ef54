import { applyGpuEnv } from './gpu-env.ts';

/** Last words of a command: everything written has left the process, then the exit code. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

/**
 * Runs a command's `main(argv)` and ends the process with the number it returns, live GPU device or not.
 * An error prints one line and exits 1; with DEBUG set, the stack follows.
 */
export async function runMain(main: (argv: string[]) => Promise<number>): Promise<void> {
  process.setSourceMapsEnabled(true);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    applyGpuEnv();
    leave(await main(process.argv.slice(2)));
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    console.error(`error: ${message.replace(/\s*\n\s*/g, ' ')}`);
    if (process.env.DEBUG) console.error(stack);
    leave(1);
  }
}
