import type { FileJob } from '../../state/runStore.ts';
import { useIsLong } from '../LateProgress.tsx';
import { useLab, useRun, useSetup } from '../lab.tsx';

const SHOWN = 4;

/** A file that is being opened or written, and a way out. */
function FileNotice({ what, doing, job }: { what: 'opening' | 'saving'; doing: string; job: FileJob | undefined }) {
  const is_long = useIsLong(job);
  if (!job || !is_long) return null;
  return (
    <div className="notice" role="status" data-testid={what}>
      <p>
        {doing} {job.name} <progress aria-label={`${doing} ${job.name}`} />
      </p>
      <button type="button" onClick={job.cancel}>
        Cancel
      </button>
    </div>
  );
}

/** Files on their way, at the lower edge of the window: nothing moves when they come. */
function FileNotices() {
  const opening = useRun((state) => state.opening);
  const saving = useRun((state) => state.saving);
  return (
    <div className="file-notices">
      <FileNotice what="opening" doing="Opening" job={opening} />
      <FileNotice what="saving" doing="Writing" job={saving} />
    </div>
  );
}

/** What the reader should know: a file on its way, a link that did not fit, a request that was refused, a trainer that stopped. */
export function Notices() {
  const { session, run, setup } = useLab();
  const complaints = useSetup((state) => state.complaints);
  const problem = useRun((state) => state.problem);
  const is_stopped = useRun((state) => state.is_broken || state.status.phase === 'failed');
  const reason = useRun((state) => state.problem || (state.status.phase === 'failed' ? state.status.message : ''));
  return (
    <div className="notices">
      <FileNotices />
      {complaints.length > 0 && (
        <div className="notice" role="status" data-testid="complaints">
          <div>
            <p>The link asked for something this page does not have:</p>
            <ul>
              {complaints.slice(0, SHOWN).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            {complaints.length > SHOWN && <p>And {complaints.length - SHOWN} more.</p>}
          </div>
          <button type="button" onClick={() => setup.getState().dismiss()}>
            Dismiss
          </button>
        </div>
      )}
      {(problem !== '' || is_stopped) && (
        <div className="notice is-problem" role="alert" data-testid="problem">
          <p>{reason || 'The run stopped.'}</p>
          {is_stopped ? (
            <button type="button" className="primary" onClick={() => void session.restart()}>
              Restart
            </button>
          ) : (
            <button type="button" onClick={() => run.getState().setProblem('')}>
              Dismiss
            </button>
          )}
        </div>
      )}
    </div>
  );
}
