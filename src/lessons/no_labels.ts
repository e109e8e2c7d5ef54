import { at, expect, formula, lesson, question, task, text } from './lesson.ts';

/** A start from 40 supervised updates, where the commonest answer is right for most prompts. */
const start = {
  task: 'arithmetic',
  task_settings: { digits: 1 },
  hyper: { learning_rate: 0.05 },
};
const batch = { prompts: 32, group_size: 16, minibatches: 4, eval_samples: 64, warm_up_steps: 40 };
const ttrl = { algorithm: 'ttrl', ...start, batch };
const labels = { algorithm: 'grpo', ...start, batch };
const chance = { algorithm: 'ttrl', batch: { group_size: 8, eval_samples: 64 } };
const collective = { algorithm: 'rlccf', ...start, batch };

export default lesson({
  id: 'no_labels',
  number: 5,
  title: 'Learning without labels',
  question: 'Can a policy learn from its own majority, and when does that go wrong?',
  papers: ['ttrl', 'rlccf'],
  algorithms: ['ttrl', 'rlccf'],
  parts: [
    {
      title: 'The majority as teacher',
      blocks: [
        text(
          'Nobody knows the right answer. TTRL takes the commonest of sixteen answers for it, and rewards agreement.',
        ),
        formula('Reward of TTRL', String.raw`R_i=[a_i=\hat y],\qquad\hat y=\arg\max_a\sum_i[a_i=a]`),
        task('Start TTRL on one-digit sums. Forty supervised updates come first, so that the policy knows a little.', {
          open: ttrl,
          button: 'Start TTRL',
          at: { part: 'reward' },
          charts: ['pass_at_1', 'maj_at_n'],
        }),
        question(
          'One sample in three is right at the start. What share of the majorities is right?',
          'About nine in ten. Wrong answers scatter over many values while the right one repeats: a vote is better than a voter.',
        ),
        expect(
          'Without one label, nearly as good as with all of them.',
          {
            title: 'TTRL',
            setup: ttrl,
            numbers: [
              at('pass_at_1', 0, 0.36, 0.29, 0.45),
              at('maj_at_n', 0, 0.92, 0.81, 1),
              at('pass_at_1', 100, 0.93, 0.8, 0.99),
            ],
          },
          { title: 'GRPO with labels', setup: labels, numbers: [at('pass_at_1', 100, 0.97, 0.96, 0.99)] },
        ),
      ],
    },
    {
      title: 'What its reward cannot see',
      blocks: [
        text('The reward of a vote measures agreement. A policy that always says the same thing gets 1.'),
        task('Look for “True reward” among the metrics and compare it with “Reward”.', { at: { section: 'metrics' } }),
        question(
          'Some prompts have a wrong majority at the start. What becomes of them?',
          'Some are outvoted as right answers grow more frequent. The others settle on their wrong label, and then they are certain of it: agreement is all that is rewarded.',
        ),
        expect('Reward above truth, by the prompts that locked in a wrong label.', {
          title: 'TTRL',
          setup: ttrl,
          numbers: [
            at('reward_mean', 100, 0.98, 0.96, 0.98),
            at('true_reward', 100, 0.95, 0.9, 0.98),
            at('label_accuracy', 0, 0.91, 0.81, 1),
            at('label_accuracy', 100, 0.97, 0.94, 1),
          ],
        }),
      ],
    },
    {
      title: 'From chance',
      blocks: [
        text('Now let the policy know nothing: random weights, and sums to hit by four symbols, right once in eight.'),
        task('Start TTRL from chance, and watch the reward.', {
          open: chance,
          button: 'Start from chance',
          at: { chart: 'reward' },
          charts: ['true_reward', 'pass_at_8'],
        }),
        question(
          'The reward is at 0.98 after 50 steps. Has the policy learned the task?',
          'No. It has learned to agree with itself. The true reward stays at one in eight, and eight tries, which found a right answer two times in three, now find one in six prompts.',
        ),
        expect('The chart that everybody looks at is perfect, and worth nothing.', {
          title: 'TTRL from chance',
          setup: chance,
          numbers: [
            at('reward_mean', 100, 0.99, 0.98, 1),
            at('true_reward', 100, 0.13, 0, 0.36),
            at('pass_at_8', 0, 0.66, 0.6, 0.69),
            at('pass_at_8', 100, 0.16, 0.008, 0.31),
          ],
        }),
      ],
    },
    {
      title: 'Several voters',
      blocks: [
        text(
          'Errors that one policy repeats, another may not share. RLCCF lets several policies vote on the same prompts, each with the weight of its agreement with itself: n counts how often policy j gave the answer a among its K.',
        ),
        formula('Weighted vote of RLCCF', String.raw`\hat y=\arg\max_a\sum_jSC_j\,n_{j,a},\qquad SC_j=\max_an_{j,a}/K`),
        task('Start four policies that vote together. The band on the charts spans them.', {
          open: collective,
          button: 'Start RLCCF',
          at: { knob: 'replicas' },
          charts: ['label_accuracy', 'pass_at_1'],
        }),
        question(
          'Four policies with the same start would vote alike. Where does the gain come from?',
          'From errors that differ. Here only weights and samples differ between the four, and that is already enough for the vote to be right on every prompt of the first step.',
        ),
        expect('Four policies of each of eight seeds; compare with 0.93 for a policy that votes alone.', {
          title: 'RLCCF',
          setup: collective,
          is_ensemble: true,
          numbers: [
            at('label_accuracy', 0, 1, 1, 1),
            at('pass_at_1', 0, 0.35, 0.31, 0.39),
            at('pass_at_1', 100, 0.98, 0.97, 0.98),
          ],
        }),
      ],
    },
  ],
});
