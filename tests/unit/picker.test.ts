/** The list of algorithms, what a setup refuses, and sweeps over the replicas of a run. */

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ROLES } from '../../src/algorithms/algorithm.ts';
import type { Knob } from '../../src/engine/table.ts';
import { makeLab } from '../../src/state/lab.ts';
import { changedRoles, findPicks, pickGroups } from '../../src/state/picks.ts';
import { choicesOf, makeRefusalStore } from '../../src/state/refusals.ts';
import { registries } from '../../src/state/registries.ts';
import { makeSetupStore } from '../../src/state/setupStore.ts';
import {
  cellsOf,
  complainPlan,
  parseValues,
  planOf,
  readPlan,
  type SweepPlan,
  spacedValues,
  spreadOf,
  sweepName,
  sweptOf,
  sweptText,
  usualRange,
  writePlan,
} from '../../src/state/sweep.ts';
import {
  cellCurves,
  cellValues,
  extremes,
  ReplicaRows,
  spreadLabels,
  sweepSentence,
  windowText,
} from '../../src/state/sweepRows.ts';
import { complainSweep, sweepOf } from '../../src/state/sweepStore.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { homeOf } from '../../src/trainer/home.ts';
import type { RunConfig, RunInfo, TrainerApi, TrainerEvents } from '../../src/trainer/protocol.ts';
import { resolve } from '../../src/trainer/resolve.ts';
import { Trainer } from '../../src/trainer/trainer.ts';
import { batchOf, info, range } from './lib/rows.ts';

const knob = (change: Partial<Knob> = {}): Knob => ({
  ...{ value: 0.01, min: 1e-4, max: 1, scale: 'log', doc: 'a knob' },
  ...change,
});
const KNOBS: RunInfo['hyper'] = [
  { name: 'learning_rate', group: 'optimiser', knob: knob() },
  { name: 'clip_high', group: 'stabiliser', knob: knob({ scale: 'linear', min: 0, value: 0.2 }) },
];
const PLAN: SweepPlan = {
  axes: [
    { name: 'learning_rate', values: [0.01, 0.1] },
    { name: 'clip_high', values: [0.1, 0.2, 0.4] },
  ],
  repeats: 2,
};

describe('list of algorithms', () => {
  const groups = pickGroups(registries);

  test('every algorithm is in one group: that of its first difference from GRPO, or a yardstick', () => {
    const listed = groups.flatMap((group) => group.picks.map((pick) => pick.id));
    expect([...listed].sort()).toEqual(Object.keys(registries.algorithms).sort());
    expect(groups[0].picks.map((pick) => pick.id)).toEqual(['grpo', 'ppo', 'reinforce', 'sft']);
    for (const { id, picks } of groups) {
      if (id === 'yardsticks') continue;
      for (const pick of picks) expect(pick.roles[0] ?? 'settings', pick.id).toBe(id);
    }
    const order = groups.map((group) => group.id).filter((id) => id !== 'yardsticks' && id !== 'settings');
    expect(order).toEqual(ROLES.filter((role) => order.includes(role)));
    expect(changedRoles(registries, registries.algorithms.dr_grpo)).toEqual(['advantage', 'weighting']);
    expect(changedRoles(registries, registries.algorithms.grpo)).toEqual([]);
  });

  test('every word must be found: in id, title, summary, title of the paper, or its number', () => {
    const found = (query: string) => findPicks(groups, query).flatMap((group) => group.picks.map((pick) => pick.id));
    expect(found('')).toHaveLength(Object.keys(registries.algorithms).length);
    expect(found('dr_grpo')).toEqual(['dr_grpo']);
    expect(found('  DEEPSEEKMATH ')).toEqual(['grpo']);
    expect(found('1707.06347')).toEqual(['ppo']);
    expect(found('leave one')).toContain('rloo');
    expect(found('no such words')).toEqual([]);
  });
});

describe('homes', () => {
  const algorithms = Object.values(registries.algorithms);
  const homeConfig = (id: string): RunConfig => defaultRun(homeOf(registries.algorithms[id]));

  test.each(algorithms.map(({ id }) => id))('%s opens at home', (id) => {
    const { algorithm, task } = resolve(homeConfig(id));
    expect(algorithm.id).toBe(id);
    expect(task.id).toBe(registries.algorithms[id].home?.task ?? defaultRun().task);
  });

  test('what needs a start that knows the task has one, and no algorithm hands its home on by accident', () => {
    for (const id of ['ssrl', 'ttrl', 'rlccf'])
      expect(homeOf(registries.algorithms[id]).batch?.warm_up_steps).toBeGreaterThan(0);
    const homes = algorithms.flatMap(({ home }) => home ?? []);
    expect(new Set(homes).size).toBe(homes.length);
  });

  test('a home is handed out as a copy', () => {
    const home = homeOf(registries.algorithms.ssrl);
    home.batch!.warm_up_steps = 0;
    expect(homeOf(registries.algorithms.ssrl).batch).toEqual({ warm_up_steps: 60 });
  });
});

describe('refusals', () => {
  test('the trainer answers with the sentence with which it would refuse to open', async () => {
    const trainer = new Trainer();
    const ssrl = defaultRun({ algorithm: 'ssrl' });
    const [fine, refused] = await trainer.refusals([defaultRun(), ssrl]);
    expect(fine).toBe('');
    expect(refused).toContain('the task “Sum to target” has none');
    expect(() => resolve(ssrl)).toThrow(refused);
    expect(await trainer.refusals([{ ...ssrl, task: 'self_search' }])).toEqual(['']);
  });

  test('a setup is asked about once, and every choice is asked about', async () => {
    const asked: number[] = [];
    const setup = makeSetupStore(registries, '');
    const trainer = new Trainer();
    const store = makeRefusalStore(registries, setup, {
      refusals: async (configs) => {
        asked.push(configs.length);
        return trainer.refusals(configs);
      },
    });
    await store.getState().ask();
    const { config } = setup.getState();
    setup.getState().setConfig({ ...config, hyper: { learning_rate: 0.5 } }); // refuses nothing
    await store.getState().ask();
    expect(asked).toEqual([choicesOf(registries, config).length]);
    expect(Object.keys(store.getState().algorithms)).toEqual(['ssrl']);
    expect(store.getState().parts.source?.self_search).toContain('masks blocks of recalled text');
    expect(store.getState().parts.likelihood?.negative_aware).toMatch(/\.$/);
    setup.getState().setConfig({ ...config, task: 'self_search' });
    await store.getState().ask();
    expect(store.getState().algorithms).toEqual({});
  });

  test('a trainer that cannot be asked refuses nothing, and is asked again', async () => {
    const refusals = vi.fn(async () => undefined);
    const store = makeRefusalStore(registries, makeSetupStore(registries, ''), { refusals });
    await store.getState().ask();
    await store.getState().ask();
    expect(refusals).toHaveBeenCalledTimes(2);
    expect(store.getState().algorithms).toEqual({});
  });
});

describe('values of a sweep', () => {
  test('equal steps, equal ratios, and ratios of the distance from 1', () => {
    expect(spacedValues(knob(), 0.001, 0.1, 3, 'log')).toEqual([0.001, 0.01, 0.1]);
    expect(spacedValues(knob(), 0.4, 0.1, 4, 'linear')).toEqual([0.1, 0.2, 0.3, 0.4]);
    const near_one = knob({ scale: 'log_one_minus', min: 0, max: 0.999, value: 0.9 });
    expect(spacedValues(near_one, 0, 0.99, 3, 'log')).toEqual([0, 0.9, 0.99]);
    expect(spacedValues(knob({ scale: 'power_of_two', min: 1, max: 64 }), 1, 16, 5, 'log')).toEqual([1, 2, 4, 8, 16]);
    expect(spacedValues(knob({ scale: 'int', min: 0, max: 9 }), 0, 2, 5, 'linear')).toEqual([0, 1, 2]);
    expect(() => spacedValues(knob({ scale: 'log_zero', min: 0 }), 0, 1, 3, 'log')).toThrow(/wanted a start above 0/);
  });

  test('every knob of every algorithm has a usual range with values in its table', () => {
    for (const algorithm of Object.values(registries.algorithms)) {
      for (const { name, knob: own } of resolve({
        ...defaultRun(),
        task: 'self_search',
        algorithm: algorithm.id,
      }).hyper) {
        const { from, to, spacing, count } = usualRange(own, own.value);
        const values = spacedValues(own, from, to, count, spacing);
        expect(values.length, name).toBeGreaterThanOrEqual(2);
        expect(complainPlan({ axes: [{ name, values }], repeats: 1 }, [{ name, group: '', knob: own }]), name).toBe('');
      }
    }
  });

  test('a typed list is sorted, and what does not fit is answered with a sentence', () => {
    expect(parseValues('x', knob(), '0.1, 0.01 0.1;0.5')).toEqual([0.01, 0.1, 0.5]);
    expect(parseValues('x', knob({ scale: 'log_zero', min: 0 }), 'off, 1')).toEqual([0, 1]);
    expect(() => parseValues('x', knob(), '0.1')).toThrow(/1 different values; wanted 2 to 8/);
    expect(() => parseValues('x', knob(), '0.1, 7')).toThrow(/'x' is 7; wanted from/);
    expect(() => parseValues('x', knob(), '0.1, many')).toThrow(/“many” is no number: x takes /);
  });

  test('replicas go through the combinations, again for each seed', () => {
    expect(cellsOf(PLAN)).toEqual([
      [0.01, 0.1],
      [0.01, 0.2],
      [0.01, 0.4],
      [0.1, 0.1],
      [0.1, 0.2],
      [0.1, 0.4],
    ]);
    const spread = spreadOf(PLAN);
    expect(planOf(spread)).toEqual(PLAN);
    expect(planOf(spreadOf(LINE))).toEqual(LINE);
    expect(planOf(spread.toReversed())).not.toEqual(PLAN);
    expect(planOf([{ a: 1 }, { a: 2 }, { a: 1 }])).toBeUndefined();
    expect(planOf([])).toBeUndefined();
    expect(sweptText(spread, 'clip_high')).toBe('swept: 0.1 to 0.4');
    expect(sweptText(spread, 'kl_coef')).toBe('');
    expect(sweptText(undefined, 'clip_high')).toBe('');
    expect(spread).toHaveLength(12);
    expect(spread[7]).toEqual({ learning_rate: 0.01, clip_high: 0.2 });
    expect(sweptOf(spread)).toEqual({
      title: 'learning rate, clip high',
      cells: ['0.01, 0.1', '0.01, 0.2', '0.01, 0.4', '0.1, 0.1', '0.1, 0.2', '0.1, 0.4'].map((text, cell) => ({
        text,
        replicas: [cell, cell + 6],
      })),
    });
    expect(sweepName(PLAN)).toBe('Sweep: learning rate 0.01 to 0.1, clip high 0.1 to 0.4');
    expect(complainPlan(PLAN, KNOBS)).toBe('');
    expect(complainPlan({ ...PLAN, repeats: 3 }, KNOBS)).toMatch(/needs 18 replicas; wanted at most 16/);
    expect(complainPlan({ axes: [PLAN.axes[0], PLAN.axes[0]], repeats: 1 }, KNOBS)).toMatch(/swept twice/);
    expect(complainPlan({ axes: [{ name: 'x', values: [1, 2] }], repeats: 1 }, KNOBS)).toMatch(/no hyperparameter 'x'/);
  });

  test('a plan survives the way through the address, garbage does no harm', () => {
    expect(readPlan(writePlan(PLAN), KNOBS)).toEqual(PLAN);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(() => readPlan(text, KNOBS)).toThrow();
        expect(() => readPlan(`learning_rate:0.1,0.2;seeds:${text}`, KNOBS)).not.toThrow(TypeError);
      }),
    );
  });
});

describe('rows of a sweep', () => {
  const one: SweepPlan = { axes: [{ name: 'learning_rate', values: [0.01, 0.1] }], repeats: 2 };
  // replicas 0 and 2 have the first value, 1 and 3 the second
  const filled = (steps: number, value: (s: number, r: number, m: number) => number) => {
    const rows = new ReplicaRows(4);
    for (let at = 0; at < steps; at += 7)
      rows.append(['a', 'b'], batchOf(range(at, Math.min(at + 7, steps)), 4, 2, value));
    return rows;
  };

  test('a value is the mean over the last ten steps and the seeds', () => {
    const rows = filled(30, (s, r, m) => (m === 0 ? s + 100 * r : 0));
    expect(rows.count).toBe(30);
    const values = cellValues(rows, one, 'a', 29);
    expect(values[0]).toEqual({ mean: 24.5 + 100, low: 24.5, high: 224.5 });
    expect(values[1].mean).toBe(24.5 + 200);
    expect(windowText(rows, 29)).toBe('steps 20 to 29');
    expect(windowText(rows, 0)).toBe('step 0');
    expect(extremes(values)).toEqual({ best: 1, worst: 0 });
    expect(sweepSentence(one, 'Reward', values, 'steps 20 to 29')).toBe(
      'Reward, steps 20 to 29: highest 225 at learning rate 0.1; lowest 125 at learning rate 0.01.',
    );
    expect(sweepSentence(one, 'Reward', cellValues(rows, one, 'none', 29), '')).toContain('not been measured');
  });

  test('what is measured now and then is drawn where it was measured and read at its latest', () => {
    const rows = filled(45, (s, r, m) => (m === 1 && s === 20 ? r : Number.NaN));
    expect(cellCurves(rows, one, 'b')[0].steps).toEqual(range(20, 30));
    expect(cellValues(rows, one, 'b', 44).map(({ mean }) => mean)).toEqual([1, 2]);
    expect(cellValues(rows, one, 'b', 10)[0].mean).toBeNaN();
  });

  test('a long run keeps few stretches and the right means', () => {
    const rows = filled(3000, (s, r) => s + r);
    expect(rows.count).toBeLessThanOrEqual(256);
    const last = rows.count - 1;
    expect(rows.stepOf(last)).toBe(2999);
    const first = rows.windowStart(last);
    expect(cellValues(rows, one, 'a', last)[0].mean).toBeCloseTo((first + 2999) / 2 + 1, 6);
    expect(cellCurves(rows, one, 'a')[0].steps).toHaveLength(rows.count);
  });

  test('rows of another run are left out', () => {
    const rows = filled(5, () => 1);
    rows.append(
      ['a', 'b'],
      batchOf([5], 3, 2, () => 1),
    );
    rows.append(
      ['a'],
      batchOf([5], 4, 2, () => 1),
    );
    expect(rows.num_rows).toBe(5);
  });

  test('labels keep their order, their distance and the borders', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 8 }), (places) => {
        const out = spreadLabels(places, 15, 0, 300);
        const sorted = [...out].sort((a, b) => a - b);
        for (const [k, y] of sorted.entries()) {
          expect(y).toBeGreaterThanOrEqual(-1e-6);
          expect(y).toBeLessThanOrEqual(300 + 1e-6);
          if (k > 0) expect(y - sorted[k - 1]).toBeGreaterThan(15 - 1e-6);
        }
      }),
    );
  });
});

/** A trainer that answers at once and notes what replicas are told. */
function labWith(swap: TrainerApi['swap'] = async () => info()) {
  const told: [string, number, number | undefined][] = [];
  let config: RunConfig = defaultRun();
  let events: TrainerEvents | undefined;
  const answer = () => info({ config, hyper: KNOBS });
  const api = {
    listen: async (e: TrainerEvents) => {
      events = e;
    },
    open: async (c: RunConfig) => {
      config = c;
      return answer();
    },
    start: async () => {},
    pause: async () => {},
    reset: async () => answer(),
    setSpeed: async () => {},
    setHyper: async (name: string, value: number, replica?: number) => {
      told.push([name, value, replica]);
      events?.edit({ step: 0, text: `${name} 0 → ${value}${replica === undefined ? '' : ` (replica ${replica})`}` });
      return answer();
    },
    swap,
    sample: async () => ({ step: 0, replica: 0, prompt_index: 0, num_prompts: 1, prompt: '', responses: [] }),
  } as unknown as TrainerApi;
  const lab = makeLab(registries, () => ({ api, broken: new Promise(() => {}), close: () => {} }), '?speed=0');
  const page = {
    location: { search: '?speed=0', pathname: '/', hash: '' },
    history: { state: null, replaceState: (_s: unknown, _t: string, url: string) => setAddress(url) },
  };
  const setAddress = (url: string) => {
    page.location.search = url.slice(1);
  };
  return { lab, told, page, sweep: sweepOf(lab, page as unknown as Window) };
}
const LINE: SweepPlan = { axes: [{ name: 'learning_rate', values: [0.01, 0.1, 0.5] }], repeats: 1 };

describe('sweep', () => {
  test('replicas are told their values before the first step, again after a reset and a new seed', async () => {
    const { lab, told, sweep, page } = labWith();
    await lab.runs.getState().begin();
    await lab.session.begin();
    await sweep.getState().begin(LINE);
    expect(told).toEqual([
      ['learning_rate', 0.01, 0],
      ['learning_rate', 0.1, 1],
      ['learning_rate', 0.5, 2],
    ]);
    expect(lab.setup.getState().config.batch.replicas).toBe(3);
    expect(lab.run.getState().marks).toEqual([]);
    expect(sweep.getState().is_going).toBe(true);
    expect(lab.runs.getState().live?.name).toContain('Sweep');
    expect([...new URLSearchParams(page.location.search)]).toEqual([
      ['v', '1'],
      ['speed', '0'],
      ['sweep', 'learning_rate:0.01,0.1,0.5'],
    ]);
    lab.run.getState().addRows(batchOf([0, 1], 3, 1, (_s, r) => r));
    expect(sweep.getState().rows.num_rows).toBe(2);
    await lab.session.reset();
    expect(told).toHaveLength(6);
    expect(sweep.getState().rows.num_rows).toBe(0);
    await lab.session.open({ seed: 9 });
    expect(told).toHaveLength(9);
    expect(sweep.getState().is_going).toBe(true);
  });

  test('one value for all, or other replicas, end it with a sentence', async () => {
    for (const change of [
      ({ session }: ReturnType<typeof labWith>['lab']) => session.setHyper('learning_rate', 0.2),
      ({ session }: ReturnType<typeof labWith>['lab']) => session.open({ batch: { replicas: 2 } }),
    ]) {
      const { lab, sweep, page } = labWith();
      await lab.session.begin();
      await sweep.getState().begin(LINE);
      await change(lab);
      expect(sweep.getState()).toMatchObject({ is_going: false, plan: LINE });
      expect(sweep.getState().problem).toContain('has ended');
      expect(page.location.search).not.toContain('sweep');
    }
  });

  test('ending it gives one replica; another knob may be moved while it goes', async () => {
    const { lab, sweep } = labWith();
    await lab.session.begin();
    await sweep.getState().begin(LINE);
    await lab.session.setHyper('clip_high', 0.3);
    expect(sweep.getState().is_going).toBe(true);
    await sweep.getState().end();
    expect(lab.setup.getState().config.batch.replicas).toBeUndefined();
    expect(lab.run.getState().spread).toBeUndefined();
    expect(sweep.getState()).toMatchObject({ plan: undefined, problem: '' });
  });

  test('an exchanged part keeps the values of the replicas; a refused one is answered where it was asked', async () => {
    const { lab, told, sweep } = labWith(async () =>
      info({ config: defaultRun({ batch: { replicas: 3 } }), hyper: KNOBS }),
    );
    await lab.session.begin();
    await sweep.getState().begin(LINE);
    expect(await lab.session.swapPart('weighting', 'token_mean')).toBe('');
    expect(told).toHaveLength(6);
    const refusing = labWith(() => Promise.reject(new Error('No such pair.')));
    await refusing.lab.session.begin();
    expect(await refusing.lab.session.swapPart('weighting', 'token_mean')).toBe('No such pair.');
    expect(refusing.lab.run.getState().problem).toBe('');
  });

  test('a link begins a sweep, a bad one says why', async () => {
    const { lab, told, sweep, page } = labWith();
    await lab.session.begin();
    page.location.search = '?sweep=learning_rate:0.1,0.2';
    await sweep.getState().resume();
    expect(told).toHaveLength(2);
    const bad = labWith();
    await bad.lab.session.begin();
    bad.page.location.search = '?sweep=nothing:1,2';
    await bad.sweep.getState().resume();
    expect(bad.sweep.getState().problem).toContain("sweeps 'nothing'");
    expect(bad.told).toEqual([]);
  });

  test('replicas that learn from each other are not swept', async () => {
    const { lab } = labWith();
    expect(complainSweep(lab)).toBe('');
    lab.setup.getState().setConfig(defaultRun({ algorithm: 'rlccf' }));
    expect(complainSweep(lab)).toContain('learn from each other');
  });
});
