// reduce: sums over a row by one workgroup of 64 invocations, always in the same order.
// Each lane first adds its own strided share; the tree (64 → 8 → 1) is the same for every row, so a result never depends
// on what else is in the launch. Four sums travel together and the tree is flat, because a barrier costs more than the
// additions between two of them. The last barrier lets the scratch be used again.

const row_threads = 64u;
const row_branch = 8u;
var<workgroup> row_scratch: array<vec4f, 64>;
var<workgroup> row_partial: array<vec4f, 8>;

fn row_sum4(value: vec4f, lane: u32) -> vec4f {
  row_scratch[lane] = value;
  workgroupBarrier();
  if (lane < row_branch) {
    var partial = vec4f();
    for (var i = 0u; i < row_branch; i++) {
      partial += row_scratch[lane * row_branch + i];
    }
    row_partial[lane] = partial;
  }
  workgroupBarrier();
  var sum = vec4f();
  for (var i = 0u; i < row_branch; i++) {
    sum += row_partial[i];
  }
  workgroupBarrier();
  return sum;
}

fn row_sum(value: f32, lane: u32) -> f32 {
  return row_sum4(vec4f(value, 0.0, 0.0, 0.0), lane).x;
}
