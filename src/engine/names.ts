/** Sentences about names that are not known. */

const LEAST_PREFIX = 2; // a single letter begins half of all names
const LEAST_INSIDE = 3;

/** Lower case without what joins words. */
const bare = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, '');

/** How many letters are missing, too many, wrong, or exchanged with their neighbour. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [above, row] = [rows[i - 1], [i]];
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, change);
      const is_exchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (is_exchange) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

/** The known name that a wrong one is a slip of the keyboard away from: one letter, in long names one of three. */
export function nearestSpelling(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1); // no letter kept is no likeness
  for (const k of known) {
    const d = distance(name.toLowerCase(), k.toLowerCase());
    if (d < least) {
      least = d;
      best = k;
    }
  }
  return best;
}

/**
 * For "Did you mean": the shortest name that a wrong one begins, `sumto` for `sum_to_target`; else the shortest that holds it,
 * `gpu` for `webgpu`; else the nearest spelling.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const start = bare(name);
  const shortest = (names: string[]) => names.sort((a, b) => a.length - b.length)[0];
  const begun = start.length < LEAST_PREFIX ? [] : known.filter((k) => bare(k).startsWith(start));
  const holding = start.length < LEAST_INSIDE ? [] : known.filter((k) => bare(k).includes(start));
  return shortest(begun) ?? shortest(holding) ?? nearestSpelling(name, known);
}

/** `Unknown <kind> 'x'. Did you mean 'y'? Known: …` */
export function unknownName(kind: string, name: string, known: string[]): string {
  const near = nearest(name, known);
  const hint = near ? ` Did you mean '${near}'?` : '';
  return `Unknown ${kind} '${name}'.${hint} Known: ${[...known].sort().join(', ')}.`;
}
