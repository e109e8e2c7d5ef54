// answer: the key of a response from which no answer can be read. Equal keys below it are the same answer for a vote.
// Twin    answer.ref.ts

const no_answer = 0xffffffffu;
