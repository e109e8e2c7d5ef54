/** The page's opening: a question, the moment of collapse in words, and the next move. */
import { expect, stepOf, test } from './lib/page.ts';

test('the page says when entropy has collapsed, and the offered move goes on from there', async ({ page }) => {
  await page.goto('./?speed=0');
  const box = page.getByTestId('next-move');
  await expect(box).toContainText('Why does entropy collapse');
  await expect(box).toContainText(
    /Entropy fell below a tenth of where it began: [\d.]+ nats at step \d+\. \d+ % of the groups/,
    {
      timeout: 60_000,
    },
  );
  const before = await stepOf(page);
  await box.getByRole('button', { name: 'Continue with KL-Cov' }).click();
  await expect(page.getByTestId('marks')).toContainText(/kl_cov/);
  await expect.poll(() => new URL(page.url()).searchParams.get('algorithm')).toBe('kl_cov');
  expect(await stepOf(page)).toBeGreaterThanOrEqual(before);
  await expect(box.getByRole('button', { name: /^Continue with (?!KL-Cov)/ })).toBeVisible();
  const last = await stepOf(page);
  await box.getByRole('button', { name: /^Start again with/ }).click();
  await expect.poll(() => stepOf(page)).toBeLessThan(last);
  await expect(page.getByTestId('marks')).toHaveCount(0);
});
