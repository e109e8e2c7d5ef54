// majority_vote: a reward without a verifier: 1 for the responses whose answer is the commonest of their group, else 0.
// Ties go to the answer seen first. A response from which no answer can be read does not vote and is worth 0, and a group
// of such responses has no label. What the verifier says is looked at only to judge the label.
// Paper   arXiv 2504.16084 (TTRL)
//         ŷ -> the answer of `winner`, n_v -> member
// Shapes  answers, true_rewards, rewards, verdicts [sequence]   label_stat [prompt, 4]
// Launch  one invocation per group
// Uses    launch, answer
// Twin    majority_vote.ref.ts

override prompt: u32;
override member: u32;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> answers: array<u32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> true_rewards: array<f32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> rewards: array<f32>; // out [replica, sequence]
@group(0) @binding(4) var<storage, read_write> verdicts: array<f32>; // out [replica, sequence]
@group(0) @binding(5) var<storage, read_write> label_stat: array<vec4f>; // out [replica, prompt, 4] label is right, share of the votes, share of rewards that are right, self-consistency

@compute @workgroup_size(threads)
fn majority_vote(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = invocation_index(id, groups);
  if (i >= arrayLength(&label_stat)) {
    return;
  }
  let solved = hypers[i / prompt].solved_reward;
  let first = i * member;
  var winner = no_answer;
  var most_votes = 0u;
  for (var a = first; a < first + member; a++) {
    var votes = 0u;
    for (var b = first; b < first + member; b++) {
      votes += select(0u, 1u, answers[b] == answers[a]);
    }
    if (answers[a] != no_answer && votes > most_votes) {
      most_votes = votes;
      winner = answers[a];
    }
  }
  var is_right = false;
  var right_rewards = 0.0;
  for (var a = first; a < first + member; a++) {
    let is_voted = winner != no_answer && answers[a] == winner;
    let is_solved = true_rewards[a] >= solved;
    rewards[a] = f32(is_voted);
    verdicts[a] = rewards[a];
    is_right = is_right || (is_voted && is_solved);
    right_rewards += f32(is_voted == is_solved);
  }
  let share = f32(most_votes) / f32(member);
  label_stat[i] = vec4f(f32(is_right), share, right_rewards / f32(member), share);
}
