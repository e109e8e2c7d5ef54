import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, plural } from '../../state/format.ts';
import { hardestPushed, placeIn, STAGES, stagesOf, type TokenPlace } from '../../state/insideUpdate.ts';
import type { RunConfig, SampleGroup } from '../../trainer/protocol.ts';
import { useLab, useRun, useSetup, useView } from '../lab.tsx';
import { GroupTable } from './GroupTable.tsx';
import { StageCard } from './StageCard.tsx';
import '../about/about.css';
import './inside.css';

const PLAY_MS = 4000; // a stage is read in about so long

/** A group as it was when the reader looked, with the configuration that made it. */
interface Look {
  sample: SampleGroup;
  config: RunConfig;
  /** of the rows that were there then: rows of another generation are another run's */
  generation: number;
}

/** Fetches a close look when the panel opens and whenever it is asked for; a look that has arrived stays as it is. */
function useLook() {
  const { run, session, setup } = useLab();
  const [look, setLook] = useState<Look>();
  const take = useCallback(async () => {
    const { config } = setup.getState();
    const { generation } = run.getState().metrics;
    const sample = await session.lookClosely();
    if (sample) setLook(sample.responses.length > 0 ? { sample, config, generation } : undefined);
  }, [run, session, setup]);
  const has_stepped = useRun((state) => state.info !== undefined && state.status.step > 0);
  useEffect(() => {
    if (has_stepped) void take();
  }, [has_stepped, take]);
  return { look, take };
}

/** Which group is looked at, and a way to a newer one. */
function LookPicker({ look, take }: { look: Look | undefined; take(): Promise<void> }) {
  const { session, view } = useLab();
  const is_broken = useRun((state) => state.is_broken);
  const replica = useView((state) => state.replica);
  const num_prompts = look?.sample.num_prompts ?? 1;
  const index = look?.sample.prompt_index ?? 0;
  const turn = (by: number) => {
    view.getState().lookAt((view.getState().prompt_index + by + num_prompts) % num_prompts, replica); // not of the last answer
    void take();
  };
  const step = async () => {
    await session.step();
    await take();
  };
  return (
    <div className="inside-picker">
      <button type="button" className="primary" onClick={() => void step()} disabled={is_broken}>
        Do one step and look
      </button>
      {look && (
        <>
          <span className="inside-where" role="status">
            step <b>{formatCount(look.sample.step)}</b>, prompt{' '}
            <b>
              {index + 1} of {num_prompts}
            </b>
            : <code>{look.sample.prompt}</code>
          </span>
          <span className="inside-turn">
            <button type="button" onClick={() => turn(-1)} disabled={num_prompts < 2}>
              Previous prompt
            </button>
            <button type="button" onClick={() => turn(1)} disabled={num_prompts < 2}>
              Next prompt
            </button>
          </span>
        </>
      )}
    </div>
  );
}

/** A slow-motion walk through the step just done, for one token of one group. */
export default function InsidePanel() {
  const { catalogue } = useLab();
  const { look, take } = useLook();
  const algorithm = useSetup((state) => state.config.algorithm);
  const generation = useRun((state) => state.metrics.generation);
  const [stage, setStage] = useState(0);
  const [chosen, setChosen] = useState<TokenPlace>();
  const [is_playing, setPlaying] = useState(false);
  const steps = useRef<HTMLOListElement>(null);
  const sample = look?.sample;
  const place = useMemo(() => {
    if (!sample) return { response: 0, token: 0 };
    return chosen ? placeIn(sample, chosen) : hardestPushed(sample);
  }, [sample, chosen]);
  const stages = useMemo(
    () => (look ? stagesOf(catalogue, look.config, look.sample, place) : []),
    [catalogue, look, place],
  );
  const last = STAGES.length - 1;

  useEffect(() => {
    if (!is_playing) return;
    const timer = setTimeout(() => {
      if (stage < last) setStage(stage + 1);
      else setPlaying(false);
    }, PLAY_MS);
    return () => clearTimeout(timer);
  }, [is_playing, stage, last]);

  const go = (to: number) => {
    setPlaying(false);
    setStage(Math.min(last, Math.max(0, to)));
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (event.target.closest('table, select, input')) return;
    const move = {
      ArrowLeft: () => go(stage - 1),
      ArrowRight: () => go(stage + 1),
      Home: () => go(0),
      End: () => go(last),
    }[event.key];
    if (!move) return;
    event.preventDefault();
    move();
    if (steps.current?.contains(event.target)) {
      const to = { ArrowLeft: stage - 1, ArrowRight: stage + 1, Home: 0, End: last }[event.key] ?? stage;
      steps.current.querySelectorAll('button')[Math.min(last, Math.max(0, to))]?.focus();
    }
  };
  const play = () => {
    if (!is_playing && stage === last) setStage(0);
    setPlaying(!is_playing);
  };
  const now = stages[stage];
  const is_other = look !== undefined && (look.config.algorithm !== algorithm || look.generation !== generation);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut for the buttons inside
    <div className="inside" data-testid="inside" onKeyDown={press}>
      <p className="inside-intro">
        The step just done, in slow motion: how one token of one response ends up likelier or less likely. Choose a
        token in the table and go through the stages, by the buttons or with <kbd>←</kbd> <kbd>→</kbd>.
      </p>
      <LookPicker look={look} take={take} />
      {is_other && (
        <p className="muted">
          This step was done before the run or its algorithm was changed. Do another to see the new one.
        </p>
      )}
      {look && now ? (
        <>
          <ol className="inside-stages" ref={steps} aria-label="Stages of the update">
            {stages.map(({ id, title }, index) => (
              <li key={id}>
                <button
                  type="button"
                  className={
                    index === stage ? 'inside-stage is-now' : index < stage ? 'inside-stage is-past' : 'inside-stage'
                  }
                  aria-current={index === stage ? 'step' : undefined}
                  onClick={() => go(index)}
                >
                  <span className="inside-number">{index + 1}</span> {title}
                </button>
              </li>
            ))}
          </ol>
          <div className="inside-turns">
            <button type="button" onClick={() => go(stage - 1)} disabled={stage === 0}>
              Back
            </button>
            <button type="button" onClick={() => go(stage + 1)} disabled={stage === last}>
              Forward
            </button>
            <button type="button" onClick={play}>
              {is_playing ? 'Pause the walk' : 'Play the walk'}
            </button>
            <span className="muted">
              stage {stage + 1} of {plural(stages.length, 'stage')}
            </span>
          </div>
          <div className="inside-pair">
            <StageCard stage={now} sample={look.sample} place={place} />
            <GroupTable sample={look.sample} place={place} stage={now.id} onChoose={setChosen} />
          </div>
        </>
      ) : (
        <p className="muted">No step has been done yet. Do one, and it is taken apart here.</p>
      )}
    </div>
  );
}
