/** Sentences about names that are not known. */

const LEAST_PREFIX = 2; // a single letter begins half of all names

/** Lower case without what joins words. */
const bare = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, '');

/** For "Did you mean": the shortest name that a wrong one begins, `sumto` for `sum_to_target`; else the nearest by edit distance. */
export function nearest(name: string, known: string[]): string | undefined {
  const start = bare(name);
  const begun = start.length < LEAST_PREFIX ? [] : known.filter((k) => bare(k).startsWith(start));
  if (begun.length > 0) return begun.reduce((a, b) => (b.length < a.length ? b : a));
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
