import type { TwinCall } from '../../src/engine/twin.ts';
import { key_row, place_of } from '../lib/rows.ref.ts';

/** Every (query, key) pair adds d_q += d_s k, d_k += d_s q and d_v += p d_mixed to the rows it connects. */
export function attention_backward_qkv({ b, size, at }: TwinCall): void {
  const { qkv, probability, d_mixed, d_score, d_qkv } = b;
  const { replica, row, width, head, key, qkv_stride, prob_stride, prompt_position } = size;
  const head_width = width / head;
  d_qkv.fill(0);
  for (let r = 0; r < replica; r++) {
    const from = r * qkv_stride + at.qkv;
    const to = r * row * 3 * width;
    for (let query = 0; query < row; query++) {
      const place = place_of(size, query);
      const q = query * 3 * width;
      const d = (r * row + query) * width;
      for (let j = 0; j < place.num_keys; j++) {
        const k = (key_row(place, j, prompt_position) * 3 + 1) * width;
        const v = k + width;
        for (let h = 0; h < head; h++) {
          const d_s = d_score[((r * row + query) * head + h) * key + j];
          const p = probability[r * prob_stride + at.prob + (query * head + h) * key + j];
          for (let c = h * head_width; c < (h + 1) * head_width; c++) {
            d_qkv[to + q + c] += d_s * qkv[from + k + c];
            d_qkv[to + k + c] += d_s * qkv[from + q + c];
            d_qkv[to + v + c] += p * d_mixed[d + c];
          }
        }
      }
    }
  }
}
