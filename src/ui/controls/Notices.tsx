import { useLab, useRun, useSetup } from '../lab.tsx';

const SHOWN = 4;

/** What the reader should know: a link that did not fit, a request that was refused, a trainer that stopped. */
export function Notices() {
  const { session, run, setup } = useLab();
  const complaints = useSetup((state) => state.complaints);
  const problem = useRun((state) => state.problem);
  const is_stopped = useRun((state) => state.is_broken || state.status.phase === 'failed');
  const reason = useRun((state) => state.problem || (state.status.phase === 'failed' ? state.status.message : ''));
  return (
    <div className="notices">
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
