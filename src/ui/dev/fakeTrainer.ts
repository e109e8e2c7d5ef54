import { ROLES } from '../../algorithms/algorithm.ts';
import { hyperTable, partOf } from '../../state/catalogue.ts';
import { registries as fakeCatalogue } from '../../state/registries.ts';
import type { Connection } from '../../state/session.ts';
import type {
  Edit,
  RunConfig,
  RunInfo,
  SampleGroup,
  Status,
  TrainerApi,
  TrainerEvents,
} from '../../trainer/protocol.ts';

const METRICS: [string, string, string, string][] = [
  ['reward_mean', 'Reward', '', 'mean reward of the rollout’s responses'],
  ['reward_std', 'reward std', '', 'standard deviation of the rewards'],
  ['entropy', 'entropy', 'nats', 'mean entropy of the next-token distribution'],
  ['accuracy', 'accuracy', '', 'share of held-out prompts solved by the greedy response'],
  [
    'frac_reward_zero_std',
    'groups without spread',
    '',
    'share of groups whose rewards are all equal: they teach nothing',
  ],
  ['approx_kl', 'approx. KL', 'nats', 'distance from the policy that drew the rollout, k3 estimate'],
  ['clip_frac', 'clipped tokens', '', 'share of tokens that the stabiliser dropped'],
  ['grad_norm', 'gradient norm', '', 'global norm before clipping'],
  ['response_length', 'response length', 'symbols', 'mean number of symbols the policy wrote'],
];
export function connectFake(): Connection {
  let ev: TrainerEvents | undefined;
  let config!: RunConfig;
  let step = 0;
  let running = false;
  let speed = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let t0 = 0;
  const info = (): RunInfo => ({
    config: structuredClone(config),
    engine: { kind: 'webgpu', adapter: 'google swiftshader', is_software: true },
    hyper: Object.entries(hyperTable(fakeCatalogue, config)).map(([name, knob]) => ({
      name,
      knob,
      group:
        ROLES.map((r) => partOf(fakeCatalogue, config, r)).find((q) => q && name in q.hyper)?.title ??
        (name in fakeCatalogue.tasks[config.task].rules
          ? 'Task rules'
          : name === 'temperature'
            ? 'Sampling'
            : 'Optimiser'),
    })),
    metrics: METRICS.map(([id, label, unit, doc]) => ({ id, label, unit, doc })),
    num_parameters: 4224,
    num_launches: 57,
    bytes: 3_400_000,
    step,
    optimum: 1,
    program: Array.from({ length: 40 }, (_, i) => `  kernel_${i}[replica, sequence] {ppo_clip}   # what it does`).join(
      '\n',
    ),
  });
  const status = (over: Partial<Status> = {}) =>
    ev?.status({
      phase: running ? 'running' : 'paused',
      step,
      steps_per_second: running ? 87.3 : 0,
      message: '',
      progress: 0,
      ...over,
    });
  const advance = (n: number) => {
    const R = config.batch.replicas ?? 1;
    const M = METRICS.length;
    const values = new Float32Array(n * R * M);
    const steps = new Int32Array(n);
    const seconds = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const s = step + i;
      steps[i] = s;
      seconds[i] = (performance.now() - t0) / 1000;
      for (let r = 0; r < R; r++) {
        const lr = (config.hyper.learning_rate ?? 0.003) / 0.003;
        const q = 1 / (1 + Math.exp(-(s * lr - 150 - 20 * r) / 40));
        const noise = () => (Math.random() + Math.random() - 1) * 0.12;
        const rew = Math.min(1, Math.max(0, 0.1 + 0.85 * q + noise() * (1.2 - q)));
        values.set(
          [
            rew,
            0.3 * (1 - q),
            2.3 * (1 - q) + 0.15 + noise() * 0.3,
            s % 10 === 0 ? Math.min(1, q * 0.97 + 0.03) : NaN,
            q * 0.8,
            0.01 * (1 - q) + 0.001,
            0.1 * (1 - q),
            0.5 + noise(),
            4,
          ],
          (i * R + r) * M,
        );
      }
    }
    step += n;
    ev?.rows({ num_metrics: M, num_replicas: R, steps, seconds, values });
  };
  const loop = () => {
    clearInterval(timer);
    timer = setInterval(
      () => {
        if (running) {
          advance(speed ? 1 : fast());
          status();
        }
      },
      speed ? 1000 / speed : 40,
    );
  };
  const fast = () => Number(new URLSearchParams(location.search).get('fakespeed') ?? 4);
  const edit = (e: Edit) => ev?.edit(e);
  const api: TrainerApi = {
    listen: async (e) => {
      ev = e;
    },
    open: async (c) => {
      running = false;
      config = c;
      step = 0;
      t0 = performance.now();
      for (let p = 0; p <= 5; p++) {
        status({ phase: 'compiling', message: 'compiling kernels', progress: p / 5 });
        await new Promise((r) => setTimeout(r, 60));
      }
      status();
      loop();
      return info();
    },
    start: async () => {
      running = true;
      status();
    },
    pause: async () => {
      running = false;
      status();
    },
    step: async () => {
      running = false;
      advance(1);
      status();
    },
    reset: async () => {
      running = false;
      step = 0;
      status();
      return info();
    },
    setHyper: async (n, v) => {
      edit({ step, text: `${n} ${config.hyper[n] ?? hyperTable(fakeCatalogue, config)[n].value} → ${v}` });
      config = { ...config, hyper: { ...config.hyper, [n]: v } };
    },
    swap: async (c) => {
      if (c.algorithm) config = { ...config, algorithm: c.algorithm, parts: {} };
      config = { ...config, parts: { ...config.parts, ...c.parts } };
      edit({
        step,
        text: c.algorithm ? `algorithm ${c.algorithm}` : `${Object.keys(c.parts!)[0]} ${Object.values(c.parts!)[0]}`,
      });
      return info();
    },
    checkpoint: async () => new ArrayBuffer(100),
    restore: async () => {
      throw new Error(
        'This file is 100 bytes long; a checkpoint of Rollout Lab is longer and starts with ROLLOUT1. Choose a file that this page has saved.',
      );
    },
    sample: async (prompt_index, replica): Promise<SampleGroup> => ({
      step,
      replica,
      prompt_index,
      num_prompts: 8,
      prompt: 'target 17',
      responses: Array.from({ length: config.batch.group_size ?? 8 }, (_, g) => {
        const toks = Array.from({ length: 4 }, () => Math.floor(Math.random() * 10));
        const sum = toks.reduce((a, b) => a + b, 0);
        const reward = sum === 17 ? 1 : 0;
        const adv = reward ? 2.1 : -0.35;
        return {
          text: toks.join(' '),
          verdict: reward ? 'sums to 17' : `sums to ${sum}, wanted 17`,
          reward,
          tokens: [
            ...toks.map((s, i) => ({
              symbol: String(s),
              mask: 1,
              logp: -Math.random() * 3,
              coef: (g + i) % 7 === 0 ? 0 : (adv * (0.4 + Math.random())) / 32,
              advantage: adv,
              entropy: 2.1,
              clipped: (g + i) % 7 === 0,
            })),
            { symbol: '=', mask: 0, logp: 0, coef: 0, advantage: 0, entropy: 0, clipped: false },
          ],
        };
      }),
    }),
    setSpeed: async (s) => {
      speed = s;
      loop();
    },
    selfTest: async (onRow) => {
      for (let i = 0; i < 30; i++) {
        await new Promise((r) => setTimeout(r, 50));
        onRow({
          group: i < 15 ? 'kernels' : 'gradients',
          name: `kernel_${i}`,
          worst: 1e-6 * i,
          tolerance: 1e-4,
          is_ok: i !== 7,
          note: i === 7 ? 'logits [3, 2]: got 1.2, wanted 1.3' : '',
        });
      }
      return { adapter: 'google swiftshader', num_failed: 1 };
    },
  };
  return { api, broken: new Promise(() => {}), close: () => clearInterval(timer) };
}
