// weight: what a weighting may divide by.

struct Counts {
  sequence_tokens: f32, // own tokens of this token's sequence
  batch_tokens: f32,    // own tokens of the minibatch
  batch_sequences: f32, // sequences of the minibatch with at least one own token
  demonstration_tokens: f32, // own tokens of the minibatch's demonstrations
  is_demonstration: bool,    // whether this token is one of them
}
