import type { Verdict } from '../../experiments/lib/statistics.ts';
import { VERDICT_DOCS, VERDICT_TITLES } from '../../state/results.ts';

const SIGNS: Record<Verdict, string> = { holds: '✓', opposite: '✗', undecided: '?' };

/** A verdict as a word with a sign; colour only repeats it. */
export function VerdictWord({ verdict }: { verdict: Verdict }) {
  return (
    <span className={`verdict is-${verdict}`} title={VERDICT_DOCS[verdict]}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {VERDICT_TITLES[verdict]}
    </span>
  );
}
