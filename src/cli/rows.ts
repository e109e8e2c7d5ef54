/** Where the rows of a run go as JSON lines. */
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { EVALUATION_COLUMNS, metricColumn } from '../trainer/metrics.ts';
import type { MetricInfo } from '../trainer/protocol.ts';
import type { Row } from '../trainer/run.ts';

export { rowObject, shortest } from '../trainer/rows.ts';

/** The first metric of a row that should be a number and is none, as `metric of replica r`; undefined when all are. */
export function notFinite(row: Row, replicas: number, metrics: readonly MetricInfo[]): string | undefined {
  for (let r = 0; r < replicas; r++) {
    for (const [m, { id }] of metrics.entries()) {
      if (EVALUATION_COLUMNS.includes(metricColumn(id))) continue;
      if (!Number.isFinite(row.values[r * metrics.length + m])) return `${id} of replica ${r}`;
    }
  }
  return undefined;
}

/** What the system says of a file that it refused, without the path. */
export const reasonOf = (error: unknown): string => (error as Error).message.replace(/, \w+ '.*$/, '');

/** Where lines go: a file that is known to be writable, or standard output. */
export class LineSink {
  private readonly file: number | undefined;

  /** Throws one sentence when the file cannot be written; leaves its content alone. */
  constructor(private readonly path: string) {
    this.file = path === '-' ? undefined : openFile('--out', path);
  }

  /** Empties the file: from here on it holds this run. */
  begin(): void {
    if (this.file !== undefined && fstatSync(this.file).isFile()) ftruncateSync(this.file);
  }

  /** Writes whole lines; resolves when they have left, so that a slow reader of a pipe slows the run. */
  async write(objects: Record<string, number>[]): Promise<void> {
    if (objects.length === 0) return;
    const text = `${objects.map((o) => JSON.stringify(o)).join('\n')}\n`;
    if (this.file === undefined) {
      await new Promise<void>((done) => process.stdout.write(text, () => done()));
      return;
    }
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    } catch (error) {
      throw new Error(
        `--out ${this.path} could not be written to its end: ${reasonOf(error)}. Free some space and train again.`,
      );
    }
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }
}

/** Opens a file for appending, creating it where it is missing; throws one sentence when it cannot be written. */
function openFile(option: string, path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new Error(
      `${option} ${path} cannot be written: ${reasonOf(error)}. Choose a file in a folder that exists and is yours.`,
    );
  }
}

/** Throws one sentence when a file cannot be written; leaves no trace of having tried. */
export function assertWritable(option: string, path: string): void {
  const is_new = !existsSync(path);
  closeSync(openFile(option, path));
  if (is_new) unlinkSync(path);
}
