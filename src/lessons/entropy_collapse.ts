import { at, expect, formula, lesson, question, task, text } from './lesson.ts';

const grpo = {};
const bonus = { hyper: { entropy_coef: 0.1 } };

export default lesson({
  id: 'entropy_collapse',
  number: 1,
  title: 'Entropy collapse',
  question: 'Why does a policy stop exploring just when it gets good?',
  papers: ['entropy-mechanism'],
  algorithms: ['grpo'],
  parts: [
    {
      title: 'Two curves, one story',
      blocks: [
        text(
          'Each prompt asks for four symbols whose sum, modulo 8, is the prompt’s number. One random guess in eight is right, and many different answers are.',
        ),
        task('Start GRPO from step 0 and watch both charts for about a hundred steps.', {
          open: grpo,
          button: 'Start the run',
          at: { chart: 'entropy' },
        }),
        question(
          'Reward rises. Which way does the entropy of the next-symbol distribution go, and how far?',
          'Down, nearly to zero: the policy settles on one answer per prompt, although hundreds are right. It starts at about 1.7 nats; with every symbol equally likely it would be log 8 = 2.08.',
        ),
        expect('The entropy is gone before the reward has fully arrived.', {
          title: 'GRPO',
          setup: grpo,
          numbers: [
            at('entropy', 0, 1.73, 1.68, 1.76),
            at('entropy', 30, 0.21, 0.15, 0.34),
            at('entropy', 100, 0.028, 0.01, 0.061),
            at('reward_mean', 0, 0.13, 0.05, 0.19),
            at('reward_mean', 30, 0.93, 0.86, 0.95),
          ],
        }),
      ],
    },
    {
      title: 'What moves the entropy',
      blocks: [
        text(
          'For a softmax policy the change of entropy in one step is, to first order, minus a covariance: of the log-probability of a symbol with the change of its logit.',
        ),
        formula(
          'Change of the entropy',
          String.raw`\Delta H\approx-\mathrm{Cov}_{y\sim\pi}\big(\log\pi(y),\ \Delta z_y\big)`,
        ),
        question(
          'Logits move in the direction of the advantage. When does rewarding a response raise the entropy?',
          'When the response was unlikely. Rewarding what is likely already sharpens the policy; rewarding a rare success spreads it. Once good answers are the likely ones, the covariance is positive and, to first order, entropy can only fall.',
        ),
        task('Open the entropy law and look at the two lower curves: do they rise and fall together?', {
          at: { section: 'law' },
        }),
        expect(
          'At the start advantage and log-probability have nothing to do with each other; twenty steps later they do.',
          {
            title: 'GRPO',
            setup: grpo,
            numbers: [at('covariance', 0, -0.01, -0.07, 0.04), at('covariance', 20, 0.32, 0.1, 0.43)],
          },
        ),
      ],
    },
    {
      title: 'What it costs',
      blocks: [
        text(
          'GRPO learns only from groups in which some answers are right and some are wrong. A policy that always gives the same answer makes groups of equal rewards.',
        ),
        task('Put the share of groups without spread on a chart of its own.', {
          charts: ['frac_reward_zero_std'],
          button: 'Add the chart',
        }),
        question(
          'With eight prompts a step and 0.84 of the groups without spread: how many prompts still teach something?',
          'About one in eight. The others have advantage 0 in every token. Here nothing is left to learn; on a hard task the policy would be stuck with whatever it settled on.',
        ),
        expect('Groups without spread come in two kinds: first all wrong, in the end all right.', {
          title: 'GRPO',
          setup: grpo,
          numbers: [
            at('frac_reward_zero_std', 0, 0.38, 0.13, 0.75),
            at('frac_reward_zero_std', 10, 0.05, 0, 0.13),
            at('frac_reward_zero_std', 50, 0.84, 0.63, 1),
            at('frac_reward_zero_std', 100, 1, 1, 1),
          ],
        }),
      ],
    },
    {
      title: 'A law',
      blocks: [
        text(
          'If entropy buys reward, the price can be written down. Across many language models the paper finds one curve:',
        ),
        formula('Entropy law', String.raw`R=-a\,e^{H}+b,\qquad R_{H=0}=b-a`),
        task('Leave the run going for 150 steps and read R² and the ceiling from the fit.', {
          at: { section: 'law' },
        }),
        question(
          'What does the law say about a run whose entropy is already zero?',
          'That it is over: the ceiling b − a is all this policy can reach by sharpening. To get further it needs new entropy or new data.',
        ),
        text(
          'In our eight seeds the fit of accuracy on exp(H) over 150 steps had R² between 0.90 and 0.99 and a ceiling between 1.01 and 1.02; the accuracy reached was 1.00. A score that stops at 1 makes this an easy test.',
        ),
      ],
    },
    {
      title: 'Keeping some of it',
      blocks: [
        text(
          'Most of the loss comes from a few tokens with high covariance. Clip-Cov takes the gradient away from some of them, KL-Cov makes them pay for moving. An entropy bonus pulls on all tokens alike.',
        ),
        task('Start again with an entropy bonus of 0.1, then set it to off while the run goes on.', {
          open: bonus,
          button: 'Start with a bonus of 0.1',
          at: { knob: 'entropy_coef' },
        }),
        task('Or exchange the algorithm in mid-run: the weights stay, only the update changes.', {
          change: { algorithm: 'kl_cov' },
          button: 'Continue as KL-Cov',
          at: { pick: 'algorithm' },
        }),
        question(
          'Do these methods prevent the collapse in this toy, or delay it?',
          'They delay it. At step 30 all three hold more entropy than GRPO, at step 150 everything is near zero, because one answer per prompt is enough here.',
        ),
        expect(
          'Read step 30, not the end.',
          {
            title: 'KL-Cov',
            setup: { algorithm: 'kl_cov' },
            numbers: [at('entropy', 30, 0.28, 0.13, 0.44), at('entropy', 150, 0.017, 0.009, 0.04)],
          },
          {
            title: 'Clip-Cov',
            setup: { algorithm: 'clip_cov' },
            numbers: [at('entropy', 30, 0.37, 0.17, 0.55), at('entropy', 150, 0.032, 0.01, 0.078)],
          },
          {
            title: 'Entropy bonus 0.1',
            setup: bonus,
            numbers: [
              at('entropy', 30, 0.44, 0.35, 0.56),
              at('entropy', 150, 0.056, 0.01, 0.11),
              at('reward_mean', 30, 0.8, 0.69, 0.88),
            ],
          },
        ),
      ],
    },
  ],
});
