/** The program of one step: every dispatch as it runs, and on request the time that each takes. */
import {
  checkBothSchemes,
  checkWidth,
  expect,
  open,
  openRunning,
  type Page,
  phase,
  reach,
  stepOf,
  test,
} from './lib/page.ts';

const QUICK = '?engine=cpu&speed=0&batch.prompts=2&batch.group_size=2&batch.minibatches=1';
const rowsOf = (page: Page) => page.getByTestId('dispatches').locator('tbody tr');
const times = (page: Page) => page.getByTestId('times');
const TIMED = { timeout: 30_000 };

/** How many kernel launches the heading tells. */
async function toldLaunches(page: Page): Promise<number> {
  const told = await page.locator('section.panel', { has: page.locator('#program-title') }).textContent();
  return Number(/(\d+) kernel launches a step/.exec(told ?? '')?.[1]);
}

test('by keyboard every dispatch gets a time, the run goes on, and an exchanged part clears the times', async ({
  page,
}) => {
  await openRunning(page, QUICK);
  await page.getByRole('button', { name: 'Program of one step' }).focus();
  await page.keyboard.press('Enter');
  const launches = await toldLaunches(page);
  expect(launches).toBeGreaterThan(10);
  await expect(rowsOf(page)).toHaveCount(launches);
  await expect(rowsOf(page).first()).toContainText(/^0draw_promptsreplica 1 × sequence 4/);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Time each dispatch' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(times(page)).toContainText(`${launches} dispatches take `, TIMED);
  await expect(page.getByTestId('dispatches')).toContainText(/each dispatch .* on the CPU engine/);
  const shares = await page.locator('.dispatch-share').allTextContents();
  expect(shares).toHaveLength(launches);
  const sum = shares.reduce((total, share) => total + Number.parseFloat(share), 0);
  expect(Math.abs(sum - 100)).toBeLessThan(0.05 * launches + 0.001); // each is rounded to a tenth
  await reach(page, (await stepOf(page)) + 5);

  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Slowest first' })).toBeFocused();
  await page.keyboard.press('Space');
  const numbers = (await rowsOf(page).locator('td:nth-child(3)').allTextContents()).map((us) =>
    Number(us.replaceAll(',', '')),
  );
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));

  await page.locator('[data-role=advantage] select').selectOption('leave_one_out');
  await expect(rowsOf(page).filter({ hasText: 'leave_one_out' })).toHaveCount(1);
  await expect(times(page)).toHaveCount(0);
  await expect(page.locator('.dispatch-share')).toHaveCount(0);
});

test('table and text scroll in boxes of their own, and axe finds nothing in them', async ({ page }) => {
  await open(page, QUICK);
  await page.getByRole('button', { name: 'Pause' }).click();
  await phase(page, 'paused');
  await page.getByRole('button', { name: 'Program of one step' }).click();
  await page.getByRole('button', { name: 'Time each dispatch' }).click();
  await expect(times(page)).toBeVisible(TIMED);
  await page.getByText('As text, with repeats').click();
  await expect(page.getByLabel('Program of one step as text')).toContainText('for minibatch in minibatch:');
  await checkBothSchemes(page, 'program', '[data-testid=dispatches]');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkWidth(page, 390);
  const box = page.getByRole('region', { name: 'Dispatches of one step' });
  await box.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
});

test('an embed times its dispatches too', async ({ page }) => {
  await page.goto('./embed.html?engine=cpu&speed=0&panels=program');
  await page.getByRole('button', { name: 'Run it here' }).click();
  await page.getByRole('button', { name: 'Time each dispatch' }).click();
  await expect(times(page)).toBeVisible(TIMED);
  expect(await page.locator('.dispatch-share').count()).toBe(await toldLaunches(page));
});
