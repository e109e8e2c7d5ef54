import type { TwinCall } from '../../src/engine/twin.ts';
import { key_row, place_of } from '../lib/rows.ref.ts';

/** p = softmax over the keys j that a row may see of q · k_j / √head_width (arXiv 1706.03762 Eq. 1). */
export function attention_scores({ b, size, at }: TwinCall): void {
  const { qkv, probability } = b;
  const { replica, count, width, head, key, qkv_stride, prob_stride, prompt_position } = size;
  const head_width = width / head;
  const scale = 1 / Math.sqrt(head_width);
  for (let r = 0; r < replica; r++) {
    const queries = r * qkv_stride + at.qkv;
    for (let k = 0; k < count; k++) {
      const row = at.first + k * at.row_step;
      const place = place_of(size, row);
      for (let h = 0; h < head; h++) {
        const query = queries + row * 3 * width + h * head_width;
        const to = r * prob_stride + at.prob + (row * head + h) * key;
        let largest = -Infinity;
        for (let j = 0; j < place.num_keys; j++) {
          const at_key = queries + (key_row(place, j, prompt_position) * 3 + 1) * width + h * head_width;
          let dot = 0;
          for (let c = 0; c < head_width; c++) dot += qkv[query + c] * qkv[at_key + c];
          probability[to + j] = dot * scale;
          largest = Math.max(largest, dot * scale);
        }
        let sum = 0;
        for (let j = 0; j < place.num_keys; j++) {
          const e = Math.exp(probability[to + j] - largest);
          probability[to + j] = e;
          sum += e;
        }
        for (let j = 0; j < place.num_keys; j++) probability[to + j] /= sum;
      }
    }
  }
}
