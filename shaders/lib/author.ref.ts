/** Who wrote a response, kept in the fourth number of `recorded` at its first position; the same values as in `lib/author.wgsl`. */
export const AUTHOR = { policy: 0, demonstration: 1, nobody: 2 } as const;
