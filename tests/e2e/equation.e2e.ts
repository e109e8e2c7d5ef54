/** The symbols of the equations, the measured identity of the entropy law, a start that is cancelled, and a view that is kept. */
import { checkWidth, expect, open, openRunning, phase, reach, stepOf, test } from './lib/page.ts';

test('a symbol lights its slider, its metric and its lines, and a slider lights its symbol', async ({ page }) => {
  await openRunning(page, '?engine=cpu#about');
  await page.getByRole('button', { name: 'Show the shaders and their twins' }).click();
  const equation = page.getByRole('group', { name: 'Equation of PPO clip' });
  const term = equation.locator('[data-term]').filter({ hasText: 'high' }).first();
  const slider = page.locator('.knob[data-knob=clip_high]');
  const lines = page.getByTestId('sources').locator('.code-lit');
  await expect(page.getByTestId('sources').locator('.code-view')).toHaveCount(2);
  const heightOfCard = async () => (await page.getByTestId('about').boundingBox())?.height;
  const height = await heightOfCard();

  await term.hover();
  await expect(term).toHaveClass(/is-lit/);
  await expect(slider).toHaveClass(/is-lit/);
  await expect(page.locator('.symbols tr.is-lit')).toContainText('clip high');
  await expect(page.getByTestId('metrics').locator('tr.is-lit')).toContainText('Clip fraction');
  await expect(page.getByTestId('sources')).toContainText('stable_mask/ppo_clip.wgsl');
  await expect(lines).not.toHaveCount(0);
  await expect(page.getByTestId('lit-term')).toContainText('clip high 0.2');
  expect(await heightOfCard(), 'nothing moves').toBe(height);

  await term.click();
  await page.mouse.move(0, 0);
  await expect(slider).toHaveClass(/is-lit/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.is-lit')).toHaveCount(0);

  await slider.getByRole('slider').hover();
  await expect(term).toHaveClass(/is-lit/);

  await page.mouse.move(0, 0);
  await page.getByRole('group', { name: 'Update of the weights' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('lit-term')).toContainText('the optimiser');
  await page.keyboard.press('Home');
  await expect(page.getByTestId('lit-term')).toContainText('learning rate');
  await expect(page.locator('.knob[data-knob=learning_rate]')).toHaveClass(/is-lit/);
  await page.setViewportSize({ width: 390, height: 844 });
  await checkWidth(page, 390);

  const wide = page.getByRole('group', { name: 'Update of the weights' });
  await expect(wide, 'fades where it goes on').toHaveClass('equation more-end');
  await wide.evaluate((element) => element.scrollTo({ left: 40 }));
  await expect(wide).toHaveClass('equation more-start more-end');
  await wide.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
  await expect(wide).toHaveClass('equation more-start');
});

test('the law shows what its covariance predicts beside what was measured, once that is asked for', async ({
  page,
}) => {
  await openRunning(page, '?engine=cpu&speed=0#law');
  await page.getByRole('button', { name: 'Start again and measure' }).click();
  await expect(page.getByTestId('identity')).toContainText(/times the predicted one, with a correlation of 0\.\d+/, {
    timeout: 20_000,
  });
  await expect(page.getByTestId('identity-points')).toHaveAttribute('d', /a2\.8/);
  await expect(page).toHaveURL(/batch\.entropy_watch=on/);
});

test('a warm-up that takes long is cancelled, and the former run goes on', async ({ page }) => {
  await openRunning(
    page,
    '?engine=cpu&speed=0&task=arithmetic&task.digits=1&policy=transformer&batch.prompts=2&batch.group_size=2&batch.minibatches=1',
  );
  await reach(page, 3);
  const step = await stepOf(page);
  await page.locator('.knob[data-knob=warm_up_steps]').getByRole('textbox').fill('2000');
  await page.keyboard.press('Enter');
  await phase(page, 'warming_up');
  await expect(page.getByRole('progressbar', { name: 'Warming up' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await phase(page, 'running');
  await reach(page, step + 1);
  await expect(page.locator('.knob[data-knob=warm_up_steps]').getByRole('textbox')).toHaveValue('0');
  await expect(page.getByTestId('problem')).toHaveCount(0);
});

test('how the charts are drawn and what is open comes back after a reload', async ({ page }) => {
  await open(page, '?engine=cpu');
  await page.getByLabel('Smoothing').selectOption('20');
  await page.getByLabel('Another chart').selectOption('grad_norm');
  await expect(page.getByRole('heading', { name: 'Gradient norm' })).toBeVisible(); // what lies below has moved
  await page.getByRole('button', { name: 'All metrics' }).click();
  await expect(page.getByRole('button', { name: 'All metrics' })).toHaveAttribute('aria-expanded', 'false');
  await page.reload();
  await phase(page, 'running');
  await expect(page.getByLabel('Smoothing')).toHaveValue('20');
  await expect(page.getByRole('heading', { name: 'Gradient norm' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'All metrics' })).toHaveAttribute('aria-expanded', 'false');
});
