import { useEffect } from 'react';
import { useStore } from 'zustand';
import { complainSweep, sweepOf } from '../../state/sweepStore.ts';
import { useLab, useRun, useSetup, useView } from '../lab.tsx';
import { SweepForm } from './SweepForm.tsx';
import { SweepView } from './SweepView.tsx';
import './sweep.css';

/** One knob over the replicas of a run, or two over a grid of them. */
export default function SweepPanel() {
  const lab = useLab();
  const store = sweepOf(lab, window);
  const { plan, rows, is_going, problem } = useStore(store);
  const knobs = useRun((state) => state.info?.hyper);
  const values = useSetup((state) => state.config.hyper);
  const swept = useView((state) => state.swept);
  useSetup((state) => state.config); // which may make a sweep possible, or not
  const refusal = complainSweep(lab);
  const has_run = knobs !== undefined;
  useEffect(() => {
    if (has_run) void store.getState().resume();
  }, [store, has_run]);
  if (!knobs) return <p className="muted">A sweep can begin when the run is built.</p>;
  const first = knobs.find(({ name }) => name === swept)?.name ?? knobs[0].name;
  return (
    <div className="sweep" data-testid="sweep">
      {problem && (
        <p className="sweep-problem" role="status">
          {problem}
        </p>
      )}
      {plan && (
        <section aria-label="The sweep">
          <SweepView plan={plan} rows={rows} />
          <p className="sweep-end">
            {is_going && (
              <button type="button" onClick={() => void store.getState().end()}>
                End the sweep
              </button>
            )}
            <span className="muted">
              A reset or a new seed keeps the sweep, moving a swept slider ends it.
              {is_going && ' The address of the page holds it.'}
            </span>
          </p>
        </section>
      )}
      {refusal ? (
        <p>{refusal}</p>
      ) : (
        <details className="sweep-setup" open={!is_going} key={is_going ? 'going' : 'none'}>
          <summary>{is_going ? 'Another sweep' : 'What to sweep'}</summary>
          <SweepForm
            key={`${first} ${swept}`}
            knobs={knobs}
            values={values}
            first={first}
            onBegin={(wanted) => void store.getState().begin(wanted)}
          />
        </details>
      )}
    </div>
  );
}
