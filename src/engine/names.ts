/** Sentences about names that are not known. */

/** The names nearest to a wrong one, by edit distance, for "Did you mean". */
export function nearest(name: string, known: string[]): string | undefined {
  const distance = (a: string, b: string) => {
    const row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      let diagonal = row[0];
      row[0] = i;
      for (let j = 1; j <= b.length; j++) {
        const up = row[j];
        row[j] = Math.min(up + 1, row[j - 1] + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
        diagonal = up;
      }
    }
    return row[b.length];
  };
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const k of known) {
    const d = distance(name.toLowerCase(), k.toLowerCase());
    if (d < least) {
      least = d;
      best = k;
    }
  }
  return best;
}

/** `Unknown <kind> 'x'. Did you mean 'y'? Known: …` */
export function unknownName(kind: string, name: string, known: string[]): string {
  const near = nearest(name, known);
  const hint = near ? ` Did you mean '${near}'?` : '';
  return `Unknown ${kind} '${name}'.${hint} Known: ${[...known].sort().join(', ')}.`;
}
