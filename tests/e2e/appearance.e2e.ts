/**
 * What the page looks like, held against pictures in tests/e2e/appearance: a paused run of the CPU engine, which computes
 * the same on every machine. After a change that is meant to be seen:
 * npm run build && npx playwright test appearance --project page --update-snapshots
 */
import { expect, type Page, phase, stepOf, test } from './lib/page.ts';

const STEPS = 12;

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** A run that has done exactly so many steps, with everything drawn. */
async function openStill(page: Page, query = ''): Promise<void> {
  await page.goto(`./?engine=cpu&seed=3&speed=1${query}`);
  await phase(page, 'running');
  await page.keyboard.press('Space');
  await phase(page, 'paused');
  while ((await stepOf(page)) < STEPS) {
    const before = await stepOf(page);
    await page.keyboard.press('s');
    await expect.poll(() => stepOf(page)).toBe(before + 1);
  }
  await page.getByTestId('samples').scrollIntoViewIfNeeded(); // they are fetched when they come into sight
  await expect(page.locator('.responses .token').first()).toBeVisible();
  await expect(page.getByTestId('chart-summary')).toContainText(`At step ${STEPS - 1}:`);
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    window.scrollTo(0, 0);
  });
  await page.mouse.move(0, 0);
}

for (const { width, scheme } of [
  { width: 1440, scheme: 'light' },
  { width: 1024, scheme: 'dark' },
  { width: 390, scheme: 'light' },
] as const)
  test(`the page at ${width}, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 1000 });
    await openStill(page);
    await expect(page).toHaveScreenshot(`page-${width}-${scheme}.png`);
  });

test('a lesson beside the charts, and one update', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1440, height: 1000 });
  await openStill(page, '&lesson=entropy_collapse&part=1');
  await expect(page).toHaveScreenshot('lesson-1440-dark.png');
  await page.evaluate(() => {
    location.hash = '#inside';
  });
  await expect(page.getByTestId('inside-sentence')).toBeVisible();
  await expect(page.getByTestId('inside').locator('.katex-html').first()).toBeVisible();
  await page.addStyleTag({ content: '.controls { position: static !important; }' }); // else it lies over the section
  await expect(page.getByTestId('inside')).toHaveScreenshot('inside-1440-dark.png');
});

test('a lesson and the list of algorithms on a phone', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 1000 });
  await openStill(page, '&lesson=entropy_collapse&part=1');
  await expect(page).toHaveScreenshot('lesson-390-dark.png');
  await page.keyboard.press('p');
  await expect(page.getByRole('combobox', { name: 'Search algorithms' })).toBeFocused();
  await expect(page.locator('dialog[open]')).toHaveScreenshot('list-390-dark.png');
});
