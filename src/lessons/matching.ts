import { at, expect, formula, lesson, question, task, text } from './lesson.ts';

const sampled = { eval_samples: 64 };
const grpo = { batch: sampled };
const flowrl = { algorithm: 'flowrl', batch: sampled };
const sharp = { ...flowrl, hyper: { flow_beta: 5 } };

export default lesson({
  id: 'matching',
  number: 4,
  title: 'Matching instead of maximising',
  question: 'Can a policy be right and still know more than one right answer?',
  papers: ['flowrl'],
  algorithms: ['grpo', 'flowrl'],
  parts: [
    {
      title: 'One answer is enough',
      blocks: [
        text(
          'Every prompt of this task has 512 right answers among 4,096. The reward does not care which of them is given, or how many are known.',
        ),
        task(
          'Start GRPO with 64 samples per prompt at each evaluation, and chart how many different right answers are among them.',
          {
            open: grpo,
            button: 'Start GRPO',
            at: { knob: 'eval_samples' },
            charts: ['distinct_correct'],
          },
        ),
        question(
          'At the start about 8 of 64 samples are right, nearly all of them different. How many different ones are left once all 64 are right?',
          'One, or little more. Among answers of equal reward there is nothing to choose, but a policy that drifts towards one of them is never called back.',
        ),
        expect('Eight times as many right samples, a sixth of the variety.', {
          title: 'GRPO',
          setup: grpo,
          numbers: [
            at('distinct_correct', 0, 7.34, 6.19, 7.88),
            at('distinct_correct', 50, 1.73, 1.31, 2.25),
            at('distinct_correct', 150, 1.23, 1.06, 1.5),
            at('entropy', 150, 0.023, 0.009, 0.059),
          ],
        }),
      ],
    },
    {
      title: 'A target with several peaks',
      blocks: [
        text(
          'FlowRL does not ask for the most reward. It asks for a distribution: every answer as likely as the start policy had it, times an exponential of its reward.',
        ),
        formula('Target of FlowRL', String.raw`\pi^\star(y)\ \propto\ \pi_{ref}(y)\,e^{\beta\hat r(y)\,|y|}`),
        text('Answers of equal reward then keep the proportions that they had at the start.'),
        task('Start FlowRL on the same prompts.', {
          open: flowrl,
          button: 'Start FlowRL',
          at: { pick: 'algorithm' },
          charts: ['distinct_correct'],
        }),
        question(
          'Does the variety cost accuracy?',
          'Hardly. The likeliest answer is as often right as GRPO’s; a few of the samples are wrong, since the target leaves wrong answers a little probability.',
        ),
        expect('More than twice as many different right answers, eight times the entropy.', {
          title: 'FlowRL, β = 1',
          setup: flowrl,
          numbers: [
            at('distinct_correct', 150, 2.89, 2.63, 3.19),
            at('entropy', 150, 0.19, 0.14, 0.25),
            at('reward_mean', 150, 0.98, 0.95, 1),
            at('accuracy', 150, 1, 1, 1),
          ],
        }),
      ],
    },
    {
      title: 'How it gets there',
      blocks: [
        text(
          'The loss is a square: the policy’s log-likelihood should equal the log of the target, up to a constant of the prompt, log Z, which is learned beside it.',
        ),
        formula(
          'Trajectory balance',
          String.raw`\delta_i=\log Z(x)+\tfrac1{|y_i|}\log\tfrac{\pi_\theta(y_i)}{\pi_{ref}(y_i)}-\beta\hat r_i,\qquad L=\textstyle\frac1N\sum_iw_i\,\delta_i^2`,
        ),
        task('Do one step and look at the stage “Advantage”: the update sees −2δ in place of the advantage.', {
          at: { section: 'inside' },
        }),
        question(
          'A right answer has become likelier than the target wants. What does the next update do with it?',
          'It pushes it down: δ > 0. That is the call back which a maximiser does not have. An advantage of a right answer is never negative in a mixed group.',
        ),
        text(
          'When all answers of a group have the same reward, r̂ is 0, and the residual pulls the policy back to where it started. GRPO would do nothing.',
        ),
      ],
    },
    {
      title: 'β turns it into a maximiser',
      blocks: [
        text(
          'β says how sharply reward raises likelihood. The exponent is β times the length of the answer. With the paper’s 15 even four symbols would leave only the best answers, so β is 1 here.',
        ),
        task('Start FlowRL with β = 5.', {
          open: sharp,
          button: 'Start with β = 5',
          at: { knob: 'flow_beta' },
          charts: ['distinct_correct'],
        }),
        question(
          'In the limit of large β, which algorithm’s result do you expect?',
          'A maximiser’s: the target puts everything on the best answers. With finite steps the run then also loses variety among equals, like GRPO.',
        ),
        expect('Between the two, nearer to GRPO.', {
          title: 'FlowRL, β = 5',
          setup: sharp,
          numbers: [
            at('distinct_correct', 150, 1.4, 1.13, 1.75),
            at('entropy', 150, 0.04, 0.01, 0.078),
            at('reward_mean', 150, 1, 1, 1),
          ],
        }),
      ],
    },
  ],
});
