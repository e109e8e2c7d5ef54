/** One update, stage by stage: what happened to one token of a group that was looked at closely, in sentences and numbers. */
import { fillOf, type Part, type Parts } from '../algorithms/algorithm.ts';
import { shaderLibrary } from '../engine/library.ts';
import type { RunConfig, SampleGroup, SampleResponse, SampleToken } from '../trainer/protocol.ts';
import { runningParts } from './about.ts';
import type { Catalogue } from './catalogue.ts';
import { formatNumber, formatSigned, plural } from './format.ts';

/** The stages of an update, in order. */
export const STAGES = [
  'sample',
  'reward',
  'baseline',
  'advantage',
  'ratio',
  'mask',
  'coef',
  'gradient',
  'policy',
] as const;
/** One of `STAGES`. */
export type StageId = (typeof STAGES)[number];

/** Place of a token in a group, from 0. */
export interface TokenPlace {
  response: number;
  token: number;
}

/** What there is to see at a stage. */
export interface Stage {
  id: StageId;
  title: string;
  /** what happens, with why where something does not */
  sentence: string;
  /** LaTeX: the formula, then the same with its numbers */
  formulas: string[];
  /** key of the source that does it, as `sourcesOf` names it */
  source: string;
}

/** One symbol that could have stood at a place. */
export interface Alternative {
  symbol: string;
  is_taken: boolean;
  before: number;
  /** this token's share of minus the gradient of the loss on the symbol's logit */
  push: number;
  /** NaN where it is not known */
  after: number;
}

const TITLES: Record<StageId, string> = {
  sample: 'Sample',
  reward: 'Reward',
  baseline: 'Baseline',
  advantage: 'Advantage',
  ratio: 'Ratio',
  mask: 'Mask',
  coef: 'Coefficient',
  gradient: 'Gradient',
  policy: 'New policy',
};

/** A number inside LaTeX. */
export const texNumber = (value: number): string => {
  const text = formatNumber(value).replace('−', '-').replaceAll(',', '{,}');
  const [size, power] = text.split('e');
  return power === undefined ? text.replace('–', '?') : String.raw`${size}\cdot10^{${power.replace('−', '-')}}`;
};
const inside = (value: number) => (value < 0 ? `(${texNumber(value)})` : texNumber(value));
const texText = (text: string) => String.raw`\text{${text.replace(/[\\{}$&#^_%~]/g, ' ')}}`;

/** The right side of an equation with numbers in place of its symbols, or undefined where a symbol has none. */
export function putIn(equation: string, values: Record<string, number>): string | undefined {
  const right = equation.slice(equation.indexOf('=') + 1);
  const names = Object.keys(values)
    .filter((name) => Number.isFinite(values[name]))
    .sort((a, b) => b.length - a.length);
  const escaped = names.map((name) => name.replace(/[\\{}^]/g, String.raw`\$&`));
  const filled = right.replace(new RegExp(`(?:${escaped.join('|')})(?![a-zA-Z])`, 'g'), (name) => inside(values[name]));
  const left = filled.replace(/\\(?:t?frac|cdot|,|quad|big|Big)/g, '');
  return names.length === 0 || /[a-zA-Z\\]/.test(left) ? undefined : filled;
}

/** Mean and standard deviation of a group's rewards, or of what else is given of each response, as the advantage sees them. */
export function groupStatistics(
  responses: readonly SampleResponse[],
  is_population = false,
  scoreOf = ({ reward }: SampleResponse) => reward,
) {
  const scores = responses.map((one) => (one.tokens.some((token) => token.mask > 0) ? scoreOf(one) : 0));
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const squares = scores.reduce((a, b) => a + (b - mean) ** 2, 0);
  return { mean, std_dev: Math.sqrt(squares / (is_population ? scores.length : scores.length - 1)), scores };
}

/** The token at a place, or the first of the group that is the policy's own. */
export function placeIn({ responses }: SampleGroup, wanted: TokenPlace): TokenPlace {
  if (responses[wanted.response]?.tokens[wanted.token]) return wanted;
  const response = responses.findIndex(({ tokens }) => tokens.some((token) => token.mask > 0));
  const token = responses[response]?.tokens.findIndex(({ mask }) => mask > 0) ?? 0;
  return { response: Math.max(0, response), token: Math.max(0, token) };
}

/** A token worth looking at first: the one whose own logit is pushed hardest. */
export function hardestPushed({ responses }: SampleGroup): TokenPlace {
  let best: TokenPlace = { response: 0, token: 0 };
  let size = -1;
  responses.forEach(({ tokens }, response) => {
    tokens.forEach(({ coef, logp, mask }, token) => {
      const push = Math.abs(coef) * (1 - Math.exp(Math.min(0, logp)));
      if (mask > 0 && push > size) {
        size = push;
        best = { response, token };
      }
    });
  });
  return best;
}

/** What could have stood at a place, the likeliest first, at most `count` and always what was taken. */
export function alternativesAt(sample: SampleGroup, place: TokenPlace, count: number): Alternative[] {
  const token = sample.responses[place.response]?.tokens[place.token];
  const { before, after } = token?.close ?? {};
  const { symbols, hyper } = sample;
  if (!token || !symbols || !before) return [];
  const temperature = hyper?.temperature ?? 1;
  const all = symbols.map((symbol, v): Alternative => {
    const is_taken = symbol === token.symbol;
    const push = (token.coef * ((is_taken ? 1 : 0) - before[v])) / temperature;
    return { symbol, is_taken, before: before[v], push, after: after?.[v] ?? Number.NaN };
  });
  const height = (a: Alternative) => (a.is_taken ? 2 : Math.max(a.before, Number.isFinite(a.after) ? a.after : 0));
  const kept = new Set([...all].sort((a, b) => height(b) - height(a)).slice(0, count));
  return all.filter((one) => kept.has(one));
}

const knobValues = (part: Part, hyper: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(part.hyper).flatMap(([name, { symbol }]) => (symbol ? [[symbol, hyper[name] ?? Number.NaN]] : [])),
  );

/** Everything the stages speak of. */
interface Scene {
  parts: Parts;
  sample: SampleGroup;
  hyper: Record<string, number>;
  place: TokenPlace;
  response: SampleResponse;
  token: SampleToken;
}

/** Why a token takes no part at all, or '' where it does. */
function whyMasked(sample: SampleGroup, place: TokenPlace): string {
  const response = sample.responses[place.response];
  if (response.tokens[place.token].mask > 0) return '';
  if (sample.responses.every(({ tokens }) => tokens.every(({ mask }) => mask === 0)))
    return 'The source left this group out of the update, so its masks are 0 and no token of it is trained.';
  if (response.tokens.every(({ mask }) => mask === 0))
    return 'This response is left out of the update: its masks are 0.';
  return 'The task wrote this token, not the policy: its mask is 0, and nothing is learned from it.';
}

/** A change of log-probability too small to see. */
const UNMOVED = 1e-3;

const nameOf = (place: TokenPlace) => `${place.response + 1},${place.token + 1}`;

function sampleStage({ token, response, place, sample }: Scene): Omit<Stage, 'id' | 'title'> {
  const where = `token ${place.token + 1} of response ${place.response + 1}`;
  if (response.is_demonstration)
    return {
      sentence: `The task’s solver wrote response ${place.response + 1}; ‘${token.symbol}’ is ${where}, and the policy learns to imitate it.`,
      formulas: [String.raw`y_{${nameOf(place)}}=${texText(token.symbol)}\quad\text{from a demonstration}`],
      source: 'kernel/write_demonstrations',
    };
  const others = sample.responses.length - 1;
  return {
    sentence: `The policy drew ‘${token.symbol}’ as ${where} with probability ${formatNumber(Math.exp(token.logp))}; ${plural(others, 'other response')} answer${others === 1 ? 's' : ''} the same prompt.`,
    formulas: [
      String.raw`y_{i,t}\sim\pi(\cdot\mid x,y_{i,<t})`,
      String.raw`\pi(${texText(token.symbol)})=e^{${texNumber(token.logp)}}=${texNumber(Math.exp(token.logp))}`,
    ],
    source: 'kernel/sample_symbol',
  };
}

function rewardStage({ parts, response, place }: Scene): Omit<Stage, 'id' | 'title'> {
  const own = parts.reward.dispatches?.reward?.find(({ kernel }) =>
    shaderLibrary.kernel(kernel).bindings.some(({ name, access }) => name === 'rewards' && access !== 'in'),
  );
  const judged = own
    ? `${parts.reward.title} gives`
    : `The verifier says “${response.verdict.replace(/\.$/, '')}” and gives`;
  return {
    sentence: `${judged} the whole response ${formatNumber(response.reward)}; no single token has a reward of its own yet.`,
    formulas: [parts.reward.equation, `R_{${place.response + 1}}=${texNumber(response.reward)}`],
    source: `kernel/${own?.kernel ?? 'score_responses'}`,
  };
}

const advantageSource = ({ advantage }: Parts) => {
  const file = advantage.slots?.group_advantage_of?.file;
  const kernel = advantage.dispatches?.advantage?.[0]?.kernel;
  return file ? `group_advantage_of/${file}` : kernel ? `kernel/${kernel}` : 'kernel/policy_gradient';
};

/** The advantage asks whether responses are right, not for their rewards. */
const countsRight = ({ advantage }: Parts, { responses }: SampleGroup) =>
  advantage.dispatches?.advantage?.some(({ bind }) => Object.values(bind ?? {}).includes('verdicts')) &&
  responses.every(({ is_right }) => is_right !== undefined);

function baselineStage({ parts, sample, hyper }: Scene): Omit<Stage, 'id' | 'title'> {
  if (countsRight(parts, sample)) {
    const { mean, scores } = groupStatistics(sample.responses, false, ({ is_right }) => Number(is_right));
    const right = scores.reduce((a, b) => a + b, 0);
    return {
      sentence: `The yardstick is the share of right responses to the same prompt, whatever rewards they got: ${right} of ${scores.length}.`,
      formulas: [String.raw`r_q=\frac{${right}}{${scores.length}}=${texNumber(mean)}`],
      source: advantageSource(parts),
    };
  }
  const { mean, std_dev, scores } = groupStatistics(sample.responses, hyper.std_is_population === 1);
  const formulas = [
    String.raw`\mu_g=\frac1G\sum_iR_i=\frac{${texNumber(scores.reduce((a, b) => a + b, 0))}}{${scores.length}}=${texNumber(mean)},\qquad\sigma_g=${texNumber(std_dev)}`,
  ];
  const source = advantageSource(parts);
  if (!parts.advantage.slots?.group_advantage_of)
    return {
      sentence: `This run does not compare with the group alone. ${parts.advantage.title}: ${parts.advantage.doc} For orientation, the group’s mean stands below.`,
      formulas,
      source,
    };
  const spread =
    std_dev === 0
      ? 'All rewards are equal, so no response is better than another and the group teaches nothing.'
      : 'What is above it was better than expected, what is below it worse.';
  return {
    sentence: `The other answers to the same prompt are the yardstick: their mean. ${spread}`,
    formulas,
    source,
  };
}

function advantageStage({ parts, sample, token, response, place, hyper }: Scene): Omit<Stage, 'id' | 'title'> {
  const { advantage } = parts;
  const all = groupStatistics(sample.responses, hyper.std_is_population === 1);
  const on = groupStatistics(
    sample.responses.filter(({ is_demonstration }) => !is_demonstration),
    hyper.std_is_population === 1,
  );
  const numbers = putIn(advantage.equation, {
    R_i: response.reward,
    '\\mu_g': all.mean,
    '\\sigma_g': all.std_dev,
    '\\mu_{on}': on.mean,
    '\\sigma_{on}': on.std_dev,
    ...knobValues(advantage, hyper),
  });
  const index = advantage.is_per_token ? nameOf(place) : String(place.response + 1);
  const formulas = [
    advantage.equation,
    String.raw`\hat A_{${index}}=${numbers ? `${numbers}=` : ''}${texNumber(token.advantage)}`,
  ];
  const effective = token.close?.factors.advantage ?? token.advantage;
  const is_shaped = Number.isFinite(effective) && Math.abs(effective - token.advantage) > 1e-6;
  if (is_shaped) formulas.push(String.raw`\hat A_{${nameOf(place)}}\;\to\;${texNumber(effective)}`);
  const shared = advantage.is_per_token
    ? 'Every token has its own advantage'
    : 'Every token of the response gets the same advantage';
  const shaped = is_shaped ? ` The update sees ${formatSigned(effective)} instead, which another part made of it.` : '';
  return {
    sentence: `${shared}; here it is ${formatSigned(token.advantage)}.${shaped}`,
    formulas,
    source: advantageSource(parts),
  };
}

function ratioStage({ parts, token, response }: Scene): Omit<Stage, 'id' | 'title'> {
  const source = `importance_weight/${fillOf(parts, 'importance_weight').file}`;
  const { close } = token;
  if (!close || response.is_demonstration)
    return {
      sentence:
        'A demonstration was drawn by nobody, so there is no older probability to compare with: the ratio is 1.',
      formulas: [String.raw`\rho=1`],
      source,
    };
  const ratio = Math.exp(close.now_logp - close.old_logp);
  const is_same = Math.abs(ratio - 1) < 1e-6;
  const { importance } = close.factors;
  const moved = is_same
    ? 'No earlier update of this step has changed this probability since the token was drawn, so the ratio is 1.'
    : `Earlier updates of this step took the token’s probability from ${formatNumber(Math.exp(close.old_logp))} to ${formatNumber(Math.exp(close.now_logp))}.`;
  const weighed =
    Math.abs(importance - ratio) > 1e-4 * ratio
      ? ` ${parts.stabiliser.title} weighs the token by ${formatNumber(importance)} instead.`
      : '';
  return {
    sentence: moved + weighed,
    formulas: [
      String.raw`\rho_{i,t}=\exp\big(\log\pi_\theta-\log\pi_{old}\big)=\exp\big(${texNumber(close.now_logp)}-${inside(close.old_logp)}\big)=${texNumber(ratio)}`,
    ],
    source,
  };
}

function maskStage({ parts, token, hyper }: Scene): Omit<Stage, 'id' | 'title'> {
  const { stabiliser } = parts;
  const { close } = token;
  const low = stabiliser.hyper.clip_low && 1 - hyper.clip_low;
  const high = stabiliser.hyper.clip_high && 1 + hyper.clip_high;
  const ratio = close?.factors.importance || Math.exp((close?.now_logp ?? 0) - (close?.old_logp ?? 0));
  const [r, l, h] = [ratio, low ?? Number.NaN, high ?? Number.NaN].map((value) => formatNumber(value));
  const bounded = low !== undefined && high !== undefined;
  const range = bounded ? `the range from ${l} to ${h}` : 'its range';
  const counts = close?.factors.mask !== 0;
  let sentence = `It counts: ${stabiliser.title} ${bounded ? `does not drop it at the ratio ${r} (range ${l} to ${h})` : 'did not drop it'}.`;
  if (!bounded && fillOf(parts, 'stable_mask').file === 'none') sentence = 'It counts: this stabiliser drops no token.';
  else if (counts && bounded && (ratio < low || ratio > high))
    sentence = `It counts: the ratio ${r} lies outside ${range}, but the advantage pulls it back, so nothing has to be stopped.`;
  if (!counts && close?.is_picked)
    sentence = `Dropped: ${stabiliser.title} singled it out, because its advantage and its log-probability go together so strongly that it would cost much entropy.`;
  else if (close?.is_clipped_lower)
    sentence = `Dropped by the dual clip: the advantage is negative and the ratio ${r} is far above 1, where one token could dominate the update.`;
  else if (!counts)
    sentence = `Clipped: the ratio ${r} has already left ${range} in the direction in which the advantage pushes, so this update pushes no further.`;
  return {
    sentence,
    formulas: [stabiliser.equation, String.raw`\mathbf 1_{i,t}=${counts ? 1 : 0}`],
    source: `stable_mask/${fillOf(parts, 'stable_mask').file}`,
  };
}

function coefStage({ parts, token }: Scene): Omit<Stage, 'id' | 'title'> {
  const f = token.close?.factors;
  const source = 'kernel/policy_gradient';
  const general = String.raw`c_{i,t}=w\,\big(\mathbf 1\,\rho\,s\,\hat A\,\ell-\beta k'\big)`;
  if (!f) return { sentence: '', formulas: [general], source };
  const product = [f.mask, f.importance, f.correction, f.advantage, f.likelihood].map(inside).join(String.raw`\cdot`);
  const numbers = String.raw`c=${inside(f.weight)}\,\big(${product}-${inside(f.penalty === 0 ? 0 : f.penalty)}\big)=${texNumber(token.coef)}`;
  let sentence = `Everything so far becomes one number, with the weight ${formatNumber(f.weight)} of ${parts.weighting.title}: the token is to become ${token.coef > 0 ? 'likelier' : 'less likely'}.`;
  if (token.coef === 0) {
    const why = f.mask === 0 ? 'its mask is 0' : f.advantage === 0 ? 'its advantage is 0' : 'one of its factors is 0';
    sentence = `Everything so far becomes one number, and it is 0, because ${why}: this token pushes nothing.`;
  }
  return { sentence, formulas: [general, numbers], source };
}

function gradientStage({ token, sample, place, hyper }: Scene): Omit<Stage, 'id' | 'title'> {
  const general = String.raw`-\frac{\partial L}{\partial z_v}=\frac{c}{\tau}\big([v=y]-\pi_v\big)`;
  const source = 'kernel/logits_backward';
  const drawn = token.close?.before?.[sample.symbols?.indexOf(token.symbol) ?? -1];
  const logp = token.close?.now_logp;
  const now = logp === undefined || Number.isNaN(logp) ? undefined : Math.exp(logp);
  const is_later = drawn !== undefined && now !== undefined && Math.abs(now - drawn) > 0.005;
  const formulas = [general];
  if (now !== undefined)
    formulas.push(
      String.raw`v=y:\quad\frac{${texNumber(token.coef)}}{${texNumber(hyper.temperature ?? 1)}}\,(1-${texNumber(now)})=${texNumber((token.coef / (hyper.temperature ?? 1)) * (1 - now))}`,
    );
  if (token.coef === 0)
    return {
      sentence: 'A coefficient of 0 moves no logit: the token is as if it had not been drawn.',
      formulas,
      source,
    };
  const [own, rest] = token.coef > 0 ? ['up', 'down'] : ['down', 'up'];
  const shared =
    place.token === 0 && sample.responses.length > 1
      ? ' The first tokens of all responses share one row of logits, so their pushes add up.'
      : '';
  const older = is_later ? ' The table below takes the probabilities of the draw, the formula that of the update.' : '';
  return {
    sentence: `The logit of ‘${token.symbol}’ is pushed ${own}, all others are pushed ${rest} in proportion to their probability, and the pushes sum to 0.${shared}${older}`,
    formulas,
    source,
  };
}

function policyStage({ token, sample, hyper }: Scene): Omit<Stage, 'id' | 'title'> {
  const index = sample.symbols?.indexOf(token.symbol) ?? -1;
  const before = token.close?.before?.[index];
  const after = token.close?.after?.[index];
  const formulas = [
    String.raw`\theta\leftarrow\theta+\eta\,\mathrm{AdamW}\Big(\sum_{i,t}c_{i,t}\,\nabla\log\pi_\theta(y_{i,t})\Big),\qquad\eta=${texNumber(hyper.learning_rate)}`,
  ];
  const source = 'kernel/adamw';
  if (after === undefined)
    return {
      sentence:
        'The optimiser moves all weights at once. In a network the new probabilities take another forward pass: set “entropy watch” to on under Batch, and they stand here.',
      formulas,
      source,
    };
  if (before === undefined)
    return {
      sentence: `After the step ‘${token.symbol}’ has probability ${formatNumber(after)} here.`,
      formulas,
      source,
    };
  const change = Math.log(after) - Math.log(before);
  formulas.push(String.raw`\Delta\log\pi=\log${texNumber(after)}-\log${texNumber(before)}=${texNumber(change)}`);
  if (Math.abs(change) < UNMOVED)
    return {
      sentence: `After all updates of the step ‘${token.symbol}’ has kept its probability of ${formatNumber(after)}: where a token is nearly certain, or pushes cancel, a step moves little.`,
      formulas,
      source,
    };
  const is_against = token.coef * change < 0;
  const why = is_against
    ? ' That is against this token’s own push: other tokens that share its weights, and the optimiser’s memory, were stronger.'
    : token.coef === 0 && Math.abs(change) > 1e-6
      ? ' This token pushed nothing; others that share its weights, and the optimiser’s memory, did.'
      : ' Every token that shares these weights had a part in it, and so had the optimiser’s memory of earlier gradients.';
  return {
    sentence: `After all updates of the step ‘${token.symbol}’ has probability ${formatNumber(after)} instead of ${formatNumber(before)}.${why}`,
    formulas,
    source,
  };
}

const TELLERS: Record<StageId, (scene: Scene) => Omit<Stage, 'id' | 'title'>> = {
  sample: sampleStage,
  reward: rewardStage,
  baseline: baselineStage,
  advantage: advantageStage,
  ratio: ratioStage,
  mask: maskStage,
  coef: coefStage,
  gradient: gradientStage,
  policy: policyStage,
};
const AFTER_MASK: readonly StageId[] = ['advantage', 'ratio', 'mask', 'coef', 'gradient', 'policy'];

/** The stages of the update for one token. A masked token goes through all of them too, and each says why it is left out. */
export function stagesOf(catalogue: Catalogue, config: RunConfig, sample: SampleGroup, wanted: TokenPlace): Stage[] {
  const parts = runningParts(catalogue, config);
  const place = placeIn(sample, wanted);
  const response = sample.responses[place.response];
  const token = response?.tokens[place.token];
  if (!parts || !token) return [];
  const scene: Scene = { parts, sample, hyper: sample.hyper ?? {}, place, response, token };
  const why = whyMasked(sample, place);
  return STAGES.map((id) => {
    const told = TELLERS[id](scene);
    if (why === '') return { id, title: TITLES[id], ...told };
    if (id === 'sample') return { id, title: TITLES[id], ...told, sentence: why, formulas: ['m_{i,t}=0'] };
    const left_out = AFTER_MASK.includes(id);
    return {
      id,
      title: TITLES[id],
      ...told,
      sentence: left_out ? `Left out. ${why}` : told.sentence,
      formulas: left_out ? ['c_{i,t}=0'] : told.formulas,
    };
  });
}

/** One response in the table beside the stages: the numbers at the place that is looked at. */
export interface GroupRow {
  tokens: SampleToken[];
  /** text for every stage from which on it is known */
  cells: Record<'reward' | 'advantage' | 'ratio' | 'mask' | 'coef', string>;
}

/** The columns of the table, each with the stage at which it is filled. */
export const GROUP_COLUMNS = ['reward', 'advantage', 'ratio', 'mask', 'coef'] as const;

/** The group as a table: of every response its reward, and the numbers of its token at the same position. */
export function groupRows(sample: SampleGroup, place: TokenPlace): GroupRow[] {
  return sample.responses.map(({ tokens, reward, is_demonstration }) => {
    const token = tokens[place.token];
    const close = token?.close;
    const number = (value: number | undefined) => (token?.mask ? formatSigned(value ?? Number.NaN) : '–');
    const ratio = close && !is_demonstration ? Math.exp(close.now_logp - close.old_logp) : 1;
    return {
      tokens,
      cells: {
        reward: formatNumber(reward),
        advantage: number(token?.advantage),
        ratio: token?.mask ? formatNumber(ratio) : '–',
        mask: !token ? '–' : token.mask === 0 ? 'masked' : close?.factors.mask === 0 ? 'dropped' : 'counts',
        coef: number(token?.coef),
      },
    };
  });
}
