/** `npm run recordings`: the recorded runs that posters draw, from results of experiments and from short runs of every algorithm. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { algorithms } from '../algorithms/index.ts';
import { evenly, writeRecording } from '../embed/recording.ts';
import { CpuExecutor } from '../engine/cpu.ts';
import { shaderLibrary } from '../engine/library.ts';
import { configOf } from '../experiments/experiment.ts';
import { experiments } from '../experiments/index.ts';
import { readResults } from '../experiments/results.ts';
import { DEFAULT_SETUP } from '../state/defaultSetup.ts';
import { registries } from '../state/registries.ts';
import { writeQuery } from '../state/urlState.ts';
import { tasks } from '../tasks/index.ts';
import { homeOf } from '../trainer/home.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { Run } from '../trainer/run.ts';
import { slotTwins } from '../trainer/slots.ts';
import { HELP, readOptions, type Usage, usageText } from './options.ts';

const FILE = 'src/embed/recorded.json';
const STEPS = 80;
const SEEDS = 4;
const METRICS = ['reward_mean', 'entropy', 'response_length'];

const setupOf = (config: RunConfig) => writeQuery(registries, DEFAULT_SETUP, { ...DEFAULT_SETUP, config });
const titleOf = (config: RunConfig) => `${algorithms[config.algorithm].title} on ${tasks[config.task].title}`;

/** The arms of the experiments; one whose settings change on the way is only named, because no link can open it. */
export function armEntries() {
  return Object.values(experiments).flatMap((declared) => {
    const file = `public/results/${declared.id}.json`;
    if (!existsSync(file)) throw new Error(`${file} is missing; npm run experiment -- ${declared.id} makes it.`);
    const { arms, steps, seeds } = readResults(readFileSync(file, 'utf8'));
    return Object.entries(declared.arms).flatMap(([name, arm]) => {
      if (arm.schedule) return [{ arm: `${declared.id}/${name}` }];
      const config = configOf(declared, name, 1);
      const curves = METRICS.flatMap((metric) => {
        const curve = arms[name]?.curves[metric];
        const values = curve ? evenly(curve.steps, curve.mean) : [];
        return values.length === 0 ? [] : [{ metric, values }];
      });
      const recording = curves.length === 0 ? '' : writeRecording({ steps, seeds, curves });
      return [
        { arm: `${declared.id}/${name}`, title: `${declared.title}: ${arm.doc}`, setup: setupOf(config), recording },
      ];
    });
  });
}

/** The run that a link with nothing but an algorithm opens, a few seeds side by side. */
export async function algorithmEntry(id: string) {
  const config: RunConfig = { ...DEFAULT_SETUP.config, ...homeOf(algorithms[id]) };
  const executor = new CpuExecutor(shaderLibrary, { slots: slotTwins() });
  const run = await Run.open(executor, { ...config, batch: { ...config.batch, replicas: SEEDS } });
  const rows = await run.advance(STEPS);
  const metrics = run.info().metrics.map((metric) => metric.id);
  const curves = METRICS.slice(0, 2).flatMap((metric) => {
    const at = metrics.indexOf(metric);
    const mean = rows.map(({ values }) => {
      let sum = 0;
      for (let r = 0; r < SEEDS; r++) sum += values[r * metrics.length + at];
      return sum / SEEDS;
    });
    const values =
      at < 0
        ? []
        : evenly(
            rows.map(({ step }) => step),
            mean,
          );
    return values.length === 0 ? [] : [{ metric, values }];
  });
  const recording = writeRecording({ steps: STEPS, seeds: SEEDS, curves });
  return { title: titleOf(config), setup: setupOf(config), recording };
}

const USAGE: Usage = { command: 'npm run recordings', options: { help: HELP } };

/** Writes the file of recorded runs. */
export async function main(argv: string[]): Promise<number> {
  if (readOptions(USAGE, argv).found.has('help')) {
    process.stdout.write(
      usageText(USAGE, `Trains every algorithm for a moment and writes ${FILE}, which posters draw.`),
    );
    return 0;
  }
  const entries: object[] = [];
  for (const id of Object.keys(algorithms)) {
    try {
      entries.push(await algorithmEntry(id));
    } catch (error) {
      console.log(`${id} has no default run: ${(error as Error).message}`); // an algorithm for other tasks
    }
  }
  entries.push(...armEntries());
  writeFileSync(FILE, `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`);
  console.log(`${FILE}: ${entries.length} recorded runs`);
  return 0;
}
