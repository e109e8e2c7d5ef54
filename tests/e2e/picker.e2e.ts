/** Choosing what is trained: the list of algorithms, the parts panel, and sweeps over replicas. */
import { expect, open, type Page, phase, stepOf, test } from './lib/page.ts';

const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);
const algorithm = (page: Page) => page.getByRole('combobox', { name: 'Algorithm', exact: true });
const list = (page: Page) => page.getByRole('dialog', { name: 'Choose an algorithm' });
const active = (page: Page) => page.locator('.picker-option.is-active');

async function openList(page: Page): Promise<void> {
  await algorithm(page).click();
  await expect(page.getByRole('combobox', { name: 'Search algorithms' })).toBeFocused();
}

test('an algorithm is chosen by keyboard alone', async ({ page }) => {
  await open(page);
  await page.keyboard.press('p');
  const search = page.getByRole('combobox', { name: 'Search algorithms' });
  await expect(search).toBeFocused();
  await expect(list(page).getByRole('option', { selected: true })).toContainText('GRPO');
  await expect(active(page)).toHaveAttribute('data-id', 'grpo');
  await page.keyboard.press('ArrowDown');
  await expect(active(page)).toHaveAttribute('data-id', 'ppo');
  await page.keyboard.press('End');
  expect(await search.getAttribute('aria-activedescendant')).toBe(
    await list(page).getByRole('option').last().getAttribute('id'),
  );
  await page.keyboard.press('Home');
  await expect(active(page)).toHaveAttribute('data-id', 'grpo');
  await page.keyboard.type('2503.20783');
  await expect(list(page).getByRole('option')).toHaveCount(1);
  await expect(list(page).getByRole('status')).toContainText('1 algorithm');
  await page.keyboard.press('Enter');
  await expect(list(page)).toHaveCount(0);
  await expect(algorithm(page)).toHaveText('Dr. GRPO');
  await expect.poll(() => parameter(page, 'algorithm')).toBe('dr_grpo');
  await expect(page.getByTestId('marks')).toContainText('Dr. GRPO');

  await algorithm(page).press('ArrowDown');
  await expect(search).toBeFocused();
  await page.keyboard.type('zzz');
  await expect(list(page)).toContainText('No algorithm has all of these words.');
  await page.keyboard.press('Escape');
  await expect(list(page)).toHaveCount(0);
  await expect(algorithm(page)).toBeFocused();
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('choose an algorithm');
});

test('what the task refuses is there with the reason, and opens where it is at home', async ({ page }) => {
  await open(page);
  await openList(page);
  await page.keyboard.type('ssrl');
  const option = list(page).getByRole('option', { name: /SSRL/ });
  await expect(option).toContainText('Opens on Self-search');
  await expect(option).toContainText('the task “Sum to target” has none');
  await page.keyboard.press('Enter');
  await expect(algorithm(page)).toHaveText('SSRL');
  await expect(page.getByLabel('Task', { exact: true })).toHaveValue('self_search');
  await phase(page, 'running');
  await openList(page);
  await page.keyboard.type('grpo');
  await expect(option).toHaveCount(0);
});

test('parts say where they are not GRPO’s, which are the reader’s, and which are refused', async ({ page }) => {
  await open(page, '?algorithm=dr_grpo');
  await expect(page.getByTestId('part-legend')).toContainText('2 parts other than in GRPO');
  await expect(page.locator('[data-role=advantage]')).toContainText('GRPO: Group standardised');
  await expect(page.locator('[data-role=source]')).not.toContainText('GRPO:');
  const stabiliser = page.getByLabel('Stabiliser', { exact: true });
  await stabiliser.selectOption('none');
  await expect(page.getByTestId('part-legend')).toContainText('3 parts other than in GRPO, 1 yours');
  await page.getByRole('button', { name: 'Stabiliser back to PPO clip' }).click();
  await expect(stabiliser).toHaveValue('ppo_clip');

  const source = page.getByLabel('Source', { exact: true });
  const refused = source.locator('option[value=self_search]');
  await expect(refused).toBeDisabled();
  await expect(refused).toHaveAttribute('title', /masks blocks of recalled text/);
  // what a browser offers all the same is answered beside the slot
  await source.evaluate((select: HTMLSelectElement) => {
    select.value = 'self_search';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await expect(page.locator('[data-role=source]').getByRole('alert')).toContainText('masks blocks of recalled text');
  await expect(source).toHaveValue('on_policy');
  await expect(page.getByTestId('problem')).toHaveCount(0);

  await stabiliser.selectOption('none');
  await page.getByLabel('Weighting', { exact: true }).selectOption('token_mean');
  await page.getByRole('button', { name: 'Reset all parts' }).click();
  await expect(page.getByTestId('part-legend')).toHaveText('2 parts other than in GRPO');
  await expect.poll(() => parameter(page, 'part.stabiliser')).toBeNull();
});

test('a knob is swept from its slider, read at a step, kept over a reset, and ended', async ({ page }) => {
  await open(page, '?speed=50'); // later than a thousand steps the values are all as good
  await page.getByRole('button', { name: 'Sweep learning rate' }).click();
  const sweep = page.getByTestId('sweep');
  const values = sweep.getByLabel('List of values');
  await values.fill('0.001, 9');
  await expect(sweep).toContainText("'learning rate' is 9; wanted");
  await expect(sweep.getByRole('button', { name: 'Start the sweep' })).toBeDisabled();
  await values.fill('0.02, 0.1, 0.5');
  await sweep.getByLabel('Seeds for each').selectOption('2');
  await expect(sweep).toContainText('3 values × 2 seeds = 6 of at most 16 replicas');
  await sweep.getByRole('button', { name: 'Start the sweep' }).click();
  await expect(page.locator('.sweep-line')).toHaveCount(3, { timeout: 20_000 });
  await expect(page.locator('.sweep-label')).toHaveText(['0.02', '0.1', '0.5']);
  await expect(page.locator('[data-knob="learning_rate"]')).toContainText('swept: 0.02 to 0.5');
  for (const name of ['reward', 'entropy']) {
    const chart = page.getByTestId(`chart-${name}`);
    await expect(chart.locator('.single-line.is-swept')).toHaveCount(6);
    await expect(chart.locator('.curve, .band, .collapse-line')).toHaveCount(0);
    await expect(chart.getByTestId('legend-swept')).toHaveText([
      /^1 ?0\.02 [\d.]+$/,
      /^2 ?0\.1 [\d.]+$/,
      /^3 ?0\.5 [\d.]+$/,
    ]);
  }
  await expect(page.getByRole('slider', { name: 'Read reward at a step' })).toHaveAttribute(
    'aria-valuetext',
    /by learning rate, 0\.02: [\d.]+, 0\.1: [\d.]+, 0\.5: [\d.]+$/,
  );
  await expect.poll(() => stepOf(page), { timeout: 30_000 }).toBeGreaterThan(40);
  await expect.poll(() => parameter(page, 'sweep')).toBe('learning_rate:0.02,0.1,0.5;seeds:2');
  await expect(page.getByTestId('marks')).toHaveCount(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await phase(page, 'paused');
  await expect(page.getByTestId('sweep-said')).toContainText(
    /highest .* at learning rate 0\.[15]; lowest .* at learning rate 0.02/,
  );
  await sweep.getByLabel('Read at').focus();
  await page.keyboard.press('Home');
  await expect(page.getByTestId('sweep-said')).toContainText(/, steps? 0/);
  await sweep.getByRole('button', { name: 'Latest' }).click();
  await sweep.getByLabel('Metric').selectOption('entropy');
  await expect(page.getByTestId('sweep-said')).toContainText('Entropy');
  await sweep.getByText('As a table').click();
  await expect(page.getByTestId('sweep-table').getByRole('row')).toHaveCount(4);
  await expect(page.getByTestId('sweep-table')).toContainText('Lowest to highest of 2 seeds');

  await page.getByRole('button', { name: 'Reset' }).first().click();
  await expect.poll(() => stepOf(page)).toBe(0);
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => stepOf(page), { timeout: 30_000 }).toBeGreaterThan(40);
  await expect(page.getByTestId('sweep-said')).toContainText(/at learning rate/);
  await sweep.getByRole('button', { name: 'End the sweep' }).click();
  await expect(page.getByTestId('sweep-view')).toHaveCount(0);
  await expect.poll(() => parameter(page, 'batch.replicas')).toBeNull();
  expect(parameter(page, 'sweep')).toBeNull();
  await expect(page.getByTestId('runs')).toContainText('Sweep: learning rate 0.02 to 0.5');
});

test('a link opens a sweep of two knobs as a heat map; moving one of them ends it', async ({ page }) => {
  await open(page, '?speed=0&sweep=learning_rate:0.01,0.3;clip_high:0.1,0.4');
  const cells = page.locator('.heat-cell');
  await expect(cells).toHaveCount(4, { timeout: 30_000 });
  await expect.poll(() => stepOf(page), { timeout: 30_000 }).toBeGreaterThan(40);
  const map = page.getByRole('table', { name: 'Reward by learning rate and clip high' });
  await expect(map.getByRole('rowheader')).toHaveText(['0.01', '0.3']);
  await expect(map.locator('.heat-cell.is-best')).toContainText(/\d\.\d+ \(highest\)/);
  const entry = page.getByLabel('learning rate, exact value');
  await entry.fill('0.2');
  await entry.press('Enter');
  await expect(page.getByTestId('sweep')).toContainText('The sweep has ended');
  await expect(cells).toHaveCount(4);
  expect(parameter(page, 'sweep')).toBeNull();
});
