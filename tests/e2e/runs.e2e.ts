/** Kept runs in a real browser: on the charts, in its database, in a second tab. */
import { expect, type Page, reach, test } from './lib/page.ts';

const runsOf = (page: Page) => page.getByTestId('runs').getByTestId('run');
const curvesOf = (page: Page, chart = 'reward') => page.locator(`[data-testid="chart-${chart}"] .overlay-line`);
const legendOf = (page: Page, chart = 'reward') => page.getByTestId(`chart-${chart}`).getByTestId('legend-run');

/** Opens the page, lets it train, and keeps that run over a fresh one. */
async function keepOne(page: Page, query = ''): Promise<void> {
  await page.goto(`./${query}`);
  await reach(page, 12);
  await page.getByRole('button', { name: 'Keep and compare' }).click();
  await expect(runsOf(page)).toHaveCount(1);
}

test('keep and compare shows two lines and two legend entries, and a reload keeps them', async ({ page }) => {
  await keepOne(page);
  await reach(page, 8);
  for (const chart of ['reward', 'entropy']) {
    await expect(curvesOf(page, chart)).toHaveCount(1);
    await expect(page.locator(`[data-testid="chart-${chart}"] .curve[d*="L"]`).first()).toBeVisible();
    await expect(legendOf(page, chart)).toHaveText(/^A\s*GRPO [\d.]+$/);
    await expect(page.getByTestId(`chart-${chart}`).locator('.legend')).toContainText('this run');
  }
  await page.keyboard.press('k');
  await expect(curvesOf(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('slider', { name: 'Read reward at a step' }).focus();
  await page.keyboard.press('Home'); // where every run has come
  await expect(page.locator('[data-testid="chart-reward"] .legend-step')).toContainText('at step');
  await expect(page.getByRole('slider', { name: 'Read reward at a step' })).toHaveAttribute(
    'aria-valuetext',
    /^step \d+: this run .*, A GRPO [\d.]+, B GRPO/,
  );
  await page.reload();
  await expect(legendOf(page)).toHaveCount(2);
  await expect(legendOf(page, 'entropy')).toHaveCount(2);
  await expect(curvesOf(page)).toHaveCount(2);
});

test('another seed, or other settings, make an entry that can be overlaid, by time too', async ({ page }) => {
  await page.goto('./');
  await reach(page, 10);
  await page.getByLabel('Seed', { exact: true }).fill('7');
  await page.keyboard.press('Enter');
  await expect(runsOf(page)).toHaveCount(1);
  await expect(runsOf(page)).toContainText('Seed 1 instead of 7');
  await expect(page.getByTestId('live-run')).toContainText('seed 7');
  await expect(curvesOf(page)).toHaveCount(0);
  await page.getByRole('checkbox', { name: /^Overlay GRPO/ }).check();
  await expect(curvesOf(page)).toHaveCount(1);
  const compared = page.getByTestId('compared').getByRole('row');
  await expect(compared).toHaveCount(3);
  await expect(compared.last()).toContainText('Seed 1 instead of 7');
  await page.getByLabel('equal time').check();
  await expect(page.getByRole('slider', { name: 'Read reward at a second' })).toBeVisible();
  await expect(page.locator('[data-testid="chart-reward"] .plot')).toContainText(/\d s/);
  await page.getByLabel('Another chart').selectOption('grad_norm');
  await expect(curvesOf(page, 'gradient norm')).toHaveCount(1);
  await page.getByRole('button', { name: /^Remove the chart/ }).click();
  await expect(curvesOf(page, 'gradient norm')).toHaveCount(0);
});

test('rename, pin, delete with undo, and clear all by keyboard', async ({ page }) => {
  await keepOne(page);
  await page.getByRole('button', { name: 'Rename GRPO', exact: true }).press('Enter');
  await page.keyboard.type('Baseline <b>');
  await page.keyboard.press('Enter');
  await expect(runsOf(page)).toContainText('Baseline <b>');
  await expect(legendOf(page)).toContainText('Baseline <b>');
  await expect(page.getByRole('button', { name: 'Rename Baseline' })).toBeFocused();
  await page.getByRole('button', { name: 'Pin Baseline' }).press('Space');
  await expect(page.getByRole('button', { name: 'Pin Baseline' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Delete Baseline' }).press('Enter');
  await expect(runsOf(page)).toHaveCount(0);
  await expect(curvesOf(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(runsOf(page)).toContainText('Baseline <b>');
  await expect(curvesOf(page)).toHaveCount(1);
  await page.reload();
  await expect(runsOf(page).filter({ hasText: 'Baseline' })).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Pin Baseline' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: /^Clear all .* KiB$/ }).press('Enter');
  await expect(runsOf(page)).toHaveCount(0);
  await expect(page.getByTestId('runs')).toContainText('Deleted all kept runs.');
  await expect(legendOf(page)).toHaveCount(0);
});

test('two tabs see each other’s runs and keep both', async ({ page, context }) => {
  await keepOne(page);
  const other = await context.newPage();
  await keepOther(other);
  await expect(curvesOf(page)).toHaveCount(1); // what another tab overlays stays there
  await page.getByRole('button', { name: 'Rename RLOO', exact: true }).click();
  await page.keyboard.type('From here');
  await page.keyboard.press('Enter');
  await expect(runsOf(other).filter({ hasText: 'From here' })).toHaveCount(1);
  await other.close();
});

async function keepOther(other: Page): Promise<void> {
  await other.goto('./?algorithm=rloo');
  await reach(other, 12);
  await other.getByRole('button', { name: 'Keep and compare' }).click();
  await expect(other.getByRole('button', { name: 'Rename RLOO', exact: true })).toHaveCount(1);
}

test('stored runs that cannot be read are spoken of, left alone, and stop nothing', async ({ page }) => {
  await keepOne(page);
  await page.evaluate(async () => {
    const open = indexedDB.open('rollout-lab-runs');
    await new Promise((resolve) => {
      open.onsuccess = resolve;
    });
    const store = open.result.transaction('metas', 'readwrite').objectStore('metas');
    await new Promise((resolve) => {
      store.put({ version: 7 }, 'broken').onsuccess = resolve;
    });
    open.result.close();
  });
  await page.reload();
  await expect(page.getByTestId('runs-unreadable')).toContainText("'version' is 7; wanted 1");
  await expect(curvesOf(page)).toHaveCount(1);
  await page.getByRole('button', { name: /^Clear all/ }).click();
  await expect(page.getByTestId('runs-unreadable')).toHaveCount(0);
});

test('without a database the page says so once and goes on', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', {
      get: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    });
  });
  await keepOne(page);
  await expect(page.getByTestId('runs-problem')).toContainText('refused to store runs (SecurityError)');
  await expect(curvesOf(page)).toHaveCount(1);
});
