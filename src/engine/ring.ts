/**
 * A ring of staging buffers: each step's row is copied into the open buffer; sealing starts its journey to the host and
 * opens the next one. Nothing on the critical path waits for a map.
 */

const NUM_SLOTS = 4;
const ROWS_PER_SLOT = 64;

interface Slot {
  staging: GPUBuffer;
  rows: number;
  mapped: Promise<unknown> | undefined;
}

export class RowRing {
  private readonly slots: Slot[];
  private open = 0;
  private readonly sealed: Slot[] = [];

  constructor(
    device: GPUDevice,
    readonly row_bytes: number,
  ) {
    this.slots = Array.from({ length: NUM_SLOTS }, (_, i) => ({
      staging: device.createBuffer({
        label: `rows ${i}`,
        size: row_bytes * ROWS_PER_SLOT,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
      rows: 0,
      mapped: undefined,
    }));
  }

  /** Adds one row to the open slot; `rows_left` must be positive. */
  copy(encoder: GPUCommandEncoder, source: GPUBuffer): void {
    const slot = this.slots[this.open]!;
    if (slot.mapped || slot.rows === ROWS_PER_SLOT) {
      throw new Error(
        `the ring of rows is full (${NUM_SLOTS} × ${ROWS_PER_SLOT}); seal and take rows before running on.`,
      );
    }
    encoder.copyBufferToBuffer(source, 0, slot.staging, slot.rows * this.row_bytes, this.row_bytes);
    slot.rows++;
  }

  seal(): number {
    const slot = this.slots[this.open]!;
    if (slot.rows === 0 || slot.mapped) return 0;
    slot.mapped = slot.staging.mapAsync(GPUMapMode.READ, 0, slot.rows * this.row_bytes);
    slot.mapped.catch(() => {}); // reported by take(); a lost device rejects here first
    this.sealed.push(slot);
    this.open = (this.open + 1) % NUM_SLOTS;
    return slot.rows;
  }

  async take(): Promise<Float32Array[]> {
    const slot = this.sealed[0];
    if (!slot) return [];
    await slot.mapped;
    this.sealed.shift();
    const all = new Float32Array(slot.staging.getMappedRange(0, slot.rows * this.row_bytes).slice(0));
    slot.staging.unmap();
    const width = this.row_bytes / 4;
    const rows = Array.from({ length: slot.rows }, (_, i) => all.subarray(i * width, (i + 1) * width));
    slot.rows = 0;
    slot.mapped = undefined;
    return rows;
  }

  get num_sealed(): number {
    return this.sealed.length;
  }
  get rows_left(): number {
    const slot = this.slots[this.open]!;
    return slot.mapped ? 0 : ROWS_PER_SLOT - slot.rows;
  }

  destroy(): void {
    for (const s of this.slots) s.staging.destroy();
  }
}
