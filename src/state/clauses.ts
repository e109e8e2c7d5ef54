/** The clauses of a formula, which stand beside each other where there is room and else below each other. */

const OPENS_OR_CLOSES: Record<string, number> = { '{': 1, '}': -1 };

/** What `\quad` and `\qquad` keep apart in LaTeX, outside every brace. */
export function clausesOf(tex: string): string[] {
  const clauses = [''];
  let depth = 0;
  for (const token of tex.match(/\\[a-zA-Z]+|\\?./gs) ?? []) {
    depth += OPENS_OR_CLOSES[token] ?? 0;
    if (depth === 0 && /^\\q?quad$/.test(token)) clauses.push('');
    else clauses[clauses.length - 1] += token;
  }
  return clauses.map((clause) => clause.trim());
}
