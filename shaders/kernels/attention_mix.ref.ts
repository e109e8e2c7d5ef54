import type { TwinCall } from '../../src/engine/twin.ts';
import { key_row, place_of } from '../lib/rows.ref.ts';

/** mixed = Σ_j p_j v_j over the keys that a row may see (arXiv 1706.03762 Eq. 1). */
export function attention_mix({ b, size, at }: TwinCall): void {
  const { qkv, probability, mixed } = b;
  const { replica, count, width, head, key, qkv_stride, prob_stride, mixed_stride, prompt_position } = size;
  const head_width = width / head;
  for (let r = 0; r < replica; r++) {
    for (let k = 0; k < count; k++) {
      const row = at.first + k * at.row_step;
      const place = place_of(size, row);
      const to = r * mixed_stride + at.mixed + row * width;
      mixed.fill(0, to, to + width);
      for (let j = 0; j < place.num_keys; j++) {
        const value = r * qkv_stride + at.qkv + (key_row(place, j, prompt_position) * 3 + 2) * width;
        for (let h = 0; h < head; h++) {
          const p = probability[r * prob_stride + at.prob + (row * head + h) * key + j];
          for (let c = h * head_width; c < (h + 1) * head_width; c++) mixed[to + c] += p * qkv[value + c];
        }
      }
    }
  }
}
