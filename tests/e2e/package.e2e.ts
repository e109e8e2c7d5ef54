/** The package in another project: packed, installed without a network, type-checked, built by Vite, and trained in. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect } from './lib/page.ts';
import { serveSite } from './lib/site.ts';

const POST = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>A post</title>
    <link rel="icon" href="data:," />
    <script type="module" src="/main.ts"></script>
  </head>
  <body>
    <h1>A post</h1>
    <rollout-lab lab="/rollout-lab/" algorithm="dr_grpo" engine="cpu" seed="3"></rollout-lab>
    <output></output>
  </body>
</html>
`;
const MAIN = `import 'rollout-lab';
import type { EmbedState, RolloutLab } from 'rollout-lab';

const lab: RolloutLab | null = document.querySelector('rollout-lab');
const output = document.querySelector('output');
lab?.addEventListener('step', ({ detail }) => {
  if (output) output.textContent = String(detail.step satisfies EmbedState['step']);
});
`;

/** Runs a command in a folder; fails the test with what it printed. */
function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  expect(status, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

const test = base.extend<object, { site: Awaited<ReturnType<typeof serveSite>> & { packed: string[] } }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'package-'));
      run('.', 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder);
      const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
      const post = join(folder, 'post');
      mkdirSync(post);
      writeFileSync(join(post, 'package.json'), '{ "name": "post", "private": true, "type": "module" }');
      writeFileSync(join(post, 'index.html'), POST);
      writeFileSync(join(post, 'main.ts'), MAIN);
      run(post, 'npm', 'install', '--offline', '--no-audit', '--no-fund', join(folder, tarball));
      const packed = readdirSync(join(post, 'node_modules/rollout-lab'), { recursive: true, encoding: 'utf8' });
      expect(readdirSync(join(post, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['rollout-lab']);
      run(post, process.execPath, '--input-type=module', '-e', "await import('rollout-lab')"); // as where pages are rendered
      const strict = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--lib', 'es2022,dom'];
      const how = [...strict, '--moduleResolution', 'bundler', '--types', '', 'main.ts'];
      run(post, process.execPath, resolve('node_modules/typescript/bin/tsc'), ...how);
      cpSync(join(post, 'node_modules/rollout-lab/dist'), join(post, 'public/rollout-lab'), { recursive: true });
      run(post, process.execPath, resolve('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn');
      const site = await serveSite(join(post, 'dist'));
      await use({ ...site, packed });
      await site.close();
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ site }, use) => use(site.url),
});

test('the element runs in another Vite project', async ({ page, site }) => {
  expect(site.packed).toEqual(
    expect.arrayContaining(['package.json', 'LICENSE', 'README.md', 'dist/rollout-lab.js', 'dist/embed.html']),
  );
  expect(site.packed.filter((path) => /^(src|tests|node_modules)\b|\.map$/.test(path))).toEqual([]);

  await page.goto('./');
  await page.waitForFunction(() => customElements.get('rollout-lab') !== undefined);
  const before = [...site.asked];
  expect(before.filter((line) => line.includes('/rollout-lab/'))).toEqual([]); // the poster is in the module
  await page.getByRole('button', { name: 'Run it here' }).click();
  await expect(page.frameLocator('iframe').locator('.curve').first()).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => page.locator('output').textContent().then(Number), { timeout: 30_000 }).toBeGreaterThan(3);
  expect(site.asked).toContain('200 /rollout-lab/embed.html');
  expect(site.asked.filter((line) => !line.startsWith('200 '))).toEqual([]);
});
