import { lazy, useEffect, useRef } from 'react';
import { replicasOf } from '../../state/catalogue.ts';
import { formatCount } from '../../state/format.ts';
import { isFollowed } from '../../state/sampleHistory.ts';
import { Loaded } from '../Loaded.tsx';
import { useLab, useRun, useSetup, useView } from '../lab.tsx';
import { Panel } from '../Panel.tsx';
import { useShownSample } from './useShownSample.ts';
import './samples.css';

// Responses are below the charts: they may arrive after the controls work.
const SampleBody = lazy(() => import('./SampleBody.tsx'));

/** Which prompt and which replica is looked at. */
function SamplePicker() {
  const { catalogue, session, view } = useLab();
  const prompt_index = useView((state) => state.prompt_index);
  const replica = useView((state) => state.replica);
  const num_prompts = useRun((state) => state.sample?.num_prompts ?? 1);
  const num_replicas = useSetup((state) => replicasOf(catalogue, state.config));
  const look = (prompt: number, at: number) => {
    view.getState().lookAt(prompt, at);
    void session.look();
  };
  const sample = useRun((state) => state.sample);
  const chosen = useView((state) => state.is_following);
  const is_following = sample ? isFollowed(chosen, sample) : (chosen ?? false);
  const follow = (is_on: boolean) => {
    view.getState().setFollowing(is_on);
    void session.look();
  };
  const turn = (by: number) => look((prompt_index + by + num_prompts) % num_prompts, replica);
  return (
    <div className="sample-picker">
      <button type="button" onClick={() => turn(-1)} disabled={num_prompts < 2}>
        Previous
      </button>
      <label className="inline-field">
        Prompt
        <select value={prompt_index} onChange={(event) => look(Number(event.target.value), replica)}>
          {Array.from({ length: Math.max(num_prompts, prompt_index + 1) }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is what is chosen
            <option key={index} value={index}>
              {index + 1} of {num_prompts}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => turn(1)} disabled={num_prompts < 2}>
        Next
      </button>
      <label className="inline-field">
        <input type="checkbox" checked={is_following} onChange={(event) => follow(event.target.checked)} />
        Follow it through the steps
      </label>
      {num_replicas > 1 && (
        <label className="inline-field">
          Replica
          <select value={replica} onChange={(event) => look(prompt_index, Number(event.target.value))}>
            {Array.from({ length: num_replicas }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is what is chosen
              <option key={index} value={index}>
                {index + 1} of {num_replicas}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

/** What the section holds while it is open; samples are fetched only while it is on the screen. */
function Samples() {
  const { session, view } = useLab();
  const latest = useRun((state) => state.sample);
  const sample = useShownSample();
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = body.current;
    if (!element) return;
    const observer = new IntersectionObserver((entries) => {
      const is_seen = entries.some((entry) => entry.isIntersecting);
      view.getState().setSampleSeen(is_seen);
      if (is_seen) void session.look();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      view.getState().setSampleSeen(false);
    };
  }, [session, view]);
  return (
    <div ref={body} className="samples" data-testid="samples">
      <SamplePicker />
      {sample ? (
        <>
          <p className="sample-prompt">
            <span className="muted">Prompt</span> {sample.prompt}
          </p>
          <Loaded what="the responses">
            <SampleBody latest={latest ?? sample} sample={sample} />
          </Loaded>
        </>
      ) : (
        <p className="muted">They appear after the first step.</p>
      )}
    </div>
  );
}

/** One prompt of the last step with the whole group of its responses. */
export function SamplePanel() {
  const sample = useShownSample();
  return (
    <Panel id="samples" title="Responses" note={sample && `of step ${formatCount(sample.step)}`}>
      <Samples />
    </Panel>
  );
}
