import type { TwinCall } from '../../src/engine/twin.ts';

/** Trains on the first groups that the slot keeps; fills up with others, and empties the masks of whoever is not trained on. */
export function keep_groups({ b, size, at, hyper, slot }: TwinCall): void {
  const { verdicts, group_verdict, kept_group, token_mask, metrics } = b;
  const { replica, prompt, kept_prompt, member, sequence, mask_word, metric } = size;
  for (let r = 0; r < replica; r++) {
    const h = hyper(r);
    const groups = Array.from({ length: prompt }, (_, g) => {
      const first = r * sequence + g * member;
      const solved = verdicts.subarray(first, first + member).filter((verdict) => verdict === 1).length;
      const is_kept: boolean = slot.keep_group(solved / member, member, h);
      group_verdict.set([solved / member, is_kept ? 1 : 0], (r * prompt + g) * 2);
      return { g, first, is_kept };
    });
    const kept = groups.filter(({ is_kept }) => is_kept);
    const order = [...kept, ...groups.filter(({ is_kept }) => !is_kept)];
    kept_group.set(
      order.slice(0, kept_prompt).map(({ g }) => g),
      r * kept_prompt,
    );
    const trained = new Set(kept.slice(0, kept_prompt));
    for (const group of groups) {
      if (!trained.has(group)) token_mask.fill(0, group.first * mask_word, (group.first + member) * mask_word);
    }
    metrics[r * metric + at.column] = kept.length / prompt;
  }
}
