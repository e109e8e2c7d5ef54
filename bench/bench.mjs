#!/usr/bin/env node
// npm run bench                                            a table: every workload, GPU engine beside CPU engine
// npm run bench -- --workload W3 --scale small --json      one JSON line, protocol rl-bench/1
// npm run bench -- --check --scale small --json            numbers by which the implementation is judged
// npm run bench -- --workload W2 --profile                 time per kernel
// Options: --runtime browser|node   --engine webgpu|cpu   --scale small|full   --quick
// The default runtime is a Web Worker in Chromium; `node` uses Dawn through the `webgpu` package.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SCHEMA = 'rl-bench/1';
const METRICS = { W1: ['rollout', 'tokens/s'], W2: ['update', 'tokens/s'], W3: ['full step', 'steps/s'], W4: ['advantage', 'GB/s'], W6: ['tabular bandit REINFORCE', 'steps/s'] };
const CHOICES = { workload: Object.keys(METRICS), scale: ['small', 'full'], runtime: ['browser', 'node'], engine: ['webgpu', 'cpu'] };
const TIMEOUT_MS = 900_000;

/** Work of one step in the units of the metric. */
function unitsOf(workload, scale) {
  const sequences = scale === 'full' ? 512 : 64;
  if (workload === 'W1') return sequences * 16;
  if (workload === 'W2') return sequences * 24;
  if (workload === 'W4') return ((scale === 'full' ? 65536 : 4096) * 4 * (3 + 3 * 64)) / 1e9;
  return 1;
}

/** The worker as one ES module, built by Vite so that shaders are inside. */
async function bundleWorker() {
  const { build } = await import('vite');
  const outDir = resolve(root, 'node_modules/.cache/rollout-lab/bench');
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: { input: resolve(root, 'bench/worker.ts'), output: { format: 'es', entryFileNames: 'worker.mjs', codeSplitting: false } },
    },
  });
  return join(outDir, 'worker.mjs');
}

/** Runs a job in a Web Worker of Chromium. */
async function inBrowser(jobs) {
  const { readFileSync } = await import('node:fs');
  const { chromium } = await import('playwright');
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport(resolve(root, 'scripts/chromium.ts'), { configFile: false });
  const worker = readFileSync(await bundleWorker());
  const server = createServer((request, response) => {
    const is_worker = request.url === '/worker.mjs';
    response.writeHead(200, {
      'content-type': is_worker ? 'text/javascript' : 'text/html',
      'cross-origin-opener-policy': 'same-origin', // finer clocks
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(is_worker ? worker : '<!doctype html><title>bench</title>');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({ ...module.chromiumLaunch(), headless: true });
  try {
    const results = [];
    for (const job of jobs) {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      const result = await page.evaluate(
        ([one, limit]) =>
          new Promise((done) => {
            const w = new Worker('/worker.mjs', { type: 'module' });
            const timer = setTimeout(() => done({ ok: false, error: `no result after ${limit} ms` }), limit);
            w.onmessage = (event) => {
              clearTimeout(timer);
              done(event.data);
            };
            w.onerror = (event) => done({ ok: false, error: `worker: ${event.message}` });
            w.postMessage(one);
          }),
        [job, TIMEOUT_MS],
      );
      if (result.env) result.env.runtime = `Chromium ${browser.version()}, Web Worker`;
      results.push(result);
      await page.close();
    }
    return results;
  } finally {
    await browser.close();
    server.close();
  }
}

/** Runs jobs in Node on Dawn, each in its own process. */
async function inNode(jobs) {
  const results = [];
  for (const job of jobs) {
    results.push(
      await new Promise((done) => {
        const args = [join(root, 'scripts/run.mjs'), 'bench/node.ts', JSON.stringify(job)];
        execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 28, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
          try {
            const result = JSON.parse(stdout.trim().split('\n').at(-1));
            result.env.runtime = `Node ${process.version}`;
            done(result);
          } catch {
            done({ ok: false, error: stderr.trim().split('\n').at(-1) || String(error?.message ?? 'no result') });
          }
        });
      }),
    );
  }
  return results;
}

/** Prints a long line whole: exiting right after console.log would cut what a pipe has not taken yet. */
const print = (text) => new Promise((done) => process.stdout.write(`${text}\n`, done));

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** A result in the protocol's form. */
function inProtocol(job, result) {
  const [title, metric] = METRICS[job.workload];
  const head = { schema: SCHEMA, peer: job.engine === 'cpu' ? 'rollout-lab-cpu' : 'rollout-lab', workload: job.workload, title, scale: job.scale, metric };
  if (!result.ok) return { ...head, ok: false, error: result.error };
  const { samples_ms, env, ok: _ok, ...rest } = result;
  const ms = median(samples_ms);
  const units_per_step = unitsOf(job.workload, job.scale);
  return {
    ...head, ok: true, value: (units_per_step / ms) * 1000, ms, ms_min: Math.min(...samples_ms), samples_ms, ...rest, units_per_step,
    env: { library: 'rollout-lab', cores: availableParallelism(), ...env }, time: new Date().toISOString(),
  };
}

const OPTIONS = {
  workload: { type: 'string' }, scale: { type: 'string', default: 'small' }, runtime: { type: 'string', default: 'browser' }, engine: { type: 'string', default: 'webgpu' },
  json: { type: 'boolean' }, check: { type: 'boolean' }, profile: { type: 'boolean' }, quick: { type: 'boolean' }, help: { type: 'boolean' },
};

/** What the command line says; a sentence of Node's about it ends with the known options. */
function valuesOf(argv) {
  try {
    return parseArgs({ args: argv, options: OPTIONS }).values;
  } catch (error) {
    const [sentence] = error.message.split('. ');
    throw new Error(`${sentence}. Known: ${Object.keys(OPTIONS).map((name) => `--${name}`).join(', ')}.`);
  }
}

function parse(argv) {
  const values = valuesOf(argv);
  for (const [name, known] of Object.entries(CHOICES)) {
    if (values[name] !== undefined && !known.includes(values[name])) throw new Error(`--${name} is '${values[name]}'; wanted one of ${known.join(', ')}.`);
  }
  return values;
}

async function main(argv) {
  const a = parse(argv);
  if (a.help) {
    console.log('npm run bench -- [--workload W1|W2|W3|W4|W6] [--scale small|full] [--engine webgpu|cpu] [--runtime browser|node] [--json] [--check] [--profile] [--quick]');
    return 0;
  }
  const options = { warm_ms: a.quick ? 200 : 1000, block_ms: a.quick ? 200 : 1000, max_steps: 5000, blocks: 5 };
  const runAll = a.runtime === 'node' ? inNode : inBrowser;
  const job = { kind: a.check ? 'check' : a.profile ? 'profile' : 'bench', workload: a.workload ?? 'W3', scale: a.scale, engine: a.engine, options };
  if (a.check) {
    const [result] = await runAll([job]);
    await print(JSON.stringify(result));
    return result.ok ? 0 : 1;
  }
  if (a.profile) {
    const [result] = await runAll([job]);
    if (!result.ok) throw new Error(result.error);
    const total = result.profile.reduce((sum, row) => sum + row.microseconds, 0);
    console.log(`${a.workload ?? 'W3'} ${a.scale}, ${result.env.adapter.description}: ${(total / 1000).toFixed(2)} ms in kernels`);
    for (const row of result.profile) {
      console.log(`${row.kernel.padEnd(28)} ${String(row.launches).padStart(4)} launches ${(row.microseconds / 1000).toFixed(3).padStart(9)} ms ${((100 * row.microseconds) / total).toFixed(1).padStart(5)} %`);
    }
    return 0;
  }
  if (a.json || a.workload) {
    const [result] = await runAll([job]);
    const line = inProtocol(job, result);
    if (a.json) await print(JSON.stringify(line));
    else console.log(line.ok ? `${line.workload} ${line.scale}: ${line.value.toPrecision(4)} ${line.metric} (${line.ms.toPrecision(4)} ms/step, fastest block ${line.ms_min.toPrecision(4)}, ${line.env.adapter.description})` : `${line.workload}: failed: ${line.error}`);
    return line.ok ? 0 : 1;
  }
  const jobs = CHOICES.workload.flatMap((workload) => CHOICES.engine.map((engine) => ({ ...job, workload, engine })));
  const lines = (await runAll(jobs)).map((result, i) => inProtocol(jobs[i], result));
  const show = (line) => (line.ok ? `${line.value.toPrecision(4)} (${line.ms.toPrecision(3)} ms)` : `failed: ${line.error}`);
  console.log(`scale ${a.scale}, ${lines.find((l) => l.ok)?.env.runtime ?? a.runtime}, GPU adapter: ${lines[0].env?.adapter.description ?? 'none'}`);
  console.log('| workload | metric | WebGPU engine | CPU engine | dispatches |\n|---|---|---|---|---|');
  for (let i = 0; i < lines.length; i += 2) {
    console.log(`| ${lines[i].workload} ${lines[i].title} | ${lines[i].metric} | ${show(lines[i])} | ${show(lines[i + 1])} | ${lines[i].counts?.dispatches ?? '-'} |`);
  }
  return lines.every((l) => l.ok) ? 0 : 1;
}

process.exit(
  await main(process.argv.slice(2)).catch((error) => {
    console.error(`error: ${error.message}`);
    return 1;
  }),
);
