/** Which algorithms have a built-in option at full scale, as a table in Markdown. */
import { type FullScaleRun, launchOf, TRAINERS, type TrainerId } from './launch.ts';
import { entryOf, mappingOf } from './render.ts';

/** The keys that tell one algorithm from another. */
const TELLING = [
  'algorithm.adv_estimator',
  'algorithm.norm_adv_by_std_in_grpo',
  'actor_rollout_ref.actor.policy_loss.loss_mode',
  'actor_rollout_ref.actor.loss_agg_mode',
  'algorithm.filter_groups.enable',
  'algorithm.rollout_correction.rollout_is',
  'loss_type',
  'scale_rewards',
  'importance_sampling_level',
  'normalize_advantages',
  'vllm_importance_sampling_mode',
];
const SILENT: Record<string, unknown> = {
  'algorithm.norm_adv_by_std_in_grpo': true,
  'actor_rollout_ref.actor.policy_loss.loss_mode': 'vanilla',
  'algorithm.filter_groups.enable': false,
  'algorithm.rollout_correction.rollout_is': null,
  importance_sampling_level: 'token',
  normalize_advantages: false,
};

function cell(trainer: TrainerId, run: FullScaleRun): string {
  const { set, refusals } = launchOf(mappingOf(trainer, run), run);
  if (refusals.length > 0) return `none: ${refusals.slice(0, 2).join(' ')}`;
  const entry = entryOf(trainer, run);
  const keys = TELLING.filter((key) => key in set && set[key] !== SILENT[key]).map(
    (key) =>
      `\`${key
        .replace('algorithm.filter_groups', 'filter_groups')
        .split('.')
        .slice(key.includes('filter') ? 0 : -1)
        .join('.')}=${set[key]}\``,
  );
  const usual = entry === 'verl.trainer.main_ppo' || entry === 'GRPOTrainer';
  return [...(usual ? [] : [`\`${entry}\``]), ...keys].join(', ');
}

/** One row per algorithm, at its defaults. */
export function fullScaleTable(runs: readonly FullScaleRun[]): string {
  const rows = runs.map(
    (run) => `| \`${run.algorithm}\` | ${TRAINERS.map((trainer) => cell(trainer, run)).join(' | ')} |`,
  );
  return ['| algorithm | verl | TRL |', '|---|---|---|', ...rows, ''].join('\n');
}
