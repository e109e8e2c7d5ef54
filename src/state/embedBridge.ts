/** The run's side of an embed: commands of the page around become calls of the session, what happens is told back. */

import { ROLES } from '../algorithms/algorithm.ts';
import type { EmbedState } from '../embed/api.ts';
import { isSetting } from '../embed/options.ts';
import type { Command, Report } from '../embed/protocol.ts';
import type { Lab } from './lab.ts';
import { sentenceOf } from './session.ts';
import { DEFAULT_SETUP } from './setupStore.ts';
import { isGettingReady, phaseOf } from './summary.ts';
import { readExactly, writeLink } from './urlState.ts';

/** At most so often is told that steps were done. */
const TELL_EVERY_MS = 100;

/** What an embed's page does with its run. */
export interface EmbedBridge {
  /** Opens the run; what cannot be done without it waits. */
  begin(): Promise<void>;
  /** Where the run is. */
  state(): EmbedState;
  /**
   * Does what was asked and answers it, one command after another. While a run gets ready nobody waits who needs no run: it
   * is told beforehand whether to start, and begins at step 0 anyway.
   */
  obey(command: Command): Promise<void>;
  /** Only what is on the screen runs: a run that goes out of sight pauses and goes on when it comes back. */
  setSeen(is_seen: boolean): void;
  close(): void;
}

/** The newest measured value of every metric, mean over replicas. */
function latestMetrics({ run }: Pick<Lab, 'run'>): Record<string, number> {
  const { info, metrics } = run.getState();
  const out: Record<string, number> = {};
  for (const { id } of info?.metrics ?? []) {
    const mean = metrics.latest(id)?.mean;
    if (mean !== undefined && Number.isFinite(mean)) out[id] = mean;
  }
  return out;
}

/** Connects a playground with the page around it. `now` is milliseconds of any clock. */
export function makeEmbedBridge(
  lab: Lab,
  tell: (report: Report) => void,
  setTheme: (theme: 'light' | 'dark') => void,
  now: () => number = () => performance.now(),
): EmbedBridge {
  const { run, setup, session, catalogue } = lab;
  let is_seen = true;
  let is_held = false; // paused because it is out of sight
  let told_ms = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let is_setting = false; // a refusal is then the answer
  let queue = Promise.resolve();
  let steps_waiting = 0; // of the queue: whoever comes after a step finds the run as that leaves it

  const isOpening = () => {
    const phase = phaseOf(run.getState());
    return phase === 'empty' || isGettingReady(phase);
  };

  const state = (): EmbedState => ({
    setup: writeLink(catalogue, DEFAULT_SETUP, setup.getState()),
    phase: phaseOf(run.getState()),
    is_playing: is_held || run.getState().is_wanted,
    step: run.getState().status.step,
    metrics: latestMetrics(lab),
  });
  const setPlaying = async (is_playing: boolean) => {
    is_held = is_playing && !is_seen;
    const is_wanted = is_playing && is_seen;
    if (isOpening()) run.getState().setWanted(is_wanted);
    else if (run.getState().is_wanted !== is_wanted) await session.toggle();
  };
  const tellStep = () => {
    timer = undefined;
    told_ms = now();
    const { metrics } = run.getState();
    if (metrics.num_rows > 0)
      tell({ type: 'step', step: metrics.steps[metrics.num_rows - 1], metrics: latestMetrics(lab) });
  };

  const stop = run.subscribe((after, before) => {
    if (after.version !== before.version && timer === undefined)
      timer = setTimeout(tellStep, Math.max(0, told_ms + TELL_EVERY_MS - now()));
    if (after.marks !== before.marks) {
      const mark = after.marks.at(-1);
      const edit = mark?.edits.at(-1);
      if (edit && mark !== before.marks.at(-1)) tell({ type: 'edit', step: edit.step, text: edit.text });
    }
    if (after.problem !== before.problem && after.problem !== '' && !is_setting)
      tell({ type: 'error', message: after.problem });
    if (after.status.phase === 'failed' && before.status.phase !== 'failed')
      tell({ type: 'error', message: after.status.message || 'The run stopped.' });
  });

  const setupWith = (name: string, value: string) => {
    try {
      return readExactly(catalogue, setup.getState(), `?${new URLSearchParams({ [name]: value })}`);
    } catch (error) {
      throw new Error(`${sentenceOf(error)} Nothing was changed.`);
    }
  };
  /** Changes one setting by the name that a link uses; what can be changed in mid-run keeps the weights. */
  const set = async (name: string, value: string): Promise<void> => {
    if (!isSetting(name) || name === 'v')
      throw new Error(
        `'${name.slice(0, 40)}' is no setting; wanted a name that a link uses, such as set.learning_rate or algorithm.`,
      );
    const next = setupWith(name, value);
    run.getState().setProblem('');
    const [place, key] = name.split('.', 2);
    const role = ROLES.find((known) => known === key);
    if (place === 'set') await session.setHyper(key, next.config.hyper[key] ?? defaultOf(key));
    else if (place === 'part' && role) {
      const refusal = await session.swapPart(role, value);
      if (refusal !== '') throw new Error(refusal);
    } else if (name === 'algorithm') await session.swapAlgorithm(value);
    else if (name === 'speed') await session.setSpeed(next.speed);
    else if (name === 'engine') await session.setEngine(next.engine);
    else await session.open(next.config);
    const { problem } = run.getState();
    const is_done = name === 'algorithm' && setup.getState().config.algorithm === value; // perhaps from step 0 on
    if (problem !== '' && !is_done) throw new Error(problem);
  };
  const defaultOf = (key: string) => run.getState().info?.hyper.find((entry) => entry.name === key)?.knob.value ?? 0;

  const act = async (command: Command): Promise<void> => {
    switch (command.type) {
      case 'play':
        return setPlaying(true);
      case 'pause':
        return setPlaying(false);
      case 'step':
        is_held = false;
        return session.step();
      case 'reset':
        return isOpening() ? undefined : session.reset();
      case 'set':
        is_setting = true;
        try {
          return await set(command.name, String(command.value));
        } finally {
          is_setting = false;
        }
      case 'theme':
        return setTheme(command.theme);
      case 'get':
        return undefined;
    }
  };
  const answer = async (command: Command): Promise<void> => {
    const id = command.id === undefined ? {} : { id: command.id };
    try {
      await act(command);
      if (command.id !== undefined || command.type === 'get') tell({ type: 'state', state: state(), ...id });
    } catch (error) {
      tell({ type: 'error', message: sentenceOf(error), ...id });
    }
  };
  return {
    begin: () => {
      queue = session.begin();
      return queue;
    },
    state,
    obey: (command) => {
      const { type } = command;
      const needs_run = type === 'step' || type === 'set';
      if (type === 'theme' || (!needs_run && steps_waiting === 0 && isOpening())) return answer(command);
      if (type === 'step') steps_waiting++;
      queue = queue
        .then(() => answer(command))
        .then(() => {
          if (type === 'step') steps_waiting--;
        });
      return queue;
    },
    setSeen: (seen) => {
      if (seen === is_seen) return;
      is_seen = seen;
      const wants = is_held || run.getState().is_wanted;
      void setPlaying(wants);
    },
    close: () => {
      clearTimeout(timer);
      stop();
    },
  };
}
