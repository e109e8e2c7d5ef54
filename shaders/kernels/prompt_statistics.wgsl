// prompt_statistics: what the samples of one prompt have in common: how many are correct, whether the commonest answer is
// right (ties: the answer seen first; answers that cannot be read do not vote), and how many different correct responses
// there are.
// Paper   arXiv 2203.11171 (majority vote)
// Shapes  rewards, answers, length [sequence]   tokens [sequence, context]   prompt_stat [prompt, 4]
// Launch  one invocation per prompt
// Uses    launch, rows, answer
// Twin    prompt_statistics.ref.ts

override sequence: u32;
override context: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> rewards: array<f32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> answers: array<u32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read> length: array<u32>; // [replica, sequence]
@group(0) @binding(4) var<storage, read> tokens: array<u32>; // [replica, sequence, context]
@group(0) @binding(5) var<storage, read_write> prompt_stat: array<vec4f>; // out [replica, prompt, 4] correct, majority is right, different correct responses, 0

fn is_same_response(a: u32, b: u32) -> bool {
  var is_same = length[a] == length[b];
  for (var t = 0u; t < min(length[a], length[b]); t++) {
    is_same = is_same && tokens[a * context + prompt_position + t] == tokens[b * context + prompt_position + t];
  }
  return is_same;
}

@compute @workgroup_size(threads)
fn prompt_statistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&prompt_stat)) {
    return;
  }
  let solved = hypers[i / prompt].solved_reward;
  let first = i * member;
  var correct = 0.0;
  var different = 0.0;
  var most_votes = 0u;
  var is_right = false;
  for (var a = first; a < first + member; a++) {
    let is_correct = rewards[a] >= solved;
    var is_new = is_correct;
    var votes = 0u;
    var is_answer_right = false;
    for (var b = first; b < first + member; b++) {
      if (answers[b] == answers[a]) {
        votes += 1u;
        is_answer_right = is_answer_right || rewards[b] >= solved;
      }
      if (b < a && is_new && rewards[b] >= solved && is_same_response(a, b)) {
        is_new = false;
      }
    }
    correct += f32(is_correct);
    different += f32(is_new);
    if (answers[a] != no_answer && votes > most_votes) {
      most_votes = votes;
      is_right = is_answer_right;
    }
  }
  prompt_stat[i] = vec4f(correct, f32(is_right), different, 0.0);
}
