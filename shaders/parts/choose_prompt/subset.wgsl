// subset: one of the first hyper.subset_size prompts of the table, with replacement.
override train_count: u32; // the first rows of the table; the others are held out

fn choose_prompt(b: u32, seed: u32, step: u32) -> u32 {
  return random_bits(seed, step, purpose_prompt, b, 0u) % min(u32(hyper.subset_size), train_count);
}
