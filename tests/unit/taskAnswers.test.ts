import { describe, expect, test } from 'vitest';
import { fillTable } from '../../src/engine/table.ts';
import { taskOf, tasks } from '../../src/tasks/index.ts';
import { formatScore } from '../../src/tasks/self_search.ts';
import { NO_ANSWER, type TaskInstance } from '../../src/tasks/task.ts';
import { FORMS, symbolsOf } from './selfSearchForms.ts';
import {
  all,
  answerOf,
  bestReward,
  cornersOf,
  drawOf,
  everyResponse,
  historyOf,
  kindOf,
  rewardOf,
  roll,
  withMistakes,
} from './taskHelpers.ts';

describe.each(Object.values(tasks))('$id', (task) => {
  test('equal answers are right together or wrong together, and a right response has an answer', () => {
    const draw = drawOf(8);
    for (const settings of cornersOf(task)) {
      const at = task.build(settings);
      for (const prompt of at.prompts.slice(0, 3)) {
        const verdicts = new Map<number, boolean>();
        for (let k = 0; k < 40; k++) {
          const right = at.demonstrate(prompt, draw);
          const response = k % 3 === 0 ? right : withMistakes(at, right, draw);
          const is_right = rewardOf(task, at, prompt, response) >= at.solved_reward;
          const key = answerOf(task, at, prompt, response);
          const where = `${JSON.stringify(settings)} prompt ${prompt} response ${response} key ${key}`;
          expect(Number.isInteger(key) && key >= 0 && key <= NO_ANSWER, where).toBe(true);
          if (is_right) expect(key, where).not.toBe(NO_ANSWER);
          if (key !== NO_ANSWER) expect(verdicts.get(key) ?? is_right, where).toBe(is_right);
          verdicts.set(key, is_right);
        }
      }
    }
  });

  test('every response is of a named kind', () => {
    const { slots, twins } = task;
    expect(slots.answer).toBe(twins.answer && task.id);
    expect(slots.response_kind).toBe(twins.response_kind && task.id);
    const at = task.build(fillTable('setting', task.settings));
    expect(at.kinds === undefined).toBe(slots.response_kind === undefined);
    if (!at.kinds) return;
    expect(at.kinds.length).toBeGreaterThanOrEqual(2);
    expect(at.kinds.length).toBeLessThanOrEqual(4);
    const draw = drawOf(9);
    for (let k = 0; k < 500; k++) {
      const prompt = at.prompts[draw(at.prompts.length)];
      const { response } = roll(task, at, prompt, () => draw(at.vocab));
      expect(at.kinds[kindOf(task, at, prompt, response)]).toBeTypeOf('string');
    }
  });

  test('pre-training data are what the transitions allow', () => {
    const draw = drawOf(10);
    for (const settings of cornersOf(task)) {
      const at = task.build(settings);
      for (let k = 0; at.pretrain && k < 40; k++) {
        const prompt = at.prompts[draw(at.prompts.length)];
        const response = at.pretrain(prompt, draw);
        expect(roll(task, at, prompt, (t) => response[t]).response).toEqual(response);
      }
    }
  });
});

describe('num_correct, by trying every response', () => {
  test.each([
    ['answer_formats', { modulus: 4 }, 3],
    ['arithmetic', { digits: 1 }, 1],
    ['bandit', { arms: 5 }, 1],
    ['one_answer', { modulus: 4, length: 4, hard_share: 0 }, 64],
    ['one_answer', { modulus: 4, length: 4, hard_share: 1 }, 1],
    ['repeat_symbol', { vocab: 3, prompt_length: 2, response_length: 4 }, 1],
    ['say_symbol', { content: 3, length: 5 }, 90],
    ['sort', { num_items: 4, vocab: 4 }, 1],
    ['sum_to_target', { modulus: 5, length: 4 }, 125],
    ['two_forms', { num_answers: 6 }, 4],
  ] as const)('%s %o: %i', { timeout: 60_000 }, (id, settings, wanted) => {
    const task = taskOf(id);
    const at = task.build(fillTable('setting', task.settings, settings));
    expect(at.num_correct).toBe(wanted);
    for (const prompt of at.prompts.slice(0, id === 'answer_formats' ? 1 : 6)) {
      const right = everyResponse(task, at, prompt).filter((r) => rewardOf(task, at, prompt, r) >= at.solved_reward);
      expect(right.length).toBe(wanted);
    }
  });

  test('it is absent where prompts differ or it is not known', () => {
    const numOf = (id: string, settings: Record<string, number>) =>
      taskOf(id).build(fillTable('setting', taskOf(id).settings, settings)).num_correct;
    expect(numOf('one_answer', {})).toBeUndefined();
    expect(numOf('say_symbol', { impossible_share: 0.5 })).toBeUndefined();
    expect(numOf('say_symbol', { length: 32 })).toBeUndefined();
    expect(numOf('arithmetic', { scratchpad: 1 })).toBeUndefined();
    // 8 + … + 8¹¹ less 7 + … + 7¹¹
    expect(numOf('say_symbol', {})).toBe((8 ** 12 - 8) / 7 - (7 ** 12 - 7) / 6);
  });
});

/** Shares of kinds and of right answers among many responses as pre-training data have them. */
function census(id: string, settings: Record<string, number> = {}) {
  const task = taskOf(id);
  const at = task.build(fillTable('setting', task.settings, settings));
  const draw = drawOf(21);
  const N = 8000;
  const count = Array.from({ length: at.kinds?.length ?? 1 }, () => ({ num: 0, right: 0 }));
  for (let k = 0; k < N; k++) {
    const prompt = at.prompts[k % at.prompts.length];
    const response = at.pretrain!(prompt, draw);
    const of_kind = count[kindOf(task, at, prompt, response)];
    of_kind.num++;
    if (rewardOf(task, at, prompt, response) >= at.solved_reward) of_kind.right++;
  }
  return { share: count.map(({ num }) => num / N), accuracy: count.map(({ num, right }) => right / num) };
}

describe('say_symbol', () => {
  const task = taskOf('say_symbol');

  test('the reward', () => {
    const at = task.build({ num_prompts: 16, content: 8, length: 6, impossible_share: 0.25 });
    const [possible, impossible] = [at.prompts[5], at.prompts[12]];
    expect([possible, impossible]).toEqual([
      [0, 5, 5],
      [1, 4, 8],
    ]);
    expect(rewardOf(task, at, possible, [5, 8])).toBe(1);
    expect(rewardOf(task, at, possible, [1, 2, 5, 5, 3, 8])).toBe(1);
    expect(rewardOf(task, at, possible, [1, 2, 5, 5, 3, 5])).toBe(0);
    expect(rewardOf(task, at, possible, [1, 2, 8])).toBe(0);
    expect(rewardOf(task, at, impossible, [8])).toBe(0);
    expect([possible, impossible].map((prompt) => at.kinds![kindOf(task, at, prompt, [8])])).toEqual([
      'possible',
      'impossible',
    ]);
  });

  test('nothing solves the last prompts, and the optimum says so', () => {
    const at = task.build({ num_prompts: 8, content: 3, length: 4, impossible_share: 0.5 });
    const solvable = at.prompts.map((prompt) =>
      everyResponse(task, at, prompt).some((r) => rewardOf(task, at, prompt, r) === 1),
    );
    expect(solvable).toEqual([true, true, true, true, false, false, false, false]);
    expect([at.optimum, at.num_impossible]).toEqual([0.5, 4]);
  });
});

test('one_answer: half of the prompts have 512 correct responses of 4096, the others one', () => {
  const task = taskOf('one_answer');
  const at = task.build(fillTable('setting', task.settings));
  const responses = all(8, 4);
  const counts = at.prompts.map((prompt) => responses.filter((r) => rewardOf(task, at, prompt, r) === 1).length);
  expect(counts).toEqual([...Array(8).fill(512), ...Array(8).fill(1)]);
  expect(at.prompts.map((prompt) => at.kinds![kindOf(task, at, prompt, [])])).toEqual([
    ...Array(8).fill('easy'),
    ...Array(8).fill('hard'),
  ]);
  const hard = at.prompts.slice(8).map((prompt) => at.demonstrate(prompt, drawOf(1)).join(' '));
  expect(new Set(hard).size).toBe(8);
});

describe('answer_formats', () => {
  const task = taskOf('answer_formats');
  const at = task.build(fillTable('setting', task.settings));
  const read = (text: string) => text.split(' ').map((s) => at.symbols.indexOf(s));

  test('a right answer in each format, and what breaks one', () => {
    const prompt = [5, 6];
    const judge = (text: string) => {
      const response = read(text);
      const key = answerOf(task, at, prompt, response);
      return [
        rewardOf(task, at, prompt, response),
        key === NO_ANSWER ? undefined : key,
        at.kinds![kindOf(task, at, prompt, response)],
      ];
    };
    expect(judge('code 3 end')).toEqual([1, 3, 'code']);
    expect(judge('short it is 3 end')).toEqual([1, 3, 'short']);
    expect(judge('long 5 + 6 3 end')).toEqual([1, 3, 'long']);
    expect(judge('code 4 end')).toEqual([0, 4, 'code']);
    expect(judge('long 6 + 5 3 end')).toEqual([0, undefined, 'long']);
    expect(judge('short it it 3 end')).toEqual([0, undefined, 'short']);
    expect(judge('short 3 end')).toEqual([0, undefined, 'short']);
    expect(judge('code it is 3 end')).toEqual([0, undefined, 'code']);
    expect(judge('code 3')).toEqual([0, undefined, 'code']);
    expect(judge('it is 3 end')).toEqual([0, undefined, 'other']);
    expect(judge('end')).toEqual([0, undefined, 'other']);
  });

  test('pre-training data have the shares and accuracies of the settings', () => {
    const { share, accuracy } = census('answer_formats', { share_code: 0.2, share_short: 0.3, accuracy_long: 1 });
    for (const [k, wanted] of [0.2, 0.3, 0.5, 0].entries()) expect(share[k]).toBeCloseTo(wanted, 1);
    for (const [k, wanted] of [0.6, 0.3, 1].entries()) expect(accuracy[k]).toBeCloseTo(wanted, 1);
    const full = census('answer_formats', { share_code: 1, share_short: 1, accuracy_code: 0 });
    expect(full.share).toEqual([1, 0, 0, 0]);
    expect(full.accuracy[0]).toBe(0);
  });

  test('prompts are held out by the setting', () => {
    const half = task.build(fillTable('setting', task.settings, { modulus: 10, held_out_share: 0.3 }));
    expect([half.prompts.length, half.num_held_out]).toEqual([100, 30]);
  });
});

describe('card_rules', () => {
  const task = taskOf('card_rules');
  const build = (settings: Record<string, number> = {}) =>
    task.build(fillTable('setting', task.settings, { numbers: 6, cards: 4, ...settings }));
  const [EVEN, ODD, LOW, HIGH] = [6, 7, 8, 9];

  test.each([
    [EVEN, '1 2 3 4', '2 4 1 3', 1],
    [EVEN, '1 2 3 4', '4 2 3 1', 1],
    [EVEN, '1 2 3 4', '2 1 4 3', 0], // 4 lies behind 1
    [EVEN, '1 2 3 4', '2 2 1 3', 0], // 2 is there once
    [EVEN, '1 2 3 4', '2 1 3', 0],
    [EVEN, '1 2 3 4', '2 4 1 6', 0], // a rule is no card
    [EVEN, '1 2 2 5', '2 2 5 1', 1],
    [EVEN, '1 2 2 5', '2 5 2 1', 0],
    [EVEN, '1 3 5 5', '5 1 3 5', 1], // nothing comes first
    [ODD, '1 2 3 4', '3 1 2 4', 1],
    [ODD, '1 2 3 4', '2 4 1 3', 0],
    [LOW, '0 2 3 5', '2 0 5 3', 1],
    [LOW, '0 2 3 5', '3 5 0 2', 0],
    [HIGH, '0 2 3 5', '5 3 2 0', 1],
    [HIGH, '0 2 3 5', '5 2 3 0', 0],
  ])('rule %i, hand %s, response %s: %i', (rule, hand, response, wanted) => {
    const prompt = [rule, ...hand.split(' ').map(Number)];
    expect(rewardOf(task, build(), prompt, response.split(' ').map(Number))).toBe(wanted);
  });

  test('every hand that is trained on is asked under every rule, the first rule’s prompts first; others are held out', () => {
    const at = build({ num_hands: 50 });
    expect(at.prompts.length - at.num_held_out).toBe(4 * 40);
    const rules = at.prompts.map(([rule]) => rule);
    expect(rules.slice(0, 160)).toEqual([EVEN, ODD, LOW, HIGH].flatMap((rule) => Array(40).fill(rule)));
    // every second one asks under the first rule, the others take turns
    const turns = [ODD, LOW, HIGH];
    expect(rules.slice(160)).toEqual(
      Array.from({ length: 20 }, (_, k) => (k % 2 === 0 ? EVEN : turns[((k - 1) / 2) % 3])),
    );
    const hands = at.prompts.map(([, ...hand]) => hand.join(' '));
    expect(new Set(hands.slice(0, 160)).size).toBe(40);
    expect(hands.slice(160).filter((hand) => hands.slice(0, 160).includes(hand))).toEqual([]);
    expect(at.prompts.map((prompt) => kindOf(task, at, prompt, []))).toEqual(
      rules.map((rule) => (rule === EVEN ? 0 : 1)),
    );
  });

  test('demonstrations have one order of each side, pre-training data the other and a share without the rule', () => {
    const prompt = [EVEN, 3, 2, 5, 4];
    expect(build().demonstrate(prompt, drawOf(1))).toEqual([4, 2, 5, 3]);
    expect(build({ demonstrated_order: 0 }).demonstrate(prompt, drawOf(1))).toEqual([2, 4, 3, 5]);
    expect(build({ pretrain_accuracy: 1 }).pretrain!(prompt, drawOf(1))).toEqual([2, 4, 3, 5]);
    // four of the 24 orders of this hand are right by luck
    const draw = drawOf(5);
    const N = 4000;
    const right = (settings: Record<string, number>) => {
      const at = build(settings);
      return (
        Array.from({ length: N }, () => rewardOf(task, at, prompt, at.pretrain!(prompt, draw))).reduce(
          (a, b) => a + b,
        ) / N
      );
    };
    expect(right({ pretrain_accuracy: 0 })).toBeCloseTo(1 / 6, 1);
    expect(right({ pretrain_accuracy: 0.5 })).toBeCloseTo(0.5 + 0.5 / 6, 1);
  });
});

describe('two_forms', () => {
  const task = taskOf('two_forms');

  test('both forms of every number, with the exploit symbol and without', () => {
    const at = task.build(fillTable('setting', task.settings, { num_answers: 6 }));
    const [BOX, MARKER] = [6, 7];
    for (const prompt of at.prompts) {
      const right = [0, 1, 2, 3, 4, 5].filter((n) => rewardOf(task, at, prompt, [n]) === 1);
      expect(right.length).toBe(1);
      const [n] = right;
      for (const [response, kind] of [
        [[n], 0],
        [[MARKER, 5 - n], 1],
        [[BOX, n], 2],
        [[BOX, MARKER, 5 - n], 2],
      ] as const) {
        expect(rewardOf(task, at, prompt, response)).toBe(1);
        expect(answerOf(task, at, prompt, response)).toBe(n);
        expect(kindOf(task, at, prompt, response)).toBe(kind);
      }
      for (const response of [[], [BOX], [MARKER], [BOX, BOX, n], [MARKER, BOX, n], [MARKER, MARKER, 5 - n]]) {
        expect(answerOf(task, at, prompt, response)).toBe(NO_ANSWER);
        expect(rewardOf(task, at, prompt, response)).toBe(0);
      }
    }
  });

  test('the numbers of the prompts are many', () => {
    const at = task.build(fillTable('setting', task.settings));
    const numbers = at.prompts.map((prompt) => answerOf(task, at, prompt, at.demonstrate(prompt, drawOf(1))));
    expect(new Set(numbers).size).toBeGreaterThan(8);
  });

  test('pre-training data know the forms but not the numbers', () => {
    const { share, accuracy } = census('two_forms', { share_other: 0.4, share_exploit: 0.2 });
    for (const [k, wanted] of [0.48, 0.32, 0.2].entries()) expect(share[k]).toBeCloseTo(wanted, 1);
    for (const rate of accuracy) expect(rate).toBeLessThan(0.08);
  });
});

describe('self_search', () => {
  const task = taskOf('self_search');
  const build = (settings: Record<string, number> = {}): TaskInstance =>
    task.build(fillTable('setting', task.settings, settings));

  test.each(FORMS)('$name: $format', (form) => {
    const at = build({ length: 40 });
    const prompt = at.prompts[3];
    const [right] = at.demonstrate(prompt, drawOf(1)).slice(-2);
    const response = symbolsOf(form, at.sizes, right);
    expect(formatScore(response, at.sizes)).toBeCloseTo(form.format, 12);
    const key = answerOf(task, at, prompt, response);
    expect(key).toBe({ right, wrong: (right + 1) % 16, none: NO_ANSWER }[form.answer]);
    const exact_match = form.answer === 'right' ? 1 : 0;
    for (const format_weight of [0, 0.1, 0.4]) {
      const wanted = (1 - format_weight) * exact_match + format_weight * form.format;
      expect(rewardOf(task, at, prompt, response, { format_weight })).toBeCloseTo(wanted, 12);
    }
  });

  test('the score depends on the numbers that the sizes name, not on the vocabulary', () => {
    const names = ['think', 'search', 'information', 'answer'].flatMap((b) => [`open_${b}`, `close_${b}`]);
    const size = {
      ...Object.fromEntries(names.map((name, i) => [name, 900 + i])),
      ...{ unknown_tag: 950, placeholder: 951, entities: 16 },
    };
    for (const form of FORMS) expect(formatScore(symbolsOf(form, size, 7), size)).toBeCloseTo(form.format, 12);
  });

  test.each([8, 16, 32])('the knowledge of %i entities leads from each to another one', (entities) => {
    const at = build({ entities });
    const recalled = at.prompts.map((prompt) => at.demonstrate(prompt, drawOf(1))[7]);
    const right = at.prompts.map((prompt) => at.demonstrate(prompt, drawOf(1)).at(-2)!);
    expect(new Set(recalled).size).toBe(entities);
    expect(new Set(right).size).toBe(entities);
    expect(right.filter((entity, i) => entity === i || entity === recalled[i])).toEqual([]);
    expect(right.every((entity, i) => entity === recalled[recalled[i]])).toBe(true);
  });

  test('a guess among the entities is right once in so many', () => {
    const at = build();
    for (const prompt of at.prompts) {
      const rewards = at.prompts.map(([entity]) => {
        const response = at.demonstrate(prompt, drawOf(2)).with(-2, entity);
        return task.twins.reward(response.length, historyOf(at, prompt, response, { format_weight: 0.1 }));
      });
      expect(rewards.sort((a, b) => b - a)).toEqual([bestReward(at), ...Array(15).fill(0.1)]);
    }
  });

  test('pre-training data have the shares of the settings', () => {
    expect(census('self_search', { share_known: 0.7 }).accuracy[0]).toBeCloseTo(0.7, 1);
    const at = build({ share_formed: 0.8 });
    const draw = drawOf(5);
    const scores = Array.from({ length: 4000 }, () => formatScore(at.pretrain!(at.prompts[1], draw), at.sizes));
    expect(scores.filter((score) => score === 1).length / 4000).toBeCloseTo(0.8, 1);
    expect(new Set(scores)).toEqual(new Set([1, 0.5, 0]));
  });
});
