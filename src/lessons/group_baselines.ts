import { at, expect, formula, lesson, question, task, text } from './lesson.ts';

const bandit = { task: 'bandit' };
const no_baseline = {
  task: 'bandit',
  parts: { advantage: 'return_minus_baseline' },
  hyper: { baseline: 0 },
};
const of_size = (group_size: number) => ({ batch: { group_size } });
const centred = { parts: { advantage: 'group_centred' } };
const narrow = { task: 'bandit', hyper: { arm_gap: 0.01 } };
const bonus = { hyper: { entropy_coef: 0.1 } };

export default lesson({
  id: 'group_baselines',
  number: 2,
  title: 'Group baselines',
  question: 'What is a reward compared with, and why does dividing by the spread matter?',
  papers: [],
  algorithms: ['grpo', 'dr_grpo', 'reinforce'],
  parts: [
    {
      title: 'Good, compared with what?',
      blocks: [
        text(
          'In this bandit one arm of sixteen pays 1 and every other arm pays something. A policy gradient without a baseline raises the probability of whatever was paid.',
        ),
        task('Start REINFORCE’s advantage without a baseline and watch the reward settle.', {
          open: no_baseline,
          button: 'Start without a baseline',
          at: { knob: 'baseline' },
        }),
        question(
          'A poor arm that pays 0.3 is pulled. Which way is it pushed?',
          'Up: its reward is above zero. Only because better arms are pushed harder does it lose in the end, if the policy has not settled on something mediocre before.',
        ),
        task('Now compare with the group.', {
          open: bandit,
          button: 'Start with GRPO’s baseline',
          at: { part: 'advantage' },
        }),
        expect(
          'The accuracy is the share of contexts whose best arm is the likeliest.',
          {
            title: 'No baseline',
            setup: no_baseline,
            numbers: [at('reward_mean', 50, 0.83, 0.68, 0.96), at('accuracy', 50, 0.44, 0.13, 0.75)],
          },
          {
            title: 'GRPO',
            setup: bandit,
            numbers: [at('reward_mean', 50, 0.94, 0.83, 1), at('accuracy', 50, 0.7, 0.38, 0.88)],
          },
        ),
      ],
    },
    {
      title: 'The group is the yardstick',
      blocks: [
        text(
          'GRPO needs no critic: the mean reward of the other answers to the same prompt says what was to be expected.',
        ),
        formula('GRPO’s advantage', String.raw`\hat A_i=\frac{R_i-\mu_g}{\sigma_g+\epsilon}`),
        task('Set the group size to 2. The run starts again, with two answers to each of eight prompts.', {
          open: of_size(2),
          button: 'Start with groups of 2',
          at: { knob: 'group_size' },
          charts: ['frac_reward_zero_std'],
        }),
        question(
          'A guess is right once in eight. What share of groups of two have equal rewards, and of eight?',
          '1 − 2 · ⅛ · ⅞ = 0.78 of the pairs, and (⅞)⁸ = 0.34 of the groups of eight, nearly all of them all wrong. Those groups teach nothing.',
        ),
        expect(
          'Read the share of wasted groups at step 0 and the reward at step 30.',
          {
            title: 'Groups of 2',
            setup: of_size(2),
            numbers: [at('frac_reward_zero_std', 0, 0.73, 0.5, 0.88), at('reward_mean', 30, 0.66, 0.38, 0.75)],
          },
          {
            title: 'Groups of 8',
            setup: {},
            numbers: [at('frac_reward_zero_std', 0, 0.38, 0.13, 0.75), at('reward_mean', 30, 0.93, 0.86, 0.95)],
          },
          {
            title: 'Groups of 32',
            setup: of_size(32),
            numbers: [at('frac_reward_zero_std', 0, 0.016, 0, 0.13), at('reward_mean', 30, 0.98, 0.97, 0.99)],
          },
        ),
      ],
    },
    {
      title: 'A fair comparison',
      blocks: [
        text(
          'Groups of two also drew four times fewer answers than groups of eight. Spend the same number on more prompts.',
        ),
        task('Keep groups of 2 and take 32 prompts: 64 answers a step, as by default.', {
          open: { batch: { group_size: 2, prompts: 32 } },
          button: 'Start with 32 pairs',
          at: { knob: 'prompts' },
        }),
        question(
          'Four fifths of the groups are wasted. Is learning slower than with eight groups of eight?',
          'Hardly: there are four times as many groups, and each useful one is a clear case of right against wrong. What counts is how many answers differ from their group, not the group size by itself.',
        ),
        expect('The same number of answers, the same speed.', {
          title: '32 groups of 2',
          setup: { batch: { group_size: 2, prompts: 32 } },
          numbers: [at('frac_reward_zero_std', 0, 0.78, 0.69, 0.84), at('reward_mean', 30, 0.94, 0.91, 0.98)],
        }),
      ],
    },
    {
      title: 'What the division does',
      blocks: [
        text('With rewards 0 and 1 and a share p of right answers, GRPO gives a right answer about √((1 − p)/p).'),
        task('Choose a group with one right answer, if there is one, and walk to the stage “Advantage”.', {
          open: {},
          button: 'Start GRPO again',
          at: { section: 'inside' },
        }),
        question(
          'Eight answers, one right: what is its advantage with the division, and without?',
          '(1 − 0.125)/0.354 = 2.47 with, 0.875 without. With four right they are 0.94 and 0.5. The division makes very hard and very easy prompts count more than middling ones.',
        ),
        task('Exchange the advantage for “Group centred”, which leaves the division out. The weights stay.', {
          change: { parts: { advantage: 'group_centred' } },
          button: 'Exchange it now',
          at: { part: 'advantage' },
        }),
        expect(
          'On this task alone you will see no difference: AdamW divides by the size of the gradient anyway, and here every update holds a single prompt.',
          {
            title: 'GRPO',
            setup: {},
            numbers: [at('entropy', 20, 0.4, 0.28, 0.55), at('reward_mean', 30, 0.93, 0.86, 0.95)],
          },
          {
            title: 'Group centred',
            setup: centred,
            numbers: [at('entropy', 20, 0.39, 0.26, 0.63), at('reward_mean', 30, 0.92, 0.8, 0.95)],
          },
        ),
      ],
    },
    {
      title: 'Where the spread matters',
      blocks: [
        text(
          'It matters as soon as something else has a size of its own. An entropy bonus of 0.1 stands beside an advantage of 2.5 or beside one of 0.9.',
        ),
        task('Start with the bonus and “Group centred”, keep the run, then put “Group standardised” back.', {
          open: { ...bonus, ...centred },
          button: 'Start: bonus, centred',
          at: { part: 'advantage' },
        }),
        text(
          'It also matters when rewards differ by a hair. With arm_gap 0.01 the two best arms pay 1 and 0.99; the division makes that hair as long as any other difference.',
        ),
        task('Start the bandit with the narrow gap.', {
          open: narrow,
          button: 'Start: narrow gap',
          at: { knob: 'arm_gap' },
        }),
        question(
          'Is it good that tiny differences count as much as large ones?',
          'Where the reward is exact, yes: the policy keeps climbing. Where it is noisy, the division amplifies the noise just as much. Dr. GRPO drops it because it weighs prompts by their difficulty.',
        ),
        expect(
          'Same bonus, same gap; only the division differs.',
          {
            title: 'Bonus, standardised',
            setup: bonus,
            numbers: [at('entropy', 50, 0.22, 0.14, 0.36), at('reward_mean', 30, 0.8, 0.69, 0.88)],
          },
          {
            title: 'Bonus, centred',
            setup: { ...bonus, ...centred },
            numbers: [at('entropy', 50, 0.39, 0.31, 0.47), at('reward_mean', 30, 0.61, 0.5, 0.83)],
          },
          {
            title: 'Narrow gap, standardised',
            setup: narrow,
            numbers: [at('entropy', 50, 0.033, 0.019, 0.058), at('accuracy', 50, 0.7, 0.38, 0.88)],
          },
          {
            title: 'Narrow gap, centred',
            setup: { ...narrow, ...centred },
            numbers: [at('entropy', 50, 0.15, 0.075, 0.36), at('accuracy', 50, 0.59, 0.25, 0.88)],
          },
        ),
      ],
    },
  ],
});
