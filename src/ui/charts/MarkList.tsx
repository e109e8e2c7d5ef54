import { formatCount } from '../../state/format.ts';
import { useRun } from '../lab.tsx';

const SHOWN = 8;

/** The changes that the charts mark, the newest first. */
export function MarkList() {
  const marks = useRun((state) => state.marks);
  if (marks.length === 0) return null;
  return (
    <div className="marks" data-testid="marks">
      <h3>Changes while running</h3>
      <ol>
        {marks
          .slice(-SHOWN)
          .reverse()
          .map((mark) => (
            <li key={mark.number} value={mark.number}>
              <span className="mark-number">{mark.number}</span> step {formatCount(mark.step)}: {mark.text}
            </li>
          ))}
      </ol>
      {marks.length > SHOWN && <p className="muted">And {marks.length - SHOWN} earlier.</p>}
    </div>
  );
}
