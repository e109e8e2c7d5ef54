/** The page's session: what the stores do with what the worker says, and what the worker is asked. */
import { describe, expect, test, vi } from 'vitest';
import { registries } from '../../src/state/registries.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import { phaseOf } from '../../src/state/summary.ts';
import type { RunConfig, SampleGroup } from '../../src/trainer/protocol.ts';
import { labWith } from './lib/fakeTrainer.ts';
import { batchOf, info, range } from './lib/rows.ts';

describe('run store', () => {
  test('a drag is one mark, at its first step, and keeps what every step saw', () => {
    let time = 0;
    const store = makeRunStore(() => time);
    const edit = (step: number, text: string, wait: number) => {
      time += wait;
      store.getState().addEdit({ step, text });
    };
    edit(10, 'clip low 0.2 → 0.3', 0);
    edit(10, 'clip low 0.3 → 0.4', 200);
    edit(12, 'clip low 0.4 → 0.5', 200);
    edit(12, 'clip low 0.5 → 0.6', 200);
    edit(13, 'clip high 0.2 → 0.3', 200);
    edit(14, 'clip high 0.3 → 0.2', 5000);
    edit(14, 'clip high 0.2 → 0.1', 100);
    expect(store.getState().marks).toEqual([
      {
        number: 1,
        step: 10,
        text: 'clip low 0.2 → 0.6, in 2 moves until step 12',
        edits: [
          { step: 10, text: 'clip low 0.2 → 0.4' },
          { step: 12, text: 'clip low 0.4 → 0.6' },
        ],
      },
      { number: 2, step: 13, text: 'clip high 0.2 → 0.3', edits: [{ step: 13, text: 'clip high 0.2 → 0.3' }] },
      { number: 3, step: 14, text: 'clip high 0.3 → 0.1', edits: [{ step: 14, text: 'clip high 0.3 → 0.1' }] },
    ]);
  });

  test('a new run empties rows and marks, a change of the same run keeps them', () => {
    const store = makeRunStore();
    const { setInfo, addRows, addEdit } = store.getState();
    setInfo(info(), true);
    addRows(batchOf([0, 1], 1, 1, () => 1));
    addEdit({ step: 1, text: 'x' });
    setInfo(info({ metrics: [...info().metrics, { id: 'b', label: '', unit: '', doc: '' }] }), false);
    addRows(batchOf([2], 1, 1, () => 1)); // of before the change: has too few metrics
    expect(store.getState().metrics.num_rows).toBe(2);
    addRows(batchOf([2], 1, 2, () => 1));
    expect(store.getState().metrics.num_rows).toBe(3);
    expect(store.getState().marks).toHaveLength(1);
    setInfo(info(), true);
    expect(store.getState().metrics.num_rows).toBe(0);
    expect(store.getState().marks).toEqual([]);
  });

  test('rows of the run before, which arrive behind the answer to a reset, are not taken for those of the new run', () => {
    const run = makeRunStore();
    run.getState().setInfo(info(), true);
    run.getState().addRows(batchOf([0, 1], 1, 1, () => 1));
    run.getState().setInfo(info(), true);
    run.getState().addRows(batchOf([2, 3, 4], 1, 1, () => 1));
    expect(run.getState().metrics.num_rows).toBe(0);
    run.getState().addRows(batchOf([0], 1, 1, () => 1));
    run.getState().addRows(batchOf([1, 2], 1, 1, () => 1));
    expect([...run.getState().metrics.steps.slice(0, 3)]).toEqual([0, 1, 2]);
  });

  test('steps that begin again belong to a run that began again', () => {
    const store = makeRunStore();
    store.getState().setInfo(info(), true);
    store.getState().addRows(batchOf(range(0, 50), 1, 1, () => 1));
    store.getState().addRows(batchOf([0, 1], 1, 1, () => 0));
    expect(store.getState().metrics.num_rows).toBe(2);
  });
});

describe('session', () => {
  test('begins by itself, and the default speed limit is told first', async () => {
    const { lab, trainer } = labWith({}, '');
    await lab.session.begin();
    expect(trainer.asked).toEqual(['listen', 'setSpeed', 'open', 'start']);
    expect(lab.run.getState().info).toBeDefined();
  });

  test('reset and a new seed keep a paused run paused', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    await lab.session.toggle();
    trainer.asked.length = 0;
    await lab.session.reset();
    await lab.session.open({ seed: 5 });
    expect(trainer.asked.filter((call) => call === 'start')).toEqual([]);
    expect(lab.setup.getState().config.seed).toBe(5);
    await lab.session.toggle();
    expect(trainer.asked).toContain('start');
  });

  test('a step pauses and shows the sample', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    await lab.session.step();
    expect(trainer.asked.slice(-2)).toEqual(['step', 'sample']);
    expect(lab.run.getState().is_wanted).toBe(false);
  });

  test('a swap keeps the rows, an algorithm that cannot keep the weights begins again and says so', async () => {
    const { lab } = labWith();
    await lab.session.begin();
    lab.run.getState().addRows(batchOf([0, 1], 1, 1, () => 1));
    await lab.session.swapPart('advantage', registries.partsOf('advantage').at(-1)!.id);
    expect(lab.run.getState().metrics.num_rows).toBe(2);
    const refusing = labWith({ swap: () => Promise.reject(new Error('The weights do not fit.')) });
    await refusing.lab.session.begin();
    await refusing.lab.session.swapAlgorithm('rloo');
    expect(refusing.lab.setup.getState().config.algorithm).toBe('rloo');
    expect(refusing.lab.run.getState().problem).toContain('The weights do not fit.');
  });

  test('a sample that is asked for while another is fetched is fetched after it', async () => {
    const answers: (() => void)[] = [];
    let step = 3;
    const { lab } = labWith({
      sample: async (): Promise<SampleGroup> => {
        const sample = {
          step,
          replica: 0,
          prompt_index: 0,
          num_prompts: 1,
          prompt: '',
          prompt_id: 0,
          num_task_prompts: 9,
        };
        await new Promise<void>((resolve) => answers.push(resolve));
        return { ...sample, responses: [] };
      },
    });
    await lab.session.begin();
    const look = lab.session.look();
    step = 7;
    const pause = lab.session.toggle();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    answers[0]();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]();
    await Promise.all([look, pause]);
    expect(lab.run.getState().sample?.step).toBe(7);
  });

  test('what is exchanged or saved while the run is paused leaves the sample as it is', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    await lab.session.toggle();
    trainer.asked.length = 0;
    await lab.session.swapPart('advantage', registries.partsOf('advantage').at(-1)!.id);
    await lab.session.checkpoint();
    expect(trainer.asked).toEqual(['swap', 'checkpoint']);
    await lab.session.reset();
    expect(trainer.asked.slice(2)).toEqual(['reset', 'sample']);
  });

  test('a run that cannot be opened gives a sentence and the former run', async () => {
    const opened: RunConfig[] = [];
    const { lab, trainer } = labWith({
      open: async (config) => {
        opened.push(config);
        if (config.seed === 13) {
          trainer.events().status({ phase: 'failed', step: 0, steps_per_second: 0, message: 'No.', progress: 0 });
          throw new Error('Seed 13 is refused.');
        }
        return info({ config });
      },
    });
    await lab.session.begin();
    await lab.session.open({ seed: 13 });
    expect(opened.map((config) => config.seed)).toEqual([1, 13, 1]);
    expect(lab.setup.getState().config.seed).toBe(1);
    expect(lab.run.getState().problem).toContain('Seed 13 is refused.');
    expect(lab.run.getState().is_wanted).toBe(true);
  });

  test('a slider that is moved while a run is built counts, and a refused value is taken back', async () => {
    const { lab } = labWith({
      swap: async ({ algorithm }) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return info({ config: { ...info().config, algorithm: algorithm! } });
      },
      setHyper: async (name, value) => {
        await new Promise((resolve) => setTimeout(resolve, 10)); // behind the exchange, as the worker's queue has it
        if (value > 1) throw new Error('learning_rate is at most 1.');
        return info({ config: { ...info().config, algorithm: 'dr_grpo', hyper: { [name]: value } } });
      },
    });
    await lab.session.begin();
    await Promise.all([lab.session.swapAlgorithm('dr_grpo'), lab.session.setHyper('learning_rate', 0.5)]);
    expect(lab.setup.getState().config).toMatchObject({ algorithm: 'dr_grpo', hyper: { learning_rate: 0.5 } });
    await lab.session.setHyper('learning_rate', 7);
    expect(lab.setup.getState().config.hyper).toEqual({ learning_rate: 0.5 });
    expect(lab.run.getState().problem).toContain('at most 1');
  });

  test('an algorithm that cannot begin either leaves one sentence: why', async () => {
    const { lab } = labWith({
      swap: () => Promise.reject(new Error('The weights do not fit.')),
      open: async (config) => {
        if (config.algorithm === 'rloo') throw new Error('RLOO needs two responses.');
        return info({ config });
      },
    });
    await lab.session.begin();
    await lab.session.swapAlgorithm('rloo');
    expect(lab.setup.getState().config.algorithm).toBe('grpo');
    expect(lab.run.getState().problem).toContain('RLOO needs two responses.');
  });

  test('what was asked of a worker that died is over, and rows and samples of the next one arrive', async () => {
    let is_silent = true;
    const never = new Promise<never>(() => {});
    const sampled: number[] = [];
    const { lab, trainer } = labWith({
      reset: () => (is_silent ? never : Promise.resolve(info())),
      sample: async (prompt_index) => {
        sampled.push(prompt_index);
        if (is_silent) return never;
        return {
          step: 0,
          replica: 0,
          prompt_index,
          num_prompts: 1,
          prompt_id: 0,
          num_task_prompts: 1,
          prompt: '',
          responses: [],
        };
      },
    });
    await lab.session.begin();
    const waiting = [lab.session.reset(), lab.session.look()];
    trainer.breakIt('The trainer stopped. Restart it.');
    await Promise.all(waiting);
    await lab.session.reset(); // by its key, while nobody is there
    is_silent = false;
    await lab.session.restart();
    trainer.events().rows(batchOf([0, 1], 1, 1, () => 1));
    expect(lab.run.getState().metrics.num_rows).toBe(2);
    const before = sampled.length;
    await lab.session.look();
    expect(sampled.length).toBe(before + 1);
  });

  test('a worker that dies says why, and a restart makes a new one', async () => {
    const { lab, trainer } = labWith();
    await lab.session.begin();
    trainer.breakIt('The trainer stopped: out of memory. Restart it.');
    await vi.waitFor(() => expect(lab.run.getState().is_broken).toBe(true));
    expect(phaseOf(lab.run.getState())).toBe('failed');
    expect(lab.run.getState().problem).toContain('out of memory');
    await lab.session.restart();
    expect(trainer.asked).toContain('close');
    expect(lab.run.getState().is_broken).toBe(false);
  });

  test('a file that is refused stops nothing', async () => {
    const { lab, trainer } = labWith({ restore: () => Promise.reject(new Error('This is no run file.')) });
    await lab.session.begin();
    lab.run.getState().addRows(batchOf([0, 1], 1, 1, () => 1));
    await expect(lab.session.load(new ArrayBuffer(3), () => {}, new AbortController().signal)).rejects.toThrow(
      'This is no run file.',
    );
    expect(lab.run.getState().metrics.num_rows).toBe(2);
    expect(lab.run.getState().is_wanted).toBe(true);
    expect(trainer.asked.slice(-3)).toEqual(['pause', 'restore', 'start']);
  });
});
