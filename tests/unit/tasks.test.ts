import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complainValue, fillTable } from '../../src/engine/table.ts';
import { attemptReward } from '../../src/tasks/general_points.ts';
import { collectTasks, taskOf, tasks } from '../../src/tasks/index.ts';
import { isSolvable, OP } from '../../src/tasks/lib/twenty_four.ts';
import type { Task, TaskInstance } from '../../src/tasks/task.ts';
import { all, bestReward, cornersOf, drawOf, rewardOf, roll } from './taskHelpers.ts';

const IDS = [
  'answer_formats',
  'arithmetic',
  'bandit',
  'card_rules',
  'general_points',
  'guess_number',
  'one_answer',
  'repeat_symbol',
  'say_symbol',
  'self_search',
  'sort',
  'sum_to_target',
  'two_forms',
] as const;

test('the folder holds exactly these tasks', () => {
  expect(Object.keys(tasks).sort()).toEqual([...IDS]);
});

test('an unknown task names the nearest one', () => {
  expect(() => taskOf('sotr')).toThrow("Unknown task 'sotr'. Did you mean 'sort'?");
  expect(() => taskOf('constructor')).toThrow("Unknown task 'constructor'.");
});

test('a file that declares no task, another name, or a name twice is refused', () => {
  const sort = { default: taskOf('sort') };
  expect(() => collectTasks({ './x.ts': {} })).toThrow('./x.ts has no default export');
  expect(() => collectTasks({ './sorting.ts': sort })).toThrow("./sorting.ts declares the task 'sort'");
  expect(() => collectTasks({ './sort.ts': sort, './more/sort.ts': sort })).toThrow('a second time');
});

describe.each(IDS)('%s', (id) => {
  const task = taskOf(id);

  test('knobs: defaults fit their ranges, and no name is both a setting and a rule', () => {
    for (const [name, knob] of Object.entries({ ...task.settings, ...task.rules })) {
      expect(complainValue(name, knob, knob.value)).toBeUndefined();
    }
    expect(Object.keys(task.settings).filter((name) => name in task.rules)).toEqual([]);
  });

  test('every corner of the settings fits the limits, and held-out prompts are none of the training prompts', () => {
    for (const settings of cornersOf(task)) {
      const at = task.build(settings);
      const where = JSON.stringify(settings);
      expect(at.vocab, where).toBeLessThanOrEqual(64);
      expect(at.symbols.length, where).toBe(at.vocab);
      expect(at.prompt_position + at.position, where).toBeLessThanOrEqual(64);
      expect(at.prompts.length, where).toBeLessThanOrEqual(65536);
      expect(at.prompts.length - at.num_held_out, where).toBeGreaterThanOrEqual(1);
      expect(new Set(at.prompts.map((p) => p.join(' '))).size, where).toBe(at.prompts.length);
      expect(
        at.prompts.every((p) => p.length === at.prompt_position && p.every((s) => s >= 0 && s < at.vocab)),
        where,
      ).toBe(true);
    }
  });

  test('the table is the same every time', () => {
    const settings = fillTable('setting', task.settings);
    expect(task.build(settings).prompts).toEqual(task.build(settings).prompts);
  });

  test('demonstrations are what the transitions allow and get the full reward', () => {
    const draw = drawOf(1);
    for (const settings of cornersOf(task)) {
      const at = task.build(settings);
      for (let k = 0; k < 40; k++) {
        const prompt = at.prompts[draw(at.prompts.length)];
        const demonstration = at.demonstrate(prompt, draw);
        const is_impossible = at.prompts.indexOf(prompt) >= at.prompts.length - (at.num_impossible ?? 0);
        const where = `${JSON.stringify(settings)} prompt ${prompt} response ${demonstration}`;
        const rolled = roll(task, at, prompt, (t) => demonstration[t]);
        expect(rolled.response, where).toEqual(demonstration);
        if (is_impossible) {
          expect(rolled.reward, where).toBe(0);
          continue;
        }
        expect(rolled.reward, where).toBe(bestReward(at));
        expect(rolled.reward, where).toBeGreaterThanOrEqual(at.solved_reward);
        // cut short it is not correct
        expect(rewardOf(task, at, prompt, demonstration.slice(0, -1)), where).toBeLessThan(at.solved_reward);
        const shown = at.show(prompt, demonstration, rolled.reward, fillTable('rule', task.rules));
        expect(Object.values(shown).every((text) => text.length > 0)).toBe(true);
      }
    }
  });

  test('any response under any settings and rules gets a finite reward of at most the optimum', () => {
    const whole = (min: number, max: number) => fc.integer({ min, max });
    const tableOf = (table: Task['settings']) =>
      fc.record(
        Object.fromEntries(
          Object.entries(table).map(([name, { min, max, scale }]) => [
            name,
            scale === 'linear' ? fc.double({ min, max, noNaN: true }) : whole(min, max),
          ]),
        ),
      );
    fc.assert(
      fc.property(tableOf(task.settings), tableOf(task.rules), whole(0, 2 ** 31 - 1), (settings, rules, seed) => {
        const at = task.build(settings);
        const draw = drawOf(seed);
        for (let k = 0; k < 20; k++) {
          const prompt = at.prompts[draw(at.prompts.length)];
          const { reward, response, token_mask } = roll(task, at, prompt, () => draw(at.vocab), rules);
          expect(Number.isFinite(reward)).toBe(true);
          expect(reward).toBeLessThanOrEqual(bestReward(at));
          expect(token_mask.length).toBe(response.length);
          at.show(prompt, response, reward, rules);
        }
        for (const prompt of at.prompts.slice(0, 3)) {
          expect(rewardOf(task, at, prompt, [], rules)).toBeLessThan(at.solved_reward);
        }
      }),
      { numRuns: id === 'general_points' || id === 'arithmetic' ? 15 : 50, seed: 7 },
    );
  });
});

describe('the optimum is the best of all responses', () => {
  const bestOf = (task: Task, at: TaskInstance, prompt: readonly number[], responses: number[][]) => {
    const rewards = responses.map((r) => rewardOf(task, at, prompt, r));
    return {
      best: rewards.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
      num_solved: rewards.filter((r) => r >= at.solved_reward).length,
    };
  };

  test('bandit: one arm of every context pays 1, the others pay differently and less', () => {
    const task = taskOf('bandit');
    for (const arms of [2, 3, 16]) {
      const at = task.build({ contexts: 40, arms });
      for (const prompt of at.prompts) {
        expect(bestOf(task, at, prompt, all(arms, 1))).toEqual({ best: 1, num_solved: 1 });
        expect(new Set(all(arms, 1).map((r) => rewardOf(task, at, prompt, r))).size).toBe(arms);
      }
    }
    const sparse = task.build({ contexts: 4, arms: 5 });
    const rewards = all(5, 1).map((r) => rewardOf(task, sparse, sparse.prompts[0], r, { arm_gap: 1 }));
    expect(rewards.sort()).toEqual([0, 0, 0, 0, 1]);
  });

  test('sum_to_target: at the defaults every prompt has 512 correct answers of 4096', () => {
    const task = taskOf('sum_to_target');
    const at = task.build(fillTable('setting', task.settings));
    expect([at.prompts.length, at.vocab, at.position, at.num_held_out]).toEqual([16, 8, 4, 0]);
    for (const prompt of at.prompts) {
      expect(bestOf(task, at, prompt, all(8, 4))).toEqual({ best: 1, num_solved: 512 });
    }
    // the demonstrations reach all of them
    const draw = drawOf(5);
    const seen = new Set(Array.from({ length: 8000 }, () => at.demonstrate(at.prompts[3], draw).join(' ')));
    expect(seen.size).toBe(512);
  });

  test('repeat_symbol and sort: one response of all is right', () => {
    for (const [id, settings] of [
      ['repeat_symbol', { vocab: 3, prompt_length: 2, response_length: 5 }],
      ['sort', { num_items: 4, vocab: 4 }],
    ] as const) {
      const task = taskOf(id);
      const at = task.build(settings);
      for (const prompt of at.prompts.slice(0, 40)) {
        expect(bestOf(task, at, prompt, all(at.vocab, at.position))).toEqual({ best: 1, num_solved: 1 });
      }
    }
  });

  test('sort: swapping two different neighbours costs two positions', () => {
    const task = taskOf('sort');
    const at = task.build({ num_items: 4, vocab: 10 });
    expect(rewardOf(task, at, [7, 1, 3, 1], [1, 1, 7, 3])).toBe(0.5);
    expect(rewardOf(task, at, [7, 1, 3, 1], [1, 1, 3, 3])).toBe(0.75);
  });

  test('repeat_symbol: the reward is the share of symbols that equal the first', () => {
    const task = taskOf('repeat_symbol');
    const at = task.build({ vocab: 4, prompt_length: 2, response_length: 4 });
    expect(rewardOf(task, at, [3, 1], [3, 1, 3, 3])).toBe(0.75);
  });

  test('arithmetic: one response of all is right, with a scratchpad everything that ends in it', () => {
    const task = taskOf('arithmetic');
    const plain = task.build({ digits: 1, scratchpad: 0 });
    for (const prompt of plain.prompts.slice(0, 30)) {
      // a sum of one digit may be followed by anything, since nothing follows the end symbol in a rollout
      const responses = [1, 2, 3].flatMap((n) => all(13, n).filter((r) => r.indexOf(12) === n - 1));
      expect(bestOf(task, plain, prompt, responses)).toEqual({ best: 1, num_solved: 1 });
    }
    const scratch = task.build({ digits: 2, scratchpad: 1 });
    const prompt = [4, 7, 10, 8, 5, 11];
    expect(scratch.demonstrate(prompt, drawOf(1))).toEqual([1, 2, 1, 3, 11, 1, 3, 2, 12]);
    expect(rewardOf(task, scratch, prompt, [1, 3, 2, 12])).toBe(1);
    expect(rewardOf(task, scratch, prompt, [11, 11, 1, 3, 2, 12])).toBe(1);
    expect(rewardOf(task, scratch, prompt, [0, 1, 3, 2, 12])).toBe(0);
    expect(rewardOf(task, scratch, prompt, [1, 3, 2, 11, 12])).toBe(0);
    expect(rewardOf(task, scratch, prompt, [1, 3, 2])).toBe(0);
    const zero = task.build({ digits: 2, scratchpad: 0 });
    expect(rewardOf(task, zero, [0, 0, 10, 0, 0, 11], [0, 12])).toBe(1);
    expect(rewardOf(task, zero, [0, 0, 10, 0, 0, 11], [12])).toBe(0);
    expect(rewardOf(task, zero, [0, 0, 10, 0, 0, 11], [0, 0, 12])).toBe(0);
  });

  test('arithmetic: three digits are sampled, a fifth is held out but where the prompts are a small table', () => {
    const sizes = [1, 2, 3].map((digits) => taskOf('arithmetic').build({ digits, scratchpad: 0 }));
    expect(sizes.map((at) => [at.prompts.length, at.num_held_out])).toEqual([
      [100, 0],
      [10000, 2000],
      [65536, 13107],
    ]);
  });
});

describe('guess_number', () => {
  const task = taskOf('guess_number');
  const at = task.build({ numbers: 9, turns: 6 });

  test('answers are forced with mask 0 at odd positions, and nothing follows correct', () => {
    const guesses = [4, 0, 6, 0, 0, 0, 7, 0, 8];
    const { response, token_mask, reward } = roll(task, at, [0, 8], (t) => guesses[t]);
    const shown = at.show([0, 8], response, reward, {});
    expect(shown.response).toBe('4 higher 6 higher 0 higher 7 higher 8 correct');
    expect(token_mask).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(reward).toBeCloseTo(1 - 1 / 6, 12);
    expect(shown.verdict).toBe('found in 5 turns; 4 are enough');
  });

  test('an observation symbol as a guess is a wasted turn', () => {
    const { response, token_mask, reward } = roll(task, at, [2, 5], () => 11);
    expect(response).toEqual(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 11 : 10)));
    expect(token_mask).toEqual(Array.from({ length: 12 }, (_, i) => 1 - (i % 2)));
    expect(reward).toBe(0);
  });

  test('the optimum: no sequence of guesses beats halving', () => {
    for (const prompt of at.prompts) {
      const n = prompt[1] - prompt[0] + 1;
      let best = 0;
      // every sequence of useful guesses, by depth-first search over the forced answers
      const play = (guesses: number[]) => {
        const { response, reward } = roll(task, at, prompt, (t) => guesses[t / 2] ?? 9);
        best = Math.max(best, reward);
        if (guesses.length < 4 && response[2 * guesses.length - 1] !== 11) {
          for (let g = prompt[0]; g <= prompt[1]; g++) play([...guesses, g]);
        }
      };
      if (n <= 5) {
        play([]);
        expect(best, `range ${prompt}`).toBe(1);
      }
    }
  });

  test('demonstrations of one range differ', () => {
    const draw = drawOf(3);
    const seen = new Set(Array.from({ length: 200 }, () => at.demonstrate([0, 8], draw).join(' ')));
    expect(seen.size).toBeGreaterThan(3);
  });
});

describe('general_points', () => {
  const task = taskOf('general_points');
  interface Rows {
    cases: { name: string; output: { rows: Record<string, unknown>[] } }[];
  }
  const fixture = JSON.parse(
    readFileSync(new URL('../fixtures/sft-memorizes-rl-generalizes.json', import.meta.url), 'utf8'),
  ) as Rows;
  const rowsOf = (start: string) => fixture.cases.find(({ name }) => name.startsWith(start))!.output.rows;

  const symbolOf: Record<string, number> = { '+': OP.plus, '-': OP.minus, '*': OP.times, '/': OP.over };
  /** A formula of the fixture in symbols; a letter becomes the card J, which no formula has. */
  const parse = (formula: string): number[] =>
    (formula.match(/\d+|\D/g) ?? []).map((token) => {
      if (/\d/.test(token)) return Number(token) - 1;
      return symbolOf[token] ?? (token === '(' ? OP.open : token === ')' ? OP.close : 13);
    });

  test('solvability under both rules, as in the fixture', () => {
    const rows = rowsOf('solvability') as {
      values_train: number[];
      values_ood: number[];
      solvable_train: boolean;
      solvable_ood: boolean;
    }[];
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(isSolvable(row.values_train, 24), `${row.values_train}`).toBe(row.solvable_train);
      expect(isSolvable(row.values_ood, 24), `${row.values_ood}`).toBe(row.solvable_ood);
    }
  });

  test('attempt rewards, as in the fixture', () => {
    const rows = rowsOf('attempt') as { numbers: number[]; formula: string; reward: number }[];
    let num_checked = 0;
    for (const { numbers, formula, reward } of rows) {
      // 24 is no symbol here: 11 stands for a number that is not in the hand
      const symbols = parse(formula === '24' ? '11' : formula);
      // the one row where the public verifier's floating-point equality is wrong; ours is exact
      const wanted = formula === '8/(3-8/3)' ? 5 : reward;
      expect(attemptReward(numbers, symbols, true, 24), formula).toBe(wanted);
      num_checked++;
    }
    expect(num_checked).toBe(17);
  });

  test('breaches add up, and an unfinished solution gets 1', () => {
    const attempt = (formula: string, is_ended = true) => attemptReward([1, 2, 3, 4], parse(formula), is_ended, 24);
    expect(attempt('(1+2+3)*4', false)).toBe(1);
    expect(attempt('((1+2+3)*4')).toBe(1);
    expect(attempt('1*2*3*4*')).toBe(-1);
    expect(attempt('1*2*3*4*(')).toBe(-1);
    expect(attempt('1*2*3/(4')).toBe(-1);
    expect(attempt('4*3/(2/1')).toBe(-1);
    expect(attempt('')).toBe(-2);
    expect(attempt('1 2'.replace(' ', '+*'))).toBe(-5);
    expect(attempt('()')).toBe(-5);
    expect(attempt('+')).toBe(-5);
    expect(attempt('1(2)')).toBe(-3 - 3 - 2);
    expect(attemptReward([1, 1, 2, 3], parse('3/(1-1)*2'), true, 24)).toBe(-1);
    expect(attemptReward([1, 1, 2, 3], parse('2/(3/(1-1))'), true, 24)).toBe(-1);
  });

  test('every dealt hand is solvable under both rules, and the rule decides what is right', () => {
    const at = task.build(fillTable('setting', task.settings));
    const ten = { face_cards: 0 };
    const rank = { face_cards: 1 };
    const draw = drawOf(11);
    const value = (card: number, face: boolean) => (card < 13 ? card + 1 : face ? card - 2 : 10);
    let num_with_faces = 0;
    for (const prompt of at.prompts) {
      expect(
        isSolvable(
          prompt.map((c) => value(c, false)),
          24,
        ),
      ).toBe(true);
      expect(
        isSolvable(
          prompt.map((c) => value(c, true)),
          24,
        ),
      ).toBe(true);
      const demonstration = at.demonstrate(prompt, draw);
      expect(rewardOf(task, at, prompt, demonstration, ten)).toBe(5);
      if (prompt.some((card) => card >= 13)) {
        num_with_faces++;
        // 10 is not in a hand whose faces count 11 to 13, unless the hand also has tens
        expect(rewardOf(task, at, prompt, demonstration, rank)).toBeLessThan(5);
      } else {
        expect(rewardOf(task, at, prompt, demonstration, rank)).toBe(5);
      }
    }
    expect(num_with_faces).toBeGreaterThan(100);
  });

  test('solutions of one hand differ', () => {
    const at = task.build(fillTable('setting', task.settings));
    const draw = drawOf(2);
    const seen = new Set(Array.from({ length: 200 }, () => at.demonstrate([0, 1, 2, 3], draw).join(' ')));
    expect(seen.size).toBeGreaterThan(10);
  });

  test('solutions agree with arithmetic in floating point', () => {
    const draw = drawOf(17);
    const at = task.build(fillTable('setting', task.settings));
    // apart from ours: postfix by the shunting-yard rule, then plain numbers
    const floatValue = (symbols: number[]): number => {
      const strength: Record<number, number> = { 16: 1, 17: 1, 18: 2, 19: 2, 20: 0 };
      const values: number[] = [];
      const waiting: number[] = [];
      const apply = () => {
        const op = waiting.pop();
        const b = values.pop()!;
        const a = values.pop()!;
        values.push(op === OP.plus ? a + b : op === OP.minus ? a - b : op === OP.times ? a * b : a / b);
      };
      for (const s of symbols) {
        if (s < 13) values.push(s + 1);
        else if (s === OP.open) waiting.push(s);
        else {
          while (waiting.length > 0 && waiting.at(-1) !== OP.open) {
            if (s !== OP.close && strength[waiting.at(-1)!] < strength[s]) break;
            apply();
          }
          if (s === OP.close) waiting.pop();
          else waiting.push(s);
        }
      }
      while (waiting.length > 0) apply();
      return values[0];
    };
    for (let k = 0; k < 500; k++) {
      const prompt = at.prompts[draw(at.prompts.length)];
      const formula = at.demonstrate(prompt, draw).slice(0, -1);
      expect(floatValue(formula)).toBeCloseTo(24, 9);
    }
  });
});
