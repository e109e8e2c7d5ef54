import type { TwinCall } from '../../src/engine/twin.ts';

/** Only right responses keep their mask, each different one of a group once, and at most max_kept of them where that is above 0. */
export function keep_correct({ b, size, hyper }: TwinCall): void {
  const { verdicts, tokens, length, group_start, group_member, token_mask } = b;
  const { replica, sequence, group, group_end, context, prompt_position, mask_word } = size;
  for (let r = 0; r < replica; r++) {
    const { max_kept } = hyper(r);
    for (let g = 0; g < group; g++) {
      const [begin, end] = group_start.subarray(r * group_end + g, r * group_end + g + 2);
      const seen = new Set<string>();
      for (const index of group_member.subarray(r * sequence + begin, r * sequence + end)) {
        const s = r * sequence + index;
        const first = s * context + prompt_position;
        const text = tokens.subarray(first, first + length[s]).join(' ');
        const is_new = verdicts[s] === 1 && !seen.has(text);
        if (is_new && (max_kept === 0 || seen.size < max_kept)) seen.add(text);
        else token_mask.fill(0, s * mask_word, (s + 1) * mask_word);
      }
    }
  }
}
