/** What a visitor reads: the card of an algorithm, the entropy law, experiments and papers. */
import { readFileSync } from 'node:fs';
import { expect, open, type Page, phase, test } from './lib/page.ts';

const section = (page: Page, id: string) => page.locator(`section[aria-labelledby="${id}-title"]`);

const estimate = { mean: 0.5, half_width: 0.1, n: 2 };
const curve = { steps: [0, 50, 100], mean: [1.7, 0.6, 0.2], half_width: [0.2, 0.1, 0.05] };
const arm = (doc: string) => ({
  doc,
  config: {
    ...{ task: 'sum_to_target', policy: 'tabular', algorithm: 'grpo', parts: {}, task_settings: {} },
    ...{ policy_settings: {}, batch: {}, hyper: {}, seed: 1 },
  },
  schedule: [],
  replicas_are: 'seeds',
  values: { entropy_early: [0.4, 0.6] },
  estimates: { entropy_early: estimate },
  curves: { entropy: curve },
});
const claim = (says: string, verdict: string) => ({
  ...{ says, source: 'arXiv 2505.22617', left: ['grpo', 'entropy_early'], is: 'above', right: 0.3 },
  ...{ difference: { mean: 0.2, half_width: 0.1, n: 2 }, verdict },
});
const RESULTS = {
  format: 'rollout-lab experiment 1',
  experiment: 'entropy_collapse',
  title: 'Entropy collapse',
  question: 'Does it collapse?',
  papers: ['entropy-mechanism'],
  chosen: '',
  steps: 101,
  seeds: 2,
  seed: 1,
  measures: { entropy_early: 'entropy at step 30' },
  arms: { grpo: arm('plain'), entropy_bonus: arm('with a bonus') },
  claims: [claim('It holds.', 'holds'), claim('It does not.', 'opposite'), claim('Who knows.', 'undecided')],
  missing: [],
  made: {
    ...{ engine: 'cpu', adapter: 'one thread', is_software: true, version: '0.1.0', node: '20.19.0' },
    ...{ date: '2026-11-20T10:00:00Z', command: 'npm run experiment -- entropy_collapse', seconds: 1 },
  },
};
/** One experiment has results, the others have none; whatever the build holds. */
const stubResults = (page: Page) =>
  page.route(/\/results\/\w+\.json$/, (route) =>
    route.request().url().endsWith('/entropy_collapse.json')
      ? route.fulfill({ json: RESULTS })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  );

test('the card of an algorithm: differences, equations bound to sliders, code', async ({ page }) => {
  await open(page, '?algorithm=dr_grpo&part.stabiliser=none');
  await section(page, 'parts').getByRole('link', { name: 'About Dr. GRPO' }).click();
  const about = page.getByTestId('about');
  await expect(about).toBeVisible();
  await expect(section(page, 'about').getByRole('button', { name: 'About Dr. GRPO' })).toBeFocused();
  await expect(page.getByTestId('differences').getByRole('row')).toHaveCount(4);
  await expect(page.getByTestId('differences')).toContainText('Constant length');
  await expect(page.getByTestId('differences').getByRole('columnheader', { name: 'This run' })).toBeVisible();
  await expect(about.locator('.equation:has(.katex-html)')).toHaveCount(10);
  await expect(about.locator('.katex-mathml math').first()).toBeAttached();
  await expect(about.locator('.katex-error')).toHaveCount(0);

  const entry = about.getByLabel('norm length, live');
  await entry.fill('16');
  await entry.press('Enter');
  await expect(page.getByTestId('marks')).toContainText('norm length 8 → 16');
  await expect(section(page, 'hyper').getByLabel('norm length, exact value')).toHaveValue('16');

  await page.getByRole('button', { name: 'Show the shaders and their twins' }).click();
  await page.getByTestId('sources').getByLabel('Function').selectOption('kernel/policy_gradient');
  const texts = page.locator('.code-text');
  for (const [index, file] of ['policy_gradient.wgsl', 'policy_gradient.ref.ts'].entries())
    await expect.poll(() => texts.nth(index).textContent()).toBe(readFileSync(`shaders/kernels/${file}`, 'utf8'));
  await page.getByTestId('sources').getByLabel('Function').selectOption('token_weight/constant');
  const part = readFileSync('shaders/parts/token_weight/constant.wgsl', 'utf8');
  await expect.poll(() => texts.first().textContent()).toBe(part);
  const view = page.locator('.code-view').nth(1);
  await expect.poll(() => view.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);
  await view.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => view.evaluate((element) => element.scrollTop)).toBe(0);
});

test('a copied file is on the clipboard', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, '#about');
  await page.getByRole('button', { name: 'Show the shaders and their twins' }).click();
  await page
    .getByRole('button', { name: /^Copy shaders/ })
    .first()
    .click();
  await expect(page.getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('fn ');
});

test('papers are searched, and what runs is a link', async ({ page }) => {
  await stubResults(page);
  await open(page, '');
  await page.getByRole('link', { name: 'Papers' }).click();
  await expect(page.getByTestId('paper-count')).toContainText(/^\d+ papers; \d+ have something that runs here/);
  await expect(page.locator('.paper')).toHaveCount(0);
  await page.locator('.topic summary').first().press('Enter');
  await expect(page.locator('.paper').nth(1)).toBeVisible();
  await page.getByLabel('Search').fill('entropy mechanism');
  const card = page.locator('[data-card="entropy-mechanism"]');
  await expect(card).toContainText('1 holds, 1 opposite, 1 undecided');
  await expect(card.getByRole('link', { name: 'arXiv 2505.22617' })).toHaveAttribute('href', /arxiv\.org/);
  await card.getByRole('link', { name: 'entropy collapse' }).click();
  await expect(page.getByTestId('experiment')).toContainText('Does GRPO pay');
  expect(new URL(page.url()).hash).toBe('#experiments/entropy_collapse');
  await page.getByLabel('Search').fill('zzzz');
  await expect(page.getByTestId('papers')).toContainText('No paper has all of these words.');
});

test('the law says why there is no fit, then fits a running run', async ({ page }) => {
  await open(page, '?batch.eval_every=1000&speed=1#law');
  await expect(page.getByTestId('law-why')).toContainText('There is no fit yet');
  await open(page, '?batch.eval_every=2&speed=5#law');
  await expect(page.getByTestId('law-line')).toBeAttached({ timeout: 30_000 });
  await expect(page.getByTestId('law-numbers').getByRole('row')).toHaveCount(7);
  await expect(page.getByTestId('law-numbers').getByRole('row', { name: 'Ceiling −a + b' })).toContainText(/\d/);
  await page.getByTestId('law').getByLabel('Score').selectOption('reward_mean');
  await expect(page.getByTestId('law').getByRole('img', { name: /^Reward against exp/ })).toBeVisible();
  await expect(page.getByTestId('law')).toContainText(/correlation is/, { timeout: 20_000 });
});

test('an experiment with results, and one without', async ({ page }) => {
  await stubResults(page);
  await open(page, '#experiments');
  await page.getByRole('link', { name: 'Entropy collapse' }).click();
  await expect(page.getByTestId('claims').getByRole('listitem')).toHaveText([/Holds/, /Opposite/, /Undecided/]);
  await expect(page.getByTestId('claims')).toContainText(
    'Entropy early: GRPO 0.500, claimed above 0.3; difference 0.200 ± 0.10, 2 seeds',
  );
  await expect(page.getByTestId('results').getByRole('columnheader')).toHaveText(['Measure', 'GRPO', 'Entropy bonus']);
  await expect(page.getByTestId('results')).toContainText('0.500 ± 0.10');
  await expect(page.getByTestId('made')).toContainText(
    'CPU engine, one thread; version 0.1.0, Node 20.19.0; 2026-11-20',
  );
  await expect(page.getByTestId('curves').locator('.recharts-line-curve')).toHaveCount(2);
  await expect(page.getByTestId('curves').locator('.recharts-area-area')).toHaveCount(2);
  await page.getByTestId('curves').getByLabel('Entropy bonus').uncheck();
  await expect(page.getByTestId('curves').locator('.recharts-line-curve')).toHaveCount(1);

  await page.getByTestId('arms').getByRole('link', { name: 'Open Entropy bonus in the playground' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('set.entropy_coef')).toBe('0.1');
  await expect(page.getByLabel('Algorithm', { exact: true })).toBeInViewport();
  await phase(page, 'running');

  await page.getByRole('link', { name: 'All experiments' }).click();
  await page.getByTestId('experiment').waitFor({ state: 'detached' });
  await page.goto('./#experiments/pass_at_k');
  await expect(page.getByTestId('missing')).toContainText('npm run experiment -- pass_at_k');
  await expect(page.getByTestId('claims')).toContainText('Not measured');
  await expect(page.getByTestId('claims')).toContainText('Pass@1 gain: GRPO above 0');
});

test('of many curves, the one that is pointed at or focused has its band; the table of six arms fits', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, '#experiments/entropy_collapse');
  const curves = page.getByTestId('curves');
  const bands = curves.locator('.recharts-area-area');
  await curves.getByLabel('Curve').selectOption({ label: 'Accuracy' });
  await expect(curves.locator('.recharts-line-curve')).toHaveCount(6);
  await expect(bands).toHaveCount(0);
  await curves.getByText('KL-Cov', { exact: true }).hover();
  await expect(bands).toHaveCount(1);
  await curves.getByLabel('Curve').hover();
  await expect(bands).toHaveCount(0);
  await curves.getByLabel('Curve').focus();
  await page.keyboard.press('Tab');
  await expect(curves.getByLabel('GRPO', { exact: true })).toBeFocused();
  await expect(bands).toHaveCount(1);
  for (const arm of ['Late KL-Cov', 'Entropy advantage', 'Entropy bonus']) await curves.getByLabel(arm).uncheck();
  await expect(bands).toHaveCount(3);

  const region = page.getByRole('region', { name: 'Measured results' });
  await expect(region.getByRole('columnheader')).toHaveCount(7);
  expect(await region.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.setViewportSize({ width: 380, height: 800 });
  await region.evaluate((table) => table.scrollTo(200, 0));
  const [cell, box] = await Promise.all([region.getByText('Law R²').boundingBox(), region.boundingBox()]);
  expect(cell!.x - box!.x).toBeLessThan(20); // the names of the measures stay
});
