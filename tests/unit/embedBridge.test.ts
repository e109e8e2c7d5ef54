/** The run's side of an embed: what the page around asks becomes calls of the session, in order, and what happens is told. */
import { describe, expect, test, vi } from 'vitest';
import type { EmbedState } from '../../src/embed/api.ts';
import type { Report } from '../../src/embed/protocol.ts';
import { DEFAULT_SETUP } from '../../src/state/defaultSetup.ts';
import { makeEmbedBridge } from '../../src/state/embedBridge.ts';
import { registries } from '../../src/state/registries.ts';
import { writeLink } from '../../src/state/urlState.ts';
import type { RunConfig, RunInfo, RunPhase } from '../../src/trainer/protocol.ts';
import { labWith } from './lib/fakeTrainer.ts';
import { batchOf, info } from './lib/rows.ts';

describe('the run and the page around', () => {
  async function bridged(change = {}) {
    const { lab, trainer } = labWith(change);
    const told: Report[] = [];
    const setTheme = vi.fn();
    const bridge = makeEmbedBridge(lab, (report) => told.push(report), setTheme);
    await bridge.begin();
    tellPhase(trainer, 'paused');
    trainer.asked.length = 0;
    return { lab, trainer, told, bridge, setTheme };
  }
  const tellPhase = (trainer: ReturnType<typeof labWith>['trainer'], phase: RunPhase) =>
    trainer.events().status({ phase, step: 0, steps_per_second: 0, message: '', progress: 0 });

  /** A run that warms up until `finish` is called. */
  async function warming() {
    let finish = (_info: RunInfo) => {};
    const { lab, trainer } = labWith({
      open: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    const told: Report[] = [];
    const setTheme = vi.fn();
    const bridge = makeEmbedBridge(lab, (report) => told.push(report), setTheme);
    const begun = bridge.begin();
    await vi.waitFor(() => expect(trainer.asked).toContain('open'));
    tellPhase(trainer, 'warming_up');
    trainer.asked.length = 0;
    const ready = async () => {
      tellPhase(trainer, 'paused');
      finish(info());
      await begun;
    };
    return { trainer, told, bridge, setTheme, ready };
  }

  test('a pause during a warm-up is answered at once, and the run does not start when it is ready', async () => {
    const { trainer, told, bridge, ready } = await warming();
    await bridge.obey({ type: 'pause', id: 1 });
    expect(told).toEqual([
      { type: 'state', id: 1, state: expect.objectContaining({ phase: 'warming_up', is_playing: false }) },
    ]);
    await ready();
    expect(trainer.asked).not.toContain('start');
    expect(bridge.state()).toMatchObject({ phase: 'paused', is_playing: false });
  });

  test('play, reset and get are answered during a warm-up too, and ask the trainer for nothing', async () => {
    const { trainer, told, bridge, ready } = await warming();
    await bridge.obey({ type: 'pause' });
    for (const [id, type] of (['play', 'reset', 'get'] as const).entries()) await bridge.obey({ type, id });
    expect(told.map((report) => ('id' in report ? report.id : undefined))).toEqual([0, 1, 2]);
    expect(trainer.asked).toEqual([]);
    await ready();
    expect(trainer.asked.filter((call) => call !== 'sample')).toEqual(['start']);
  });

  test('out of sight during a warm-up it does not start, and goes on in sight', async () => {
    const { trainer, bridge, ready } = await warming();
    bridge.setSeen(false);
    await ready();
    expect(trainer.asked).not.toContain('start');
    expect(bridge.state().is_playing).toBe(true);
    bridge.setSeen(true);
    await vi.waitFor(() => expect(trainer.asked).toContain('start'));
  });

  test('a step waits for the warm-up, and so does what comes after it', async () => {
    const { trainer, told, bridge, setTheme, ready } = await warming();
    const steps = bridge.obey({ type: 'step', id: 1 });
    const plays = bridge.obey({ type: 'play', id: 2 });
    await bridge.obey({ type: 'theme', theme: 'dark' });
    expect(setTheme).toHaveBeenCalledWith('dark'); // which has nothing to do with the run
    expect(told).toEqual([]);
    await ready();
    await Promise.all([steps, plays]);
    expect(trainer.asked.filter((call) => ['step', 'start'].includes(call)).slice(-2)).toEqual(['step', 'start']);
    expect(bridge.state().is_playing).toBe(true);
  });

  test('who pauses a warm-up and gives it up finds the default run paused', async () => {
    let refuse = (_why: Error) => {};
    const opened: RunConfig[] = [];
    const { lab, trainer } = labWith({
      open: (config) => {
        opened.push(config);
        return opened.length === 1
          ? new Promise((_, reject) => {
              refuse = reject;
            })
          : Promise.resolve(info({ config }));
      },
    });
    const bridge = makeEmbedBridge(lab, () => {}, vi.fn());
    const begun = bridge.begin();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    tellPhase(trainer, 'warming_up');
    await bridge.obey({ type: 'pause' });
    tellPhase(trainer, 'failed');
    refuse(Object.assign(new Error('Opening the run was cancelled.'), { name: 'Cancelled' }));
    await begun;
    expect(opened[1]).toEqual(DEFAULT_SETUP.config);
    expect(lab.run.getState()).toMatchObject({
      is_wanted: false,
      problem: 'The default run was opened instead.',
    });
    expect(trainer.asked).not.toContain('start');
  });

  test('commands become calls, and are answered with the state', async () => {
    const { trainer, told, bridge, setTheme } = await bridged();
    await bridge.obey({ type: 'pause', id: 1 });
    expect(trainer.asked).toContain('pause');
    expect(told.at(-1)).toMatchObject({ type: 'state', id: 1, state: { is_playing: false, setup: '?v=1&speed=0' } });
    await bridge.obey({ type: 'play', id: 2 });
    await bridge.obey({ type: 'play', id: 3 });
    expect(trainer.asked.filter((call) => call === 'start')).toHaveLength(1);
    await bridge.obey({ type: 'reset' });
    await bridge.obey({ type: 'step' });
    expect(trainer.asked).toEqual(expect.arrayContaining(['reset', 'step']));
    await bridge.obey({ type: 'theme', theme: 'dark' });
    expect(setTheme).toHaveBeenCalledWith('dark');
  });

  test('out of sight it pauses, and goes on in sight only where it was playing', async () => {
    const { trainer, bridge, lab } = await bridged();
    bridge.setSeen(false);
    expect(lab.run.getState().is_wanted).toBe(false);
    expect(bridge.state().is_playing).toBe(true);
    bridge.setSeen(true);
    expect(lab.run.getState().is_wanted).toBe(true);
    await bridge.obey({ type: 'pause' });
    bridge.setSeen(false);
    bridge.setSeen(true);
    expect(lab.run.getState().is_wanted).toBe(false);
    bridge.setSeen(false);
    trainer.asked.length = 0;
    await bridge.obey({ type: 'play' }); // is kept in mind
    expect(trainer.asked).not.toContain('start');
    bridge.setSeen(true);
    await vi.waitFor(() => expect(trainer.asked).toContain('start'));
  });

  test('settings are set by the names of links', async () => {
    const { lab, trainer, told, bridge } = await bridged();
    await bridge.obey({ type: 'set', name: 'set.learning_rate', value: 0.05, id: 1 });
    await bridge.obey({ type: 'set', name: 'algorithm', value: 'rloo', id: 2 });
    await bridge.obey({ type: 'set', name: 'seed', value: 9, id: 3 });
    await bridge.obey({ type: 'set', name: 'part.weighting', value: 'constant', id: 4 });
    expect(told.filter(({ type }) => type === 'error')).toEqual([]);
    expect(trainer.asked.filter((call) => ['setHyper', 'swap', 'open'].includes(call))).toEqual([
      'setHyper',
      'swap',
      'open',
      'swap',
    ]);
    expect(writeLink(registries, DEFAULT_SETUP, lab.setup.getState())).toBe(
      (told.at(-1) as { state: EmbedState }).state.setup,
    );
    expect((told.at(-1) as { state: EmbedState }).state.setup).toContain('algorithm=rloo&seed=9');
  });

  test.each([
    ['learning_rate', 1, "'learning_rate' is no setting"],
    ['set.learning_rate', 99, "'set.learning_rate' is 99; wanted from"],
    ['set.nothing', 1, "Unknown setting 'set.nothing'."],
    ['algorithm', 'grpoo', "Unknown algorithm 'grpoo'. Did you mean 'grpo'?"],
    ['v', 2, "'v' is no setting"],
  ])('%s %s is refused with one sentence, and nothing is asked', async (name, value, sentence) => {
    const { trainer, told, bridge } = await bridged();
    await bridge.obey({ type: 'set', name, value, id: 5 });
    expect(told).toEqual([{ type: 'error', id: 5, message: expect.stringContaining(sentence) }]);
    expect(trainer.asked).toEqual([]);
  });

  test('what the trainer refuses is told once', async () => {
    const { told, bridge } = await bridged({
      setHyper: async () => {
        throw new Error('The device is gone.');
      },
    });
    await bridge.obey({ type: 'set', name: 'set.learning_rate', value: 0.05, id: 6 });
    expect(told).toEqual([{ type: 'error', id: 6, message: 'The device is gone.' }]);
  });

  test('steps are told at most ten times a second, edits at once', async () => {
    vi.useFakeTimers();
    try {
      const { lab, told, trainer } = await bridged();
      told.length = 0;
      for (let step = 0; step < 30; step++) {
        trainer.events().rows(batchOf([step], 1, 1, () => step));
        await vi.advanceTimersByTimeAsync(10);
      }
      const steps = told.filter(({ type }) => type === 'step');
      expect(steps.length).toBeGreaterThanOrEqual(2);
      expect(steps.length).toBeLessThanOrEqual(4);
      expect(steps.at(-1)).toMatchObject({ metrics: { reward_mean: expect.any(Number) } });
      lab.run.getState().addEdit({ step: 4, text: 'clip_low 0.2 → 0.3' });
      expect(told.at(-1)).toEqual({ type: 'edit', step: 4, text: 'clip_low 0.2 → 0.3' });
    } finally {
      vi.useRealTimers();
    }
  });
});
