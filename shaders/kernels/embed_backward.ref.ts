import type { TwinCall } from '../../src/engine/twin.ts';
import { part_of, place_of } from '../lib/rows.ref.ts';

/** Every row adds its gradient to the entries of its symbol and of its position, in each part of the rows. */
export function embed_backward({ b, size, at }: TwinCall): void {
  const { tokens, sequence_index, d_x, d_params } = b;
  const { replica, row, width, vocab, context, total_sequence, sequence, split, param_stride } = size;
  for (let r = 0; r < replica; r++) {
    for (let part = 0; part < split; part++) {
      const tok = (r * split + part) * param_stride + at.tok;
      const pos = (r * split + part) * param_stride + at.pos;
      d_params.fill(0, tok, tok + vocab * width);
      d_params.fill(0, pos, pos + context * width);
      const [begin, end] = part_of(row, split, part);
      for (let at_row = begin; at_row < end; at_row++) {
        const place = place_of(size, at_row);
        const s = sequence_index[r * sequence + place.sequence];
        const symbol = tokens[(r * total_sequence + s) * context + place.context_index];
        const from = (r * row + at_row) * width;
        for (let c = 0; c < width; c++) {
          d_params[tok + symbol * width + c] += d_x[from + c];
          d_params[pos + place.context_index * width + c] += d_x[from + c];
        }
      }
    }
  }
}
