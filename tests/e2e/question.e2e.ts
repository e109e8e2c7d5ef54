/** The page's opening: a question, the moment of collapse in words, and the next move. */
import { expect, test } from '@playwright/test';

test('the page says when entropy has collapsed, and the offered move goes on from there', async ({ page }) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto('./?speed=0');
  const box = page.getByTestId('next-move');
  await expect(box).toContainText('Why does entropy collapse');
  await expect(box).toContainText(/Entropy fell below [\d.]+ nats at step \d+: \d+ % of the groups/, {
    timeout: 60_000,
  });
  const before = await page.getByTestId('step').textContent();
  await box.getByRole('button', { name: 'Continue with KL-Cov' }).click();
  await expect(page.getByTestId('marks')).toContainText(/kl_cov/);
  await expect.poll(() => new URL(page.url()).searchParams.get('algorithm')).toBe('kl_cov');
  const step = async () => Number((await page.getByTestId('step').textContent())?.replaceAll(',', ''));
  expect(await step()).toBeGreaterThanOrEqual(Number(before?.replaceAll(',', '')));
  await expect(box.getByRole('button', { name: /^Continue with (?!KL-Cov)/ })).toBeVisible();
  await box.getByRole('button', { name: /^Start again with/ }).click();
  // a new run asks the question again
  await expect(box).toContainText(/Why does entropy collapse|Entropy fell below/);
  expect(errors).toEqual([]);
});
