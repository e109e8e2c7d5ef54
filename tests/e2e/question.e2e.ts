/** The page's opening: a question, the moment of collapse in words, and the next move. */
import { expect, open, type Page, phase, stepOf, test } from './lib/page.ts';

const COLLAPSED = /Entropy fell below a tenth of where it began: [\d.]+ nats at step [\d,]+\. \d+ % of the groups/;
const boxOf = (page: Page) => page.getByTestId('next-move');

test('the page says when entropy has collapsed, and the offered move goes on from there', async ({ page }) => {
  const box = boxOf(page);
  await open(page, '?speed=1'); // collapse is at step 33: the question stands there until the limit is lifted
  await expect(box).toContainText('Why does entropy collapse');
  await page.getByLabel('Limit').selectOption('none');
  await expect(box).toContainText(COLLAPSED, { timeout: 60_000 });
  const before = await stepOf(page);
  await box.getByRole('button', { name: 'Continue with KL-Cov' }).click();
  await expect(page.getByTestId('marks')).toContainText(/step [\d,]+: KL-Cov/);
  await expect.poll(() => new URL(page.url()).searchParams.get('algorithm')).toBe('kl_cov');
  expect(await stepOf(page)).toBeGreaterThanOrEqual(before);
  await expect(box.getByRole('button', { name: /^Continue with (?!KL-Cov)/ })).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await phase(page, 'paused');
  await box.getByRole('button', { name: /^Start again with/ }).click();
  await expect.poll(() => stepOf(page)).toBe(0); // a paused page starts nothing
  await expect(page.getByTestId('marks')).toHaveCount(0);
});

test('on a phone the question, the controls and the reward are on the first screen, and the answer moves nothing', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, '?speed=1');
  const chart = page.getByTestId('chart-reward');
  await expect(chart.locator('.curve').first()).toBeVisible();
  const before = await chart.boundingBox();
  expect(before!.y + before!.height).toBeLessThan(844);
  await expect(boxOf(page)).toContainText('Why does entropy collapse');
  await page.getByLabel('Limit').selectOption('none');
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(boxOf(page)).toContainText(COLLAPSED, { timeout: 60_000 });
  await expect(boxOf(page).getByRole('button', { name: 'Continue with KL-Cov' })).toBeInViewport();
  expect(await chart.boundingBox()).toEqual(before);
  await expect(page.getByLabel('Seed', { exact: true })).toBeVisible();
  await expect(page.getByLabel('Engine')).toBeVisible();
});
