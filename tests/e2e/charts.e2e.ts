/** The charts' controls and the samples' history in a real browser: what is drawn follows what is chosen. */
import { expect, open, openRunning, type Page, phase, reach, stepOf, test } from './lib/page.ts';

const chart = (page: Page, name: string) => page.getByTestId(`chart-${name}`);
const slider = (page: Page, name: string) => page.getByRole('slider', { name: `Read ${name} at a step` });
const lastOf = async (page: Page, name: string) => Number(await slider(page, name).getAttribute('aria-valuemax'));
/** The numbers of a text in their order: `steps 1,200 to 1,300`. */
const numbersIn = (text: string | null) => (text?.match(/\d[\d,]*/g) ?? []).map((n) => Number(n.replaceAll(',', '')));
/** Where the window ends that the tools name. */
const endOf = async (page: Page) => numbersIn(await page.getByTestId('zoom').textContent())[1];

const pause = async (page: Page) => {
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-phase', 'paused', { timeout: 30_000 });
  const last = (await stepOf(page)) - 1;
  for (const name of ['reward', 'entropy']) await expect.poll(() => lastOf(page, name)).toBe(last); // it is drawn
};

test('smoothing and log scale change what is drawn, and the legend says so', async ({ page }) => {
  await openRunning(page, '?set.learning_rate=0.02&speed=20', 60);
  await pause(page);
  const curve = chart(page, 'entropy').locator('.curve').first();
  const smooth = chart(page, 'entropy').locator('.smooth-line');
  const raw = await curve.getAttribute('d');
  await expect(smooth).toHaveCount(0);
  await page.getByLabel('Smoothing').selectOption('5');
  await expect(chart(page, 'entropy').locator('.legend')).toContainText('mean of 5 steps');
  await expect(page.locator('.legend-note')).toContainText('Faint line: every step.');
  const five = await smooth.getAttribute('d');
  expect(five).toMatch(/^M.*L/);
  await page.getByLabel('Smoothing').selectOption('20');
  await expect.poll(() => smooth.getAttribute('d')).not.toBe(five);
  expect(await curve.getAttribute('d')).toBe(raw);
  await page.getByLabel('Smoothing').selectOption('0');
  await page.getByLabel('Log scale').check();
  await expect.poll(() => curve.getAttribute('d')).not.toBe(raw);
  await page.getByLabel('Log scale').uncheck();
  await expect.poll(() => curve.getAttribute('d')).toBe(raw);
});

test('all charts zoom together by keyboard, by dragging and by the wheel, and 0 shows all again', async ({ page }) => {
  await openRunning(page, '', 60);
  await slider(page, 'reward').focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(page.getByTestId('zoom')).toContainText(/steps [\d,]+ to [\d,]+/);
  const last = await endOf(page);
  for (const name of ['reward', 'entropy']) await expect.poll(() => lastOf(page, name)).toBe(last);
  expect(last).toBeLessThan(await stepOf(page));
  const before = await stepOf(page);
  await expect.poll(() => stepOf(page)).toBeGreaterThan(before + 10);
  expect(await lastOf(page, 'reward')).toBe(last); // rows keep arriving, the window stays
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => lastOf(page, 'reward')).toBeGreaterThan(last);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(() => lastOf(page, 'reward')).toBe(last);
  await page.keyboard.press('-');
  await expect.poll(() => lastOf(page, 'reward')).toBeGreaterThan(last);
  await page.keyboard.press('0');
  await expect(page.getByTestId('zoom')).toHaveText('all steps');
  await expect.poll(() => lastOf(page, 'reward')).toBeGreaterThan(before);

  await chart(page, 'entropy').locator('.plot').scrollIntoViewIfNeeded();
  const box = await chart(page, 'entropy').locator('.plot').boundingBox();
  if (!box) throw new Error('the plot has no box');
  await page.mouse.move(box.x + 200, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 380, box.y + 90, { steps: 4 });
  await expect(page.locator('.zoom-drag')).toBeVisible();
  await page.mouse.up();
  await expect(page.getByTestId('zoom')).toContainText(/steps [\d,]+ to [\d,]+/);
  const dragged = await page.getByTestId('zoom').textContent();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect(page.getByTestId('zoom')).not.toHaveText(dragged ?? '');
  await page.mouse.dblclick(box.x + 300, box.y + 80);
  await expect(page.getByTestId('zoom')).toHaveText('all steps');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(page.getByTestId('zoom')).toContainText(/steps [\d,]+ to/);
  await page.keyboard.press('r');
  await expect(page.getByTestId('zoom')).toHaveText('all steps'); // another run is seen whole
});

test('every replica can have its own line with its number', async ({ page }) => {
  await openRunning(page, '?batch.replicas=3', 20);
  for (const name of ['reward', 'entropy']) await expect(chart(page, name).locator('.band[d*="L"]')).toHaveCount(1);
  await page.getByLabel('Replicas as').selectOption('single');
  for (const name of ['reward', 'entropy']) {
    await expect(chart(page, name).locator('.single-line[d*="L"]')).toHaveCount(3);
    await expect(chart(page, name).locator('.single-label')).toHaveText(['1', '2', '3'].map(() => /^[123]$/));
    await expect(chart(page, name).locator('.band')).toHaveCount(0);
  }
  await expect(page.locator('.legend-note')).toContainText('Thin lines: replicas 1 to 3.');
});

test('the charts are a table too, of the same numbers and the same window', async ({ page }) => {
  await openRunning(page, '?engine=cpu&batch.replicas=2');
  await expect.poll(() => stepOf(page)).toBeGreaterThan(30);
  await pause(page);
  await page.getByText('As a table').press('Enter');
  const table = page.getByTestId('chart-table');
  await expect(table.getByRole('columnheader')).toHaveText(['Steps', 'Reward', 'Accuracy', 'Entropy, nats']);
  await slider(page, 'reward').focus();
  for (let k = 0; k < 9; k++) await page.keyboard.press('+'); // down to few steps, each with its row
  await expect(table.locator('tbody th').last()).toHaveText(/^\d+$/);
  const last = await table.locator('tbody th').last().textContent();
  await page.keyboard.press('End');
  await expect(slider(page, 'reward')).toHaveAttribute('aria-valuetext', new RegExp(`^step ${last}: `));
  const said = (await slider(page, 'reward').getAttribute('aria-valuetext'))!.split(': ')[1];
  await expect(table.locator('tbody tr').last().locator('td').first()).toContainText(`${said} (`);
  await page.keyboard.press('0');
  await expect(table.locator('tbody th').first()).toHaveText(/^0 to \d+$/);
});

test('the best possible reward stands on the reward chart, the moment of collapse on that of the entropy', async ({
  page,
}) => {
  await openRunning(page, '', 60);
  await expect(page.getByTestId('legend-collapse')).toContainText(/collapse at step [\d,]+/, { timeout: 30_000 });
  await expect(chart(page, 'entropy').locator('.collapse-line')).toBeAttached();
  await expect(chart(page, 'reward').locator('.collapse-line')).toHaveCount(0);
  await expect(chart(page, 'reward').locator('.optimum-line')).toBeAttached();
  await expect(chart(page, 'reward').locator('.legend')).toContainText('optimum 1.00');
  await expect(chart(page, 'entropy').locator('.optimum-line')).toHaveCount(0);
  await expect(chart(page, 'entropy').locator('.legend')).not.toContainText('optimum');
});

test('where rewards exceed 1 accuracy has a chart of its own', async ({ page }) => {
  test.setTimeout(120_000); // a transformer
  await openRunning(page, '?task=general_points&policy=transformer&batch.eval_every=1', 2);
  await expect(chart(page, 'accuracy').locator('.curve')).toHaveCount(1);
  await expect(chart(page, 'reward').locator('.curve')).toHaveCount(1);
  await openRunning(page, '', 2);
  await expect(chart(page, 'reward').locator('.curve')).toHaveCount(2);
  await expect(chart(page, 'accuracy')).toHaveCount(0);
});

test('the histogram counts the advantages of the rollout', async ({ page }) => {
  await openRunning(page, '?set.learning_rate=0.01', 10);
  await page.getByLabel('Another chart').selectOption('histogram');
  await expect(page.getByTestId('histogram-summary')).toContainText(
    /The advantages of 64 responses at step [\d,]+: \d+ % above 0, \d+ % below, \d+ % exactly 0/,
  );
  await expect(chart(page, 'histogram').locator('.bar').nth(2)).toBeAttached();
  await page.getByRole('slider', { name: 'Read the histogram' }).focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('slider', { name: 'Read the histogram' })).toHaveAttribute(
    'aria-valuetext',
    /−[\d.]+ to .*: \d+ responses?/,
  );
  await chart(page, 'histogram').getByRole('combobox').selectOption('coef');
  await expect(page.getByTestId('histogram-summary')).toContainText('The coefs of 256 tokens');
  await page.getByRole('button', { name: 'Remove the histogram' }).click();
  await expect(chart(page, 'histogram')).toHaveCount(0);
});

test('tokens are coloured by what is chosen, and the slider goes back to the same prompt before', async ({ page }) => {
  await openRunning(page, '?set.learning_rate=0.01', 5);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect(page.locator('.responses .token').first()).toBeVisible({ timeout: 15_000 });
  const back = page.getByLabel('Earlier steps');
  await expect.poll(async () => Number(await back.getAttribute('max')), { timeout: 40_000 }).toBeGreaterThan(2);
  await pause(page);
  const prompt = await page.locator('.sample-prompt').textContent();
  const seen = async () => numbersIn(await page.locator('.history-step').textContent())[0];
  await expect(page.locator('.history-step')).toHaveText(/^step [\d,]+, (the latest|when this prompt was last asked)$/);
  const latest = await seen();
  await back.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(seen).toBeLessThan(latest);
  await expect(page.locator('.history-step')).toHaveText(/^step [\d,]+$/);
  await expect(back).toHaveAttribute('aria-valuetext', /^step [\d,]+$/);
  await expect(page.locator('.sample-prompt')).toHaveText(prompt ?? '');
  const table = page.locator('.responses');
  const before = (await table.boundingBox())?.y;
  await page.getByLabel('Colour by').selectOption('entropy');
  await expect(page.getByTestId('token-legend')).toContainText('undecided');
  expect((await table.boundingBox())?.y, 'the table stays where it is').toBe(before);
  await expect(page.locator('.responses .token[data-sign="4"]').first()).toBeVisible();
  await page.locator('.responses .token').nth(1).hover();
  await expect(page.getByTestId('token-reading')).toContainText(/token 2.*probability.*ratio.*entropy/);
  await page.getByRole('button', { name: 'Latest' }).click();
  await expect(page.locator('.history-step')).toHaveText(/^step [\d,]+, (the latest|when this prompt was last asked)$/);
});

test('a prompt that is followed says when it was last asked', async ({ page }) => {
  await openRunning(page, '?task=arithmetic&batch.prompts=2', 5);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect(page.locator('.responses')).toBeVisible(); // where most steps ask each prompt, a sample ticks the box by itself
  await page.getByLabel('Follow it through the steps').check();
  await expect(page.locator('.history-step')).toHaveText(/^step [\d,]+, when this prompt was last asked$/, {
    timeout: 30_000,
  });
});

test('masked and clipped tokens and demonstrations are marked', async ({ page }) => {
  test.setTimeout(120_000); // three runs, one of them a transformer
  await openRunning(page, '?algorithm=luffy', 5);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect(page.locator('.responses .demonstration').first()).toHaveText('demonstration', { timeout: 15_000 });
  await openRunning(page, '?task=guess_number&policy=transformer&engine=cpu', 3);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect(page.locator('.responses .token.is-masked').first()).toBeVisible({ timeout: 15_000 });
  await expect(page.getByTestId('mark-legend')).toHaveText(/^\S+ masked: written by the task$/);

  await open(page, '?batch.epochs=8&engine=cpu');
  await pause(page);
  await page.keyboard.press('r');
  await expect.poll(() => stepOf(page)).toBe(0);
  await page.keyboard.press('s'); // the first step of this seed clips tokens of the second prompt
  await reach(page, 1);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await page.getByTestId('samples').getByLabel('Prompt').selectOption('1');
  await expect(page.locator('.responses .token.is-clipped').first()).toHaveAccessibleName(/, clipped$/);
  await expect(page.getByTestId('mark-legend')).toHaveText(/^\S+ clipped: does not count$/);
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('a finger on a chart reads it and chooses no window, and a tapped token gives its numbers', async ({ page }) => {
    await openRunning(page, '', 30);
    await page.getByRole('button', { name: 'Pause' }).click();
    await phase(page, 'paused');
    const plot = chart(page, 'reward').locator('.plot');
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    const finger = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...x: number[]) =>
      finger.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: x.map((along) => ({ x: box.x + along, y: box.y + box.height / 2 })),
      });
    const read = async () => numbersIn(await chart(page, 'reward').locator('.legend-step').textContent())[0];
    await touch('touchStart', 120);
    await expect(chart(page, 'reward').locator('.legend-step')).toHaveText(/^at steps? [\d,]+/);
    const first = await read();
    await touch('touchMove', 240);
    await expect.poll(read).toBeGreaterThan(first);
    await expect(page.locator('.zoom-drag')).toHaveCount(0);
    await touch('touchEnd');
    await expect(page.getByTestId('zoom')).toHaveText('all steps');
    await expect.poll(read, 'the reading stays until the reader turns to something else').toBeGreaterThan(first);
    await page.getByTestId('samples').scrollIntoViewIfNeeded();
    await expect(async () => {
      await page.locator('.responses .token').nth(2).tap(); // on a slow machine a tap can turn into a long press
      await expect(page.getByTestId('token-reading')).toContainText(/token 3.*probability.*ratio.*entropy/, {
        timeout: 2000,
      });
    }).toPass({ timeout: 30_000 });
  });
});
