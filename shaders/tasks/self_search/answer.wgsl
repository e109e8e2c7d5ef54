// self_search: the answer is the entity in the last answer block; none where nothing or something else stands there.
// Uses    self_search
// Twin    src/tasks/self_search.ts

fn answer(length: u32) -> u32 {
  return self_search_answer(length);
}
