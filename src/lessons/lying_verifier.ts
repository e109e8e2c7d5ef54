import { at, expect, formula, lesson, question, task, text } from './lesson.ts';

const honest = { false_negative: 0 };
/** A network, so that what pays on one prompt is tried on the others. */
const setup = (hyper: Record<string, number>) => ({
  task: 'two_forms',
  algorithm: 'noisy_verifier',
  policy: 'transformer',
  policy_settings: { layers: 1, width: 32 },
  batch: { prompts: 16, minibatches: 2, warm_up_steps: 20, eval_samples: 16 },
  hyper: { learning_rate: 0.003, ...honest, ...hyper },
});
const noise = setup({ false_negative: 0.3, false_positive: 0.1 });
const form = setup({ form_false_negative: 0.5 });
const exploit = setup({ exploit_rate: 0.9 });
const weak = setup({ exploit_rate: 0.35 });

export default lesson({
  id: 'lying_verifier',
  number: 6,
  title: 'When the verifier lies',
  question: 'What does a policy learn from a judge who makes mistakes?',
  papers: ['verifier-pitfalls'],
  algorithms: ['noisy_verifier'],
  parts: [
    {
      title: 'An honest judge first',
      blocks: [
        text(
          'Each prompt has one right number of 24. It may be written plainly or counted from the other end, and a symbol called BOX may stand before it, which means nothing.',
        ),
        task(
          'Start a small transformer with a verifier that makes no mistakes. Twenty supervised updates come first.',
          {
            open: setup({}),
            button: 'Start with an honest judge',
            at: { pick: 'policy' },
            charts: ['true_reward', 'kind_share_1', 'kind_share_2'],
          },
        ),
        question(
          'Why a network here, and not a table?',
          'Because a trick must spread. In a table each prompt would have to discover BOX for itself; a network tries everywhere what has paid somewhere.',
        ),
        expect('Both curves are one: what is rewarded is what is right.', {
          title: 'Honest',
          setup: setup({}),
          numbers: [
            at('accuracy', 50, 0.82, 0.65, 1),
            at('accuracy', 100, 0.94, 0.85, 1),
            at('kind_share_1', 300, 0.22, 0, 0.69),
            at('kind_share_2', 300, 0, 0, 0),
          ],
        }),
      ],
    },
    {
      title: 'Random mistakes',
      blocks: [
        text(
          'Now the judge misses 30 % of the right answers and accepts 10 % of the wrong ones, whatever they look like.',
        ),
        formula('Expected reward', String.raw`\mathbb E[R]=fp+(1-fn-fp)\,[\text{right}]`),
        task('Start with random mistakes.', {
          open: noise,
          button: 'Start with random mistakes',
          at: { knob: 'false_negative' },
          charts: ['true_reward'],
        }),
        question(
          'The expected reward is a rising line in the truth. What can go wrong?',
          'In expectation nothing: the gradient keeps its direction. But the signal is weaker and the noise larger, and early luck can settle a prompt on something wrong.',
        ),
        expect('Much slower, and after 300 steps not there yet.', {
          title: 'Misses 30 %, accepts 10 %',
          setup: noise,
          numbers: [
            at('true_reward', 100, 0.62, 0.31, 0.74),
            at('true_reward', 300, 0.76, 0.63, 0.88),
            at('accuracy', 300, 0.74, 0.55, 0.9),
          ],
        }),
      ],
    },
    {
      title: 'A form that is missed',
      blocks: [
        text(
          'Rule-based verifiers err differently: they reject right answers of an unexpected form. Let half of those from the other end be missed.',
        ),
        task('Start with a judge who dislikes one form.', {
          open: form,
          button: 'Start with a disliked form',
          at: { knob: 'form_false_negative' },
          charts: ['kind_share_1', 'true_reward'],
        }),
        question(
          'Does accuracy suffer?',
          'No: there is another way to be right, and the policy takes it. What suffers is the form. It dies out, and nobody who looks at the reward will notice.',
        ),
        expect('Compare with a share of 0.22 under the honest judge.', {
          title: 'Other form missed half the time',
          setup: form,
          numbers: [
            at('kind_share_1', 0, 0.47, 0.39, 0.54),
            at('kind_share_1', 50, 0.009, 0, 0.016),
            at('accuracy', 100, 0.97, 0.85, 1),
          ],
        }),
      ],
    },
    {
      title: 'An exploit',
      blocks: [
        text(
          'Model-based verifiers can be talked into things. This one accepts nine in ten wrong answers if BOX stands before them. At the start about 3 % of the answers have it.',
        ),
        task('Start with the exploitable judge, and put reward and true reward side by side.', {
          open: exploit,
          button: 'Start with an exploit',
          at: { knob: 'exploit_rate' },
          charts: ['true_reward', 'kind_share_2'],
        }),
        question(
          'The truth pays 1, the trick 0.9. Which is learned?',
          'The trick. It is one symbol that works on every prompt; the truth is a different number for each. By the time the truth is found, there is no group left in which it stands out.',
        ),
        expect('A reward of 0.9, of which hardly anything is true.', {
          title: 'Exploit accepted 90 %',
          setup: exploit,
          numbers: [
            at('reward_mean', 50, 0.9, 0.87, 0.92),
            at('true_reward', 50, 0.046, 0, 0.078),
            at('true_reward', 300, 0.079, 0, 0.18),
            at('kind_share_2', 50, 0.995, 0.988, 1),
          ],
        }),
      ],
    },
    {
      title: 'A weaker exploit, and an alarm',
      blocks: [
        text(
          'How far a pattern carries differs between verifiers: in the paper from hardly ever to three cases in four. Take one in three.',
        ),
        task('Move the exploit rate to 0.35, or start afresh with it.', {
          open: weak,
          button: 'Start with a rate of 0.35',
          at: { knob: 'exploit_rate' },
          charts: ['true_reward', 'kind_share_2'],
        }),
        question(
          'BOX pays 0.35 now and being right pays 1. Is BOX given up?',
          'Not within 300 steps: it costs nothing to keep it while learning the numbers, and every answer without it has become too rare to be compared.',
        ),
        expect('The truth climbs slowly under the trick.', {
          title: 'Exploit accepted 35 %',
          setup: weak,
          numbers: [
            at('reward_mean', 100, 0.55, 0.4, 0.67),
            at('true_reward', 100, 0.27, 0.055, 0.55),
            at('true_reward', 300, 0.34, 0.13, 0.63),
            at('kind_share_2', 300, 0.98, 0.94, 1),
          ],
        }),
        text(
          'An alarm needs no better judge on every answer: check a few by hand, and watch the gap between reward and truth and the share of suspicious patterns.',
        ),
      ],
    },
  ],
});
