/** A colour along the ordered palette, from the lowest value to the highest: darker to lighter, or lighter to brighter. */
export function colorAt(index: number, count: number): string {
  const along = count < 2 ? 0 : index / (count - 1);
  const [from, to, share] =
    along < 0.5 ? ['--sweep-low', '--sweep-middle', along * 2] : ['--sweep-middle', '--sweep-high', along * 2 - 1];
  return `color-mix(in oklab, var(${to}) ${Math.round(share * 100)}%, var(${from}))`;
}
