import type { TwinCall } from '../../src/engine/twin.ts';
import { place_of } from '../lib/rows.ref.ts';

/** x = tok[symbol] + pos[context position]. */
export function embed({ b, size, at }: TwinCall): void {
  const { tokens, sequence_index, params, x } = b;
  const { replica, count, width, context, total_sequence, sequence, param_stride, x_stride } = size;
  for (let r = 0; r < replica; r++) {
    for (let k = 0; k < count; k++) {
      const at_row = at.first + k * at.row_step;
      const place = place_of(size, at_row);
      const s = sequence_index[r * sequence + place.sequence];
      const symbol = tokens[(r * total_sequence + s) * context + place.context_index];
      const tok = r * param_stride + at.tok + symbol * width;
      const pos = r * param_stride + at.pos + place.context_index * width;
      const to = r * x_stride + at_row * width;
      for (let c = 0; c < width; c++) x[to + c] = params[tok + c] + params[pos + c];
    }
  }
}
