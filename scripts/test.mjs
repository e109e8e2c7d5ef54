// npm test: every check of the project, one after another. Ends with `N passed, N failed`, alone on the last line.
// A real GPU is used where there is one, else SwiftShader; WGPU_TEST_ADAPTER overrules that.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const reports = 'node_modules/.cache/rollout-lab';
mkdirSync(reports, { recursive: true });

const node = process.execPath;
const tool = (path) => [node, resolve('node_modules', path)];
const failed = []; // names of failed stages
const sum = { passed: 0, failed: 0 };

/** Runs one command, its output going straight to the terminal. */
function runStage(name, [command, ...args], env = {}) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const ok = status === 0;
  if (error) console.error(`error: ${error.message}`);
  console.log(`== ${name}: ${ok ? 'ok' : 'FAILED'} after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (!ok) failed.push(name);
  return ok;
}

/** Runs a stage whose tests are counted from the JSON it leaves behind. Zero tests, or no report, is a failure. */
function runTests(name, command, readCounts, env = {}) {
  const report = resolve(reports, `${name}.json`);
  rmSync(report, { force: true });
  const ok = runStage(name, command(report), env(report));
  const counts = existsSync(report) ? readCounts(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 0 };
  if (ok && counts.passed + counts.failed === 0) {
    console.log(`== ${name}: FAILED, it ran no test; a check that ran nothing proves nothing`);
    failed.push(name);
  }
  if (counts.failed > 0 && !failed.includes(name)) failed.push(name); // a test that was skipped proves nothing either
  // A stage that broke outside a test (a file that does not load) still counts as one failure.
  if (failed.includes(name) && counts.failed === 0) counts.failed = 1;
  sum.passed += counts.passed;
  sum.failed += counts.failed;
}

const vitest = (project) =>
  runTests(
    project,
    (report) => [
      ...tool('vitest/vitest.mjs'),
      ...[
        'run',
        '--project',
        project,
        '--allowOnly=false',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
    ],
    (json) => ({ passed: json.numPassedTests, failed: json.numFailedTests + json.numPendingTests + json.numTodoTests }),
    () => ({}),
  );

/** One project of playwright.config.ts. */
const e2e = (project) =>
  runTests(
    `e2e-${project}`,
    () => [...tool('@playwright/test/cli.js'), 'test', `--project=${project}`, '--no-deps', '--reporter=list,json'],
    ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected + stats.skipped }),
    (report) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_JSON_OUTPUT_NAME: report }),
  );

/** Sets WGPU_TEST_ADAPTER for all later stages to what this machine has. */
function chooseAdapter() {
  if (process.env.WGPU_TEST_ADAPTER) {
    console.log(`\n== adapter: ${process.env.WGPU_TEST_ADAPTER}, as WGPU_TEST_ADAPTER says`);
    return;
  }
  const probe = spawnSync(node, ['scripts/run.mjs', 'src/cli/device.ts'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    console.log(`\n== adapter: FAILED\n${probe.stderr.trim()}`);
    failed.push('adapter');
    return;
  }
  const info = JSON.parse(probe.stdout);
  const choice = !info.software ? 'hardware' : /llvmpipe|lavapipe/i.test(info.description) ? 'lavapipe' : 'swiftshader';
  process.env.WGPU_TEST_ADAPTER = choice;
  console.log(`\n== adapter: ${choice} (${info.description || info.architecture})`);
}

runStage('chromium', ['sh', 'scripts/ensure-chromium.sh']);
runStage('python', ['sh', 'scripts/ensure-safetensors.sh']);
chooseAdapter();
runStage('typecheck', [...tool('typescript/bin/tsc'), '--noEmit']);
const linted = runStage('lint', [...tool('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.']);
runStage('sanity', [node, 'scripts/sanity.mjs']);
const built = runStage('build', [...tool('vite/bin/vite.js'), 'build']);
if (built) runStage('size', [node, 'scripts/check-size.mjs']);
vitest('unit');
vitest('gpu');
if (built) {
  e2e('page');
  e2e('webgpu');
  e2e('measure'); // also where a test of the page has failed
}

console.log(failed.length ? `\nfailed stages: ${[...new Set(failed)].join(', ')}` : '\nall stages passed');
if (!linted) console.log('`npm run format` mends what formatting and safe lint fixes can.');
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(failed.length ? 1 : 0);
