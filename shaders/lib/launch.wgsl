// launch: the index of an invocation when the executor folded a long launch into two dimensions.

fn invocation_index(id: vec3u, groups: vec3u, threads: u32) -> u32 {
  return id.x + id.y * groups.x * threads;
}
