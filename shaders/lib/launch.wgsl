// launch: how an element kernel is cut into workgroups. The executor chooses `threads` (a GPU wants full warps, a CPU driver
// executes idle lanes too and wants few of them) and folds a long launch into two dimensions.

override threads: u32 = 64;

fn invocation_index(id: vec3u, groups: vec3u) -> u32 {
  return id.x + id.y * groups.x * threads;
}
