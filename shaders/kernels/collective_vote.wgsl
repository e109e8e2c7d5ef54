// collective_vote: the replicas are an ensemble that answers the same prompts; all their responses vote on one label per
// prompt, and a response that gives it is worth 1, any other 0.
//   SC_j = max_a n_{j,a} / K          how often replica j gives its own commonest answer
//   v(a) = Σ_j SC_j n_{j,a}           or Σ_j n_{j,a}, replica by replica, where hyper.vote_weight is 1
//   ŷ = argmax v, CC = v(ŷ) / Σ_a v(a)
// Ties go to the answer that appears first, replicas in order. A response from which no answer can be read does not vote.
// Paper   arXiv 2508.12338 (RLCCF)
//         M -> replicas, K -> member
// Shapes  answers, true_rewards, rewards, verdicts, votes [sequence]   label_stat [prompt, 4]
// Launch  one invocation per prompt, for all replicas together
// Uses    launch, answer
// Twin    collective_vote.ref.ts

override prompt: u32;
override member: u32;

const most_replicas = 16u;

@group(0) @binding(0) var<storage, read> hypers: array<Hyper>; // [replica, hyper]
@group(0) @binding(1) var<storage, read> answers: array<u32>; // [replica, sequence]
@group(0) @binding(2) var<storage, read> true_rewards: array<f32>; // [replica, sequence]
@group(0) @binding(3) var<storage, read_write> rewards: array<f32>; // out [replica, sequence]
@group(0) @binding(4) var<storage, read_write> verdicts: array<f32>; // out [replica, sequence]
@group(0) @binding(5) var<storage, read_write> votes: array<f32>; // out [replica, sequence]
@group(0) @binding(6) var<storage, read_write> label_stat: array<vec4f>; // out [replica, prompt, 4] label is right, share of the votes, share of rewards that are right, self-consistency

fn place_in(replica: u32, b: u32, m: u32) -> u32 {
  return (replica * prompt + b) * member + m;
}

// How many responses of a replica to prompt b give this answer.
fn count_of(answer: u32, replica: u32, b: u32) -> u32 {
  var count = 0u;
  for (var m = 0u; m < member; m++) {
    count += select(0u, 1u, answers[place_in(replica, b, m)] == answer);
  }
  return count;
}

@compute @workgroup_size(threads)
fn collective_vote(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = invocation_index(id, groups);
  if (b >= prompt) {
    return;
  }
  let replicas = min(arrayLength(&hypers), most_replicas);
  // K times SC_j and K times the weight of a vote: whole numbers, so that a tie is one
  var most: array<u32, most_replicas>;
  var weight: array<u32, most_replicas>;
  for (var r = 0u; r < replicas; r++) {
    for (var m = 0u; m < member; m++) {
      let answer = answers[place_in(r, b, m)];
      most[r] = max(most[r], select(count_of(answer, r, b), 0u, answer == no_answer));
    }
    weight[r] = select(most[r], member, hypers[r].vote_weight == 1.0);
  }
  var winner = no_answer;
  var most_votes = 0u;
  var all_votes = 0u;
  for (var r = 0u; r < replicas; r++) {
    for (var m = 0u; m < member; m++) {
      let answer = answers[place_in(r, b, m)];
      let has_answer = answer != no_answer;
      var v = 0u;
      for (var j = 0u; j < replicas && has_answer; j++) {
        v += weight[j] * count_of(answer, j, b);
      }
      votes[place_in(r, b, m)] = f32(v) / f32(member);
      all_votes += select(0u, weight[r], has_answer);
      if (v > most_votes) {
        most_votes = v;
        winner = answer;
      }
    }
  }
  var is_right = false;
  for (var r = 0u; r < replicas; r++) {
    for (var m = 0u; m < member; m++) {
      let s = place_in(r, b, m);
      let is_voted = winner != no_answer && answers[s] == winner;
      rewards[s] = f32(is_voted);
      verdicts[s] = rewards[s];
      is_right = is_right || (is_voted && true_rewards[s] >= hypers[r].solved_reward);
    }
  }
  let share = f32(most_votes) / f32(max(all_votes, 1u));
  for (var r = 0u; r < replicas; r++) {
    var right_rewards = 0.0;
    for (var m = 0u; m < member; m++) {
      let s = place_in(r, b, m);
      let is_voted = rewards[s] == 1.0;
      right_rewards += f32(is_voted == (true_rewards[s] >= hypers[r].solved_reward));
    }
    let self_consistency = f32(most[r]) / f32(member);
    label_stat[r * prompt + b] = vec4f(f32(is_right), share, right_rewards / f32(member), self_consistency);
  }
}
