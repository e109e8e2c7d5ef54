// author: who wrote a response, kept in the fourth number of `recorded` at its first position.

const author_policy = 0.0;
const author_demonstration = 1.0;
const author_nobody = 2.0; // dropped from the batch: its mask is empty
