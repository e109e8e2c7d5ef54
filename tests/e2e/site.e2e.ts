/** The built folder on a bare host, some folders down: page, worker, chunks that come later, results, and files. */
import { test as base, expect, open, reach } from './lib/page.ts';
import { serveSite } from './lib/site.ts';

const test = base.extend<object, { site: Awaited<ReturnType<typeof serveSite>> }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const site = await serveSite('dist', '/deep/er/path/');
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ site }, use) => use(site.url),
});

test('runs under any path with no special headers', async ({ page, site }) => {
  await open(page, '?engine=cpu&seed=3#experiments/entropy_collapse');
  await reach(page, 5);
  await expect(page).toHaveURL(/\/deep\/er\/path\/\?v=1&seed=3&engine=cpu#experiments\/entropy_collapse$/);
  await expect(page.getByTestId('results')).toBeVisible(); // results lie beside the page
  await page.evaluate(() => {
    location.hash = '#about';
  });
  await expect(page.locator('.katex').first()).toBeVisible({ timeout: 20_000 });
  expect(await page.evaluate(async () => (await fetch('schemas/checkpoint.schema.json')).status)).toBe(200);
  await expect.poll(() => site.asked.some((line) => line.endsWith('.woff2'))).toBe(true);
  expect(site.asked.some((line) => /worker-.*\.js$/.test(line))).toBe(true);
  expect(site.asked.filter((line) => !line.startsWith('200 /deep/er/path/'))).toEqual([]);
});
