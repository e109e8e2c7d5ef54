// reduce: sums over a row by one workgroup of 64 invocations, always in the same order.
// Each lane first adds its own strided share; the tree is the same for every row, so a result never depends on
// what else is in the launch. Four sums travel together: a barrier costs more than the additions between two of them.
// Every function ends with a barrier so that the scratch may be used again.

const row_threads = 64u;
var<workgroup> row_scratch: array<vec4f, 64>;

fn row_sum4(value: vec4f, lane: u32) -> vec4f {
  row_scratch[lane] = value;
  for (var half = 32u; half > 0u; half = half >> 1u) {
    workgroupBarrier();
    if (lane < half) {
      row_scratch[lane] = row_scratch[lane] + row_scratch[lane + half];
    }
  }
  workgroupBarrier();
  let sum = row_scratch[0];
  workgroupBarrier();
  return sum;
}

fn row_sum(value: f32, lane: u32) -> f32 {
  return row_sum4(vec4f(value, 0.0, 0.0, 0.0), lane).x;
}
