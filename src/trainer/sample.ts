/** One prompt of the last step with its group of responses, token by token, for a person. */
import { AUTHOR } from '../../shaders/lib/author.ref.ts';
import type { SampleGroup, SampleResponse, SampleToken } from './protocol.ts';
import type { Run } from './run.ts';

/**
 * Reads a group of the newest rollout. `prompt_index` counts the groups of the step, `replica` the policies; both are
 * clamped. Where the task's prompt `follow` is asked in that step, its group is read instead.
 */
export async function readSample(
  run: Run,
  prompt_index: number,
  replica: number,
  follow?: number,
  is_close = false,
): Promise<SampleGroup> {
  // first, so that step and buffers are of one moment; most visitors never look that closely
  const close = is_close ? await import('./sampleClose.ts') : undefined;
  const { instance, program } = run;
  const {
    prompt: num_prompts,
    member,
    prompt_position,
    position,
    position_stride,
    context,
    mask_word,
    sequence,
    advantage_stride,
  } = program.dims;
  const r = Math.min(Math.max(0, Math.floor(replica) || 0), run.replicas - 1);
  const slot = Math.min(Math.max(0, Math.floor(prompt_index) || 0), num_prompts - 1);
  const num_task_prompts = instance.prompts.length;
  const where = { replica: r, prompt_index: slot, num_prompts, num_task_prompts };
  if (run.step === 0) return { ...where, step: 0, prompt: '', responses: [], prompt_id: -1 };
  const step = run.step - 1;
  const names = ['tokens', 'token_mask', 'length', 'rewards', 'recorded', 'advantage', 'token_stat'];
  if (program.buffers.verdicts) names.push('verdicts');
  if (close) names.push(...close.CLOSE_BUFFERS.filter((name) => program.buffers[name] !== undefined));
  const read = await run.executor.read([...new Set([...names, 'prompt_index'])]);
  const { tokens, token_mask, length, rewards, recorded, advantage, token_stat } = read;
  const asked = read.prompt_index.subarray(r * num_prompts, (r + 1) * num_prompts);
  const followed = follow === undefined ? -1 : asked.indexOf(follow);
  const b = followed < 0 ? slot : followed;
  const hyper = run.hyperOf(r);
  let prompt_text = '';
  const responses: SampleResponse[] = [];
  for (let m = 0; m < member; m++) {
    const s = r * sequence + b * member + m;
    const symbols = [...tokens.subarray(s * context, (s + 1) * context)];
    const prompt = symbols.slice(0, prompt_position);
    const response = symbols.slice(prompt_position, prompt_position + length[s]);
    const shown = instance.show(prompt, response, rewards[s], hyper);
    prompt_text = shown.prompt;
    const own = (t: number) => (token_mask[s * mask_word + (t >> 5)] >>> (t & 31)) & 1;
    const chips = response.map((symbol, t): SampleToken => {
      const at = s * position_stride + t;
      const stat = token_stat.subarray(at * 8, at * 8 + 8);
      return {
        symbol: instance.symbols[symbol] ?? String(symbol),
        mask: own(t),
        logp: recorded[at * 4],
        coef: stat[0],
        advantage: advantage[s * advantage_stride + (advantage_stride > 1 ? t : 0)],
        entropy: stat[1],
        clipped: stat[5] + stat[6] > 0,
        ratio: Math.exp(-stat[3]),
      };
    });
    responses.push({
      text: shown.response,
      verdict: shown.verdict,
      reward: rewards[s],
      ...(read.verdicts ? { is_right: read.verdicts[s] === 1 } : {}),
      tokens: chips.slice(0, position),
      is_demonstration: recorded[s * position_stride * 4 + 3] === AUTHOR.demonstration,
    });
  }
  const group = { ...where, step, prompt: prompt_text, responses, prompt_id: asked[b] };
  return close ? close.closely(run, group, b, read) : group;
}
