/** The rows of single replicas, as they came, beside the means that the charts draw: kept as long as they fit in a budget. */
import type { RowBatch } from '../trainer/protocol.ts';

/** So many bytes of single replicas are kept; a longer run keeps means, lowest and highest values only. */
const MOST_SINGLE_BYTES = 32 * 1024 ** 2;
const FIRST_ROWS = 64;
const MOST_ROWS = 4096; // of one piece

/** Some rows with the same metrics: `values` is [row][replica][metric], of which the first `count` rows are written. */
export interface Piece {
  ids: readonly string[];
  num_replicas: number;
  count: number;
  values: Float32Array;
}

/** Append-only rows by replica. */
export class SingleRows {
  private pieces: Piece[] = [];
  private bytes = 0;
  private is_over = false;

  constructor(private readonly most_bytes = MOST_SINGLE_BYTES) {}

  clear(): void {
    this.pieces = [];
    this.bytes = 0;
    this.is_over = false;
  }

  /** Takes a batch whose metrics have these ids. When it no longer fits, everything goes: a part would mislead. */
  append(ids: readonly string[], { num_replicas, steps, values }: RowBatch): void {
    const width = num_replicas * ids.length;
    for (let row = 0; row < steps.length && !this.is_over; row++) {
      let last = this.pieces.at(-1);
      const has_room =
        last?.ids === ids && last.num_replicas === num_replicas && (last.count + 1) * width <= last.values.length;
      if (!last || !has_room) {
        const rows = Math.min(MOST_ROWS, Math.max(FIRST_ROWS, 2 * (last?.count ?? 0)));
        this.bytes += rows * width * 4;
        if (this.bytes > this.most_bytes) {
          this.giveUp();
          return;
        }
        last = { ids, num_replicas, count: 0, values: new Float32Array(rows * width) };
        this.pieces.push(last);
      }
      last.values.set(values.subarray(row * width, (row + 1) * width), last.count * width);
      last.count++;
    }
  }

  /** Keeps nothing from now on, until it is cleared. */
  giveUp(): void {
    this.is_over = true;
    this.pieces = [];
  }

  /** The rows so far without copying one, or undefined when they were too many. */
  soFar(): readonly Piece[] | undefined {
    return this.is_over ? undefined : this.pieces.map((piece) => ({ ...piece }));
  }
}
