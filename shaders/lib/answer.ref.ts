/** The key of a response from which no answer can be read; equal keys below it are the same answer for a vote. */
export const no_answer = 0xffffffff;
