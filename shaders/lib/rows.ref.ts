/** How the tokens of a batch lie in the rows of an activation buffer: the twin of lib/rows.wgsl and lib/table.wgsl. */

/** The sizes that place rows: prompt, member, prompt_position and position. */
export type Sizes = Record<string, number>;

/** What a row holds, and which rows it may attend to. */
export interface RowPlace {
  prompt: number;
  /** the response's sequence; for a prompt row, the first of the group, which shares the prompt */
  sequence: number;
  is_response: boolean;
  /** place in the context: prompt symbols, then response symbols */
  context_index: number;
  /** rows this one attends to, itself included */
  num_keys: number;
  /** row of symbol 0 of the prompt */
  prompt_row: number;
  /** row of symbol 0 of the response */
  response_row: number;
}

/** The place of row r: the prompts' rows come first, then the rows of the responses, without their last symbols. */
export function place_of(size: Sizes, r: number): RowPlace {
  const { prompt, member, prompt_position, position } = size;
  const prompt_rows = prompt * prompt_position;
  const is_response = r >= prompt_rows;
  const inputs = position - 1;
  const sequence = is_response ? Math.floor((r - prompt_rows) / inputs) : Math.floor(r / prompt_position) * member;
  const b = Math.floor(sequence / member);
  const prompt_row = b * prompt_position;
  const response_row = prompt_rows + sequence * inputs;
  const context_index = is_response ? prompt_position + r - response_row : r - prompt_row;
  return { prompt: b, sequence, is_response, context_index, num_keys: context_index + 1, prompt_row, response_row };
}

/** Row of the key that a place sees at context position j. */
export const key_row = (place: RowPlace, j: number, prompt_position: number): number =>
  j < prompt_position ? place.prompt_row + j : place.response_row + j - prompt_position;

/** Row of the logits that predict symbol t of sequence s: one per group for t = 0, then one per response input. */
export const logit_row_of = (size: Sizes, s: number, t: number): number =>
  t === 0 ? Math.floor(s / size.member) : size.prompt + s * (size.position - 1) + t - 1;

/** What a row of logits predicts: symbol `t` of `count` sequences from `first` on. */
export function predicted_by(size: Sizes, r: number): { first: number; count: number; t: number } {
  const { prompt, member, position } = size;
  if (r < prompt) return { first: r * member, count: member, t: 0 };
  const inputs = position - 1;
  return { first: Math.floor((r - prompt) / inputs), count: 1, t: ((r - prompt) % inputs) + 1 };
}

/** The rows of one of `split` equal parts of `count` rows: [begin, end). */
export function part_of(count: number, split: number, part: number): [begin: number, end: number] {
  const rows = Math.ceil(count / split);
  const begin = Math.min(part * rows, count);
  return [begin, Math.min(begin + rows, count)];
}
