// rl_and_sft: a token of the policy over a constant length and number of rows; a demonstrated token over their number.
// Paper   arXiv 2509.04419, L = L_RL + c L_SFT
//         c -> hyper.sft_coef
fn token_weight(c: Counts) -> f32 {
  let rl = 1.0 / (hyper.norm_length * hyper.norm_rows);
  return select(rl, hyper.sft_coef / max(c.demonstration_tokens, 1.0), c.is_demonstration);
}
