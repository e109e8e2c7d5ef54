import { at, expect, formula, lesson, question, task, text } from './lesson.ts';

const once = { batch: { minibatches: 1 } };
const reused = { batch: { epochs: 8 } };
const no_clip = { clip_low: 1, clip_high: 10, dual_clip: 1000 };
const loose = { batch: { epochs: 8 }, hyper: no_clip };
const fast = { batch: { epochs: 8 }, hyper: { learning_rate: 0.3 } };
const fast_loose = { batch: { epochs: 8 }, hyper: { learning_rate: 0.3, ...no_clip } };

export default lesson({
  id: 'clipping',
  number: 3,
  title: 'What clipping does',
  question: 'Which tokens does PPO’s clip drop, and what would happen if it did not?',
  papers: [],
  algorithms: ['ppo'],
  parts: [
    {
      title: 'Once, nothing is clipped',
      blocks: [
        text('The clip compares the policy being trained with the one that drew the answers:'),
        formula(
          'Clipped objective',
          String.raw`\min\big(\rho\hat A,\ \mathrm{clip}(\rho,1-\epsilon_{low},1+\epsilon_{high})\hat A\big),\qquad\rho=\frac{\pi_\theta}{\pi_{old}}`,
        ),
        task('Set minibatches to 1: one update for each rollout.', {
          open: once,
          button: 'Start with one update',
          at: { knob: 'minibatches' },
          charts: ['clip_frac'],
        }),
        question(
          'What is the ratio ρ in the only update that a rollout gets?',
          'Exactly 1. Nothing has been updated since the answers were drawn, so no clip, wide or narrow, changes anything.',
        ),
        expect('Not small: zero. One update also learns more slowly than eight.', {
          title: 'One update per rollout',
          setup: once,
          numbers: [
            at('clip_frac', 10, 0, 0, 0),
            at('clip_frac', 50, 0, 0, 0),
            at('reward_mean', 30, 0.35, 0.23, 0.45),
            at('reward_mean', 100, 0.98, 0.97, 0.98),
          ],
        }),
      ],
    },
    {
      title: 'Using a rollout eight times',
      blocks: [
        text(
          'Answers are expensive for a language model, so each rollout is used for several updates. Then the policy walks away from the one that drew them.',
        ),
        task('Set epochs to 8: with eight minibatches that makes 64 updates for each rollout.', {
          open: reused,
          button: 'Start with 8 epochs',
          at: { knob: 'epochs' },
          charts: ['clip_frac', 'approx_kl_k3'],
        }),
        question(
          'A token has Â > 0 and ρ = 1.3 with ε = 0.2. Is it clipped? And one with Â < 0 and ρ = 1.3?',
          'The first is: it has moved far enough in the direction in which the advantage pushes. The second is not: the advantage pulls it back, and the clip never stops a way back.',
        ),
        expect('About half the tokens are clipped in the very first step; learning is fast.', {
          title: '8 epochs, ε = 0.2',
          setup: reused,
          numbers: [
            at('clip_frac', 0, 0.54, 0.21, 0.77),
            at('clip_frac', 20, 0.021, 0, 0.047),
            at('approx_kl_k3', 0, 0.27, 0.12, 0.38),
            at('reward_mean', 10, 0.81, 0.66, 0.95),
          ],
        }),
      ],
    },
    {
      title: 'One clipped token, closely',
      blocks: [
        text(
          'A clipped token is not changed, capped or weighed down. Its gradient is 0: for this update it might as well not be there.',
        ),
        task(
          'Do one step and look at a token that is dropped. The stage “Mask” says why, the stage “Coefficient” what becomes of it.',
          {
            at: { section: 'inside' },
          },
        ),
        question(
          'Can a clipped token still move further?',
          'Yes. Other tokens share its weights, and Adam’s momentum goes on. The clip takes away a reason to move; it builds no wall.',
        ),
        expect('That is why the ratio keeps moving and the KL of a step is far from zero with the clip in place.', {
          title: '8 epochs, ε = 0.2',
          setup: reused,
          numbers: [at('approx_kl_k3', 10, 0.67, 0.15, 1.34)],
        }),
      ],
    },
    {
      title: 'Without it',
      blocks: [
        text(
          'Open the clip as far as it goes, and take away the dual clip, which guards against huge ratios with negative advantage.',
        ),
        task('Start with ε_low = 1, ε_high = 10 and dual clip 1000.', {
          open: loose,
          button: 'Start without a clip',
          at: { knob: 'clip_high' },
          charts: ['clip_frac', 'approx_kl_k3'],
        }),
        question(
          'How much further does the policy move in the first step?',
          'About six times as far in KL, and its entropy drops by half a nat more on the evidence of 64 answers, most of them wrong.',
        ),
        expect(
          'Compare step 0 with the clip on and off.',
          {
            title: 'With the clip',
            setup: reused,
            numbers: [at('approx_kl_k3', 0, 0.27, 0.12, 0.38), at('entropy', 0, 1.67, 1.61, 1.72)],
          },
          {
            title: 'Without',
            setup: loose,
            numbers: [at('approx_kl_k3', 0, 1.57, 0.59, 2.2), at('entropy', 0, 1.17, 0.98, 1.39)],
          },
        ),
      ],
    },
    {
      title: 'When it saves a run',
      blocks: [
        text(
          'On this easy task a run without a clip mostly survives. Double the learning rate, and some seeds do not.',
        ),
        task('Start without a clip at learning rate 0.3, and try a few seeds.', {
          open: fast_loose,
          button: 'Start: 0.3, no clip',
          at: { knob: 'learning_rate' },
        }),
        question(
          'Some runs stop at an accuracy of 15/16. What has happened to the missing sixteenth?',
          'One of the sixteen prompts settled on a wrong answer. Its groups are all wrong now, their advantage is 0, and nothing pulls it out again.',
        ),
        expect(
          'Look at the lowest seed.',
          {
            title: '0.3 with the clip',
            setup: fast,
            numbers: [at('reward_mean', 50, 0.998, 0.98, 1), at('accuracy', 100, 1, 1, 1)],
          },
          {
            title: '0.3 without',
            setup: fast_loose,
            numbers: [at('reward_mean', 50, 0.89, 0.63, 1), at('accuracy', 100, 0.98, 0.94, 1)],
          },
        ),
      ],
    },
  ],
});
