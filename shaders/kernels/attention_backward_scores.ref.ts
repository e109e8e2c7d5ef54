import type { TwinCall } from '../../src/engine/twin.ts';
import { key_row, place_of } from '../lib/rows.ref.ts';

/** d_p_j = d_mixed · v_j, then through the softmax: d_s_j = p_j (d_p_j − Σ_i p_i d_p_i) / √head_width. */
export function attention_backward_scores({ b, size, at }: TwinCall): void {
  const { qkv, probability, d_mixed, d_score } = b;
  const { replica, row, width, head, key, qkv_stride, prob_stride, prompt_position } = size;
  const head_width = width / head;
  const scale = 1 / Math.sqrt(head_width);
  for (let r = 0; r < replica; r++) {
    for (let query = 0; query < row; query++) {
      const place = place_of(size, query);
      for (let h = 0; h < head; h++) {
        const from = r * prob_stride + at.prob + (query * head + h) * key;
        const to = ((r * row + query) * head + h) * key;
        const d = (r * row + query) * width + h * head_width;
        let mean = 0;
        for (let j = 0; j < place.num_keys; j++) {
          const value = r * qkv_stride + at.qkv + (key_row(place, j, prompt_position) * 3 + 2) * width + h * head_width;
          let d_p = 0;
          for (let c = 0; c < head_width; c++) d_p += d_mixed[d + c] * qkv[value + c];
          d_score[to + j] = d_p;
          mean += probability[from + j] * d_p;
        }
        for (let j = 0; j < place.num_keys; j++) {
          d_score[to + j] = probability[from + j] * (d_score[to + j] - mean) * scale;
        }
      }
    }
  }
}
