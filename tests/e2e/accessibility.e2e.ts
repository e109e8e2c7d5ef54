/** axe on every section, once in light and once in dark; and the page in windows narrower than a phone. */
import { checkBothSchemes, checkWidth, expect, open, type Page, phase, reach, test, walkWithTab } from './lib/page.ts';

const PANELS = ['sweep', 'law', 'inside', 'about', 'experiments/entropy_collapse', 'papers', 'take', 'fullscale'];

/** Stops training, so that the processor is axe's. */
async function pause(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).click();
  await phase(page, 'paused');
}

/** Fails where an element moves although the reader wants less motion, or where it does not for the others. */
async function checkMotion(page: Page, selector: string, name: string): Promise<void> {
  const element = page.locator(selector).first();
  await expect(element).toHaveCSS('animation-name', 'none');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect(element).toHaveCSS('animation-name', name);
  await page.emulateMedia({ reducedMotion: 'reduce' });
}

/** Opens every section that is read, one after another. */
async function openAll(page: Page): Promise<void> {
  for (const place of PANELS) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, place);
    const inside = page.locator(`#${place.split('/')[0]}-body`);
    await expect(inside).toBeVisible();
    await expect(inside).not.toContainText(/^Loading/);
  }
}

test('the first Tab stops lead past header and controls, and every stop shows that it has the focus', async ({
  page,
}) => {
  await open(page);
  for (const [name, place] of [
    ['Skip to the charts', '#charts'],
    ['Skip to the settings', '#settings'],
  ]) {
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name });
    await expect(skip).toBeFocused();
    await checkBothSchemes(page, name, '.skip:focus');
    await page.keyboard.press('Enter');
    await expect(page.locator(place)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.locator(`${place} :focus`)).toBeInViewport();
    await page.getByRole('link', { name: 'Skip to the charts' }).focus();
  }
  await pause(page);
  await page.getByRole('link', { name: 'Skip to the charts' }).focus();
  const { num_stops, unseen } = await walkWithTab(page);
  expect(unseen).toEqual([]);
  expect(num_stops).toBeGreaterThan(100);
});

test('the list of keys opens at its heading in a small window', async ({ page }) => {
  await open(page);
  for (const [width, height] of [
    [853, 480],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    await page.keyboard.press('?');
    await expect(page.getByRole('heading', { name: 'Keys' })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Close' })).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
  }
});

test('axe finds nothing with every section open, in light and in dark', async ({ page }) => {
  test.setTimeout(240_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, '?algorithm=dr_grpo&part.stabiliser=none&batch.eval_every=1&batch.replicas=3&set.nothing=1');
  for (const kept of [1, 2]) {
    await reach(page, 6);
    await page.keyboard.press('k');
    await expect(page.getByTestId('run')).toHaveCount(kept);
  }
  await page.locator('[data-knob="learning_rate"] input[type="range"]').press('ArrowLeft');
  await expect(page.getByTestId('marks')).toBeVisible();
  await reach(page, 12);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect(page.locator('.responses .token').first()).toBeVisible();
  await pause(page);
  for (const by of ['advantage', 'ratio', 'entropy']) {
    await page.getByLabel('Colour by').selectOption(by);
    await checkBothSchemes(page, `tokens by ${by}`, '[data-testid=samples]');
  }
  await page.getByLabel('Colour by').selectOption('coef');
  await page.getByLabel('Another chart').selectOption('histogram');
  await page.getByLabel('Smoothing').selectOption('5');
  await page.getByLabel('Replicas as').selectOption('single');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('button', { name: 'Program of one step' }).click();
  await page.locator('[data-role=source] select').focus();
  await page.locator('.part-doc summary').click();
  await openAll(page);
  await page.getByRole('button', { name: 'Do one step and look' }).click();
  await page.getByTestId('inside').getByRole('button', { name: 'Mask' }).click();
  await page.getByLabel('Search').fill('entropy');
  await expect(page.locator('.paper').first()).toBeVisible();
  await page.getByRole('button', { name: 'Show the shaders and their twins' }).click();
  await expect(page.locator('.code-view').first()).toBeVisible();
  await page.evaluate(() => window.scrollTo(0, 0)); // a heading half under the bar of controls counts as a small target
  await checkBothSchemes(page, `everything`);
  for (const width of [1440, 1024, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await checkWidth(page, width);
  }
  await page.getByRole('button', { name: 'Keys' }).click();
  await checkBothSchemes(page, `keys`, 'dialog[open]');
});

test('axe finds nothing in list, sweeps and lessons, in light and in dark', async ({ page }) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  await page.keyboard.press('p');
  await expect(page.getByRole('combobox', { name: 'Search algorithms' })).toBeFocused();
  await checkBothSchemes(page, `list`, 'dialog[open]');
  await checkMotion(page, '.picker[open]', 'picker-in');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Sweep learning rate' }).click();
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  await expect(page.locator('.sweep-line').first()).toBeAttached({ timeout: 20_000 });
  await pause(page);
  await page.getByTestId('sweep').getByText('Another sweep').click();
  await page.getByTestId('sweep').getByText('As a table').click();
  await checkBothSchemes(page, `sweep`, '[data-testid=sweep]');
  await page.getByTestId('sweep').getByLabel('Hyperparameter').nth(1).selectOption('temperature');
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  await expect(page.locator('.heat-cell.is-best')).toBeVisible({ timeout: 20_000 });
  await pause(page);
  await checkBothSchemes(page, `heat map`, '[data-testid=sweep]');

  await page.goto('./?lesson=entropy_collapse&part=5');
  await phase(page, 'running');
  await pause(page);
  await page.getByTestId('lesson').getByRole('button', { name: 'Show me where' }).first().click();
  await checkBothSchemes(page, `lesson`, '[data-testid=lesson]');
  await checkMotion(page, '[data-pointed]', 'pointed');
  const arrow = page.locator('.panel-fold svg').first();
  await expect(arrow).toHaveCSS('transition-duration', '0s');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect(arrow).toHaveCSS('transition-duration', '0.12s');
  await page.goto('./?lesson=');
  await expect(page.getByTestId('lesson').getByRole('listitem')).toHaveCount(6);
  await checkBothSchemes(page, `lessons`, '[data-testid=lesson]');
});
