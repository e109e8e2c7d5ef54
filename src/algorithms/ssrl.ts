/** SSRL (arXiv 2508.10874): the policy is its own search engine, and what it 'retrieves' is left out of the loss. */
import { algorithm, part } from './algorithm.ts';
import grpo from './grpo.ts';
import { tokenMean } from './ppo.ts';

export const selfSearch = part({
  role: 'source',
  id: 'self_search',
  title: 'Self-search',
  doc: 'On-policy groups, in which every closed information block, its tags included, is left out of the loss.',
  equation: String.raw`m_{i,t}\wedge\neg[\,y_{i,t}\ \text{inside information}\,]`,
  hyper: {},
  dispatches: {
    respond: [{ kernel: 'mask_information', over: ['replica', 'sequence'], note: 'no loss on retrieved text' }],
  },
  refuses_task: ({ title, symbols }) =>
    symbols.open_information === undefined || symbols.close_information === undefined
      ? `“Self-search” masks blocks of recalled text; the task “${title}” has none. Choose the task “Self-search” or another source.`
      : undefined,
});

export default algorithm({
  ...grpo,
  id: 'ssrl',
  title: 'SSRL',
  summary:
    'Lets the policy search its own memory inside one response, rewards form and answer, and trains on everything but the recalled text.',
  paper: {
    title: 'SSRL: self-search reinforcement learning',
    arxiv: '2508.10874',
    equation: 'information token masking',
  },
  source: selfSearch,
  weighting: tokenMean,
  defaults: { kl_coef: 0.001 },
  batch: { group_size: 8 },
  home: { task: 'self_search', batch: { warm_up_steps: 60 } },
  departures: [
    'The paper draws 5 responses per prompt; group sizes are powers of two here, and there are 8.',
    'Information is a block of symbols, so a block is found by its symbols and not by a pattern in the text: one with a line break, or the second of two equal ones, is masked too.',
  ],
});
