/** The page in a real browser with the real worker: what a visitor sees, presses and reads. */
import { CHART, expect, open, openRunning, phase, stepOf, test } from './lib/page.ts';

for (const [query, tag] of [
  ['', []],
  ['?v=1', ['@webgpu']],
  ['?engine=webgpu', ['@webgpu']],
  ['?engine=cpu', ['@webgpu']],
] satisfies [string, string[]][]) {
  test(`a run starts by itself and is drawn: ${query || 'default'}`, { tag }, async ({ page }) => {
    await page.goto(`./${query}`);
    await expect(page.locator(CHART).first()).toBeVisible({ timeout: 30_000 });
    const wanted = {
      '': 'CPU engine',
      '?engine=cpu': 'CPU engine',
      '?engine=webgpu': /^(GPU: |Software adapter)/,
      '?v=1': /^(GPU: |Software adapter|CPU engine)/, // whichever is faster
    }[query]!;
    await expect(page.getByTestId('adapter').locator('span').first()).toHaveText(wanted);
    await expect(page.getByTestId('chart-summary')).toContainText(/At step [\d,]+: reward/);
    await expect(page.getByTestId('metrics').getByRole('row')).not.toHaveCount(0);
  });
}

test('a moved slider takes effect and leaves one mark with its numbers', async ({ page }) => {
  await openRunning(page);
  const visits = await page.evaluate(() => history.length);
  const slider = page.locator('[data-knob="learning_rate"] input[type="range"]');
  await slider.focus();
  // at once: what is moved within a short time leaves one mark
  await Promise.all(Array.from({ length: 5 }, () => page.keyboard.press('ArrowLeft')));
  await expect(page.getByTestId('marks')).toContainText(/step [\d,]+: learning rate [\d.e-]+ → [\d.e-]+/);
  await expect(page.getByTestId('marks').getByRole('listitem')).toHaveCount(1);
  await expect(page.locator('[data-testid="chart-reward"] .mark-line').first()).toBeAttached();
  await expect.poll(() => new URL(page.url()).searchParams.get('set.learning_rate')).not.toBeNull();
  expect(new URL(page.url()).searchParams.get('v'), 'whoever copies the address hands its version on').toBe('1');
  await page.locator('[data-knob="learning_rate"] .knob-reset').click();
  await expect.poll(() => new URL(page.url()).search).toBe('');
  expect(await page.evaluate(() => history.length), 'Back leads to where the reader came from').toBe(visits);
});

test('in a narrow column a part has the whole width, and Export leads to the section of that name', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await open(page);
  const select = (await page.getByLabel('Advantage', { exact: true }).boundingBox())!;
  const panel = (await page.locator('#parts-body').boundingBox())!;
  expect(select.width).toBeGreaterThan(0.85 * panel.width);
  await page.getByRole('link', { name: 'Export', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeFocused();
});

test('an exact value is taken, a wrong one is answered with a sentence', async ({ page }) => {
  await openRunning(page);
  const entry = page.getByLabel('learning rate, exact value');
  const slider = page.locator('[data-knob="learning_rate"] input[type="range"]');
  const below = async () => (await slider.boundingBox())!.y - (await entry.boundingBox())!.y;
  const before = await below();
  await entry.fill('7');
  await entry.press('Enter');
  const knob = (name: string) => page.locator(`[data-knob="${name}"]`);
  await expect(knob('learning_rate').locator('.knob-track > span')).toHaveText(['1e-6', '1']);
  await expect(knob('clip_high').locator('.knob-doc')).toContainText('· arXiv 1707.06347');
  const sentence = knob('learning_rate').locator('[role="alert"]');
  await expect(sentence).toContainText('wanted');
  await entry.fill('abc');
  await entry.press('Enter');
  await expect(sentence).toContainText('“abc” is no number: learning rate takes 0.000001 to 1 (step size of AdamW).');
  await expect(sentence).toBeInViewport({ ratio: 0.9 });
  expect(await below(), 'the slider stays where it is').toBeCloseTo(before);
  await entry.fill('0.05');
  await entry.press('Enter');
  await expect(page.getByTestId('marks')).toContainText('→ 0.05');
});

test('the whole run by keyboard', async ({ page }) => {
  await openRunning(page);
  await page.keyboard.press('Space');
  await phase(page, 'paused');
  const paused_at = await stepOf(page);
  await page.keyboard.press('s');
  await expect.poll(() => stepOf(page)).toBe(paused_at + 1);
  await page.keyboard.press('r');
  await expect.poll(() => stepOf(page)).toBe(0);
  await phase(page, 'paused');
  await page.keyboard.press('Space');
  await expect.poll(() => stepOf(page)).toBeGreaterThan(2);
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Space');
  await phase(page, 'paused');
  const before = await stepOf(page);
  await page.getByLabel('Seed', { exact: true }).focus();
  await page.keyboard.type('s r');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Step', exact: true }).click(); // requests are served in their order
  await expect.poll(() => stepOf(page)).toBe(before + 1);
});

test('the chart can be read at a step by keyboard and by pointer', async ({ page }) => {
  await openRunning(page);
  await page.keyboard.press('Space');
  await phase(page, 'paused');
  await page.getByRole('slider', { name: 'Read reward at a step' }).focus();
  await page.keyboard.press('Home');
  await expect(page.locator('[data-testid="chart-reward"] .legend-step')).toHaveText('at step 0');
  await expect(page.locator('[data-testid="chart-entropy"] .legend-step')).toHaveText('at step 0');
  await expect(page.locator('[data-testid="chart-entropy"] .reading-line')).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(page.locator('.legend-step')).toHaveCount(0);
  await expect(page.getByTestId('chart-summary')).toContainText(`At step ${(await stepOf(page)) - 1}:`);
  const written = await page.getByTestId('chart-summary').textContent();
  await expect(page.getByTestId('chart-spoken')).toHaveText(written!, { timeout: 5000 }); // well before it speaks anyway
  await expect(page.getByTestId('chart-spoken')).toHaveRole('status');
  await page.locator('[data-testid="chart-entropy"] .plot').hover({ position: { x: 300, y: 80 } });
  await expect(page.locator('.legend-step')).toHaveCount(2);
});

test('the responses of a prompt, token by token', async ({ page }) => {
  await openRunning(page);
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect(page.locator('.responses .token').first()).toBeVisible({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await phase(page, 'paused');
  await page.locator('.responses .token').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('token-reading')).toContainText('response 2, token 2');
  await expect(page.getByTestId('token-reading')).toContainText('logp');
  const prompt = page.getByTestId('samples').getByLabel('Prompt');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(prompt).toHaveValue('1');
  await expect(page.locator('.sample-prompt')).toBeVisible();
});

test('a part is swapped on the running policy, and the algorithm too', async ({ page }) => {
  await openRunning(page);
  const advantage = page.getByLabel('Advantage', { exact: true });
  const before = await stepOf(page);
  const other = await advantage.locator('option:not(:checked)').first().getAttribute('value');
  await advantage.selectOption(other);
  await expect(page.getByTestId('marks')).toContainText('advantage');
  await expect.poll(() => stepOf(page)).toBeGreaterThan(before + 2);
  await expect.poll(() => new URL(page.url()).searchParams.get('part.advantage')).toBe(other);
  await page.getByRole('combobox', { name: 'Algorithm', exact: true }).click();
  await page.getByRole('combobox', { name: 'Search algorithms' }).fill('rloo');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('marks')).toContainText('RLOO');
  await expect.poll(() => new URL(page.url()).searchParams.get('algorithm')).toBe('rloo');
  await phase(page, 'running');
});

test('several replicas give a band', async ({ page }) => {
  await openRunning(page, '?batch.replicas=3');
  await expect(page.locator('[data-testid="chart-reward"] .band')).toBeVisible();
  await expect(page.locator('.legend-note')).toContainText('3 replicas');
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await page.getByRole('combobox', { name: 'Replica', exact: true }).selectOption('2');
  await expect(page.locator('.responses .token').first()).toBeVisible({ timeout: 15_000 });
});

test('another task is built and runs', async ({ page }) => {
  await openRunning(page);
  await page.getByLabel('Task', { exact: true }).selectOption('bandit');
  await expect.poll(() => new URL(page.url()).searchParams.get('task')).toBe('bandit');
  await phase(page, 'running');
  await expect.poll(() => stepOf(page), { timeout: 30_000 }).toBeGreaterThan(2);
  await expect(page.getByTestId('problem')).toHaveCount(0);
});

test('a run is saved to a file and loaded from it', async ({ page }, where) => {
  await openRunning(page);
  await page.keyboard.press('Space');
  await phase(page, 'paused');
  const saved_at = await stepOf(page);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const file = where.outputPath('run.safetensors');
  await (await waiting).saveAs(file);
  await page.keyboard.press('r');
  await expect.poll(() => stepOf(page)).toBe(0);
  await page.getByLabel('Run file').setInputFiles(file);
  await expect.poll(() => stepOf(page), { timeout: 20_000 }).toBe(saved_at);
  await page.getByLabel('Run file').setInputFiles({ name: 'x.json', mimeType: '', buffer: Buffer.from('nothing') });
  await expect(page.getByTestId('problem')).toContainText(
    'x.json is no run saved here: found 7 bytes, wanted a safetensors file.',
  );
  await expect(page.getByTestId('problem')).toBeInViewport();
  expect(await stepOf(page)).toBe(saved_at);
});

test('a hostile address gives sentences and a run', async ({ page }) => {
  const hostile = [
    'task=__proto__',
    'algorithm=%3Cimg%20src=x%20onerror=alert(1)%3E',
    `seed=${'9'.repeat(400)}`,
    'set.learning_rate=NaN',
    'set.constructor=1',
    'batch.prompts=-1e999',
    'part.advantage=%00',
    'part.toString=1',
    'engine=quantum',
    'speed=-3',
    '%E0%A4%A=1',
  ];
  await openRunning(page, `?${hostile.join('&')}`);
  await expect(page.getByTestId('complaints')).toContainText('Used sum_to_target instead.');
  await expect(page.getByTestId('complaints')).toContainText('more.');
  await expect(page.locator('.notices img')).toHaveCount(0);
  await page.getByTestId('complaints').getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByTestId('complaints')).toHaveCount(0);
});

test('a configuration that cannot be opened gives a sentence and the default run', async ({ page }) => {
  await page.goto('./?batch.prompts=1&batch.group_size=1&batch.minibatches=64');
  await expect(page.getByTestId('problem')).toContainText('The default run was opened instead.', { timeout: 30_000 });
  await phase(page, 'running');
});

test('the theme follows the system until the reader chooses, and the choice is kept', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.getByLabel('Theme').selectOption('light');
  expect(await ground()).toBe(light);
  await page.reload();
  expect(await ground()).toBe(light);
  await page.getByLabel('Theme').selectOption('auto');
  expect(await ground()).toBe(dark);
});

test('a box that is ticked by keyboard does not stop the run, and a key that a control needs is left to it', async ({
  page,
}) => {
  await openRunning(page);
  const stillGoes = () => expect(page.getByRole('button', { name: 'Pause' })).toBeVisible({ timeout: 1 }); // it turns at once
  const box = page.getByLabel('Log scale');
  await box.focus();
  await page.keyboard.press('Space');
  await expect(box).toBeChecked();
  await stillGoes();
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: 'Keys' })).toBeFocused();
  await page.keyboard.press('Space');
  const single = page.getByLabel('Use single-key shortcuts');
  await expect(single).toBeChecked();
  await single.uncheck();
  await page.keyboard.press('Escape');
  await page.locator('h1').click();
  await page.keyboard.press('s');
  await stillGoes();
  const radio = page.getByLabel('equal time');
  await radio.focus();
  await page.keyboard.press('Space');
  await expect(radio).toBeChecked();
  await stillGoes();
});

test('responses go on when their section is folded and opened again', async ({ page }) => {
  await openRunning(page, '?engine=cpu');
  const fold = page.getByRole('button', { name: 'Responses' });
  const step = async () =>
    Number(
      (await page.locator('#samples-title').locator('..').textContent())?.match(/step ([\d,]+)/)?.[1].replace(',', ''),
    );
  await fold.scrollIntoViewIfNeeded();
  await fold.click();
  await expect(page.getByTestId('samples')).toHaveCount(0);
  await fold.click();
  await page.getByTestId('samples').scrollIntoViewIfNeeded();
  await expect.poll(step, { timeout: 15_000 }).toBeGreaterThan(0);
  const before = await step();
  await expect.poll(step, { timeout: 15_000 }).toBeGreaterThan(before + 10);
});

test('a worker that cannot start says so, and a restart mends it', async ({ page, errors }) => {
  await page.route(/worker.*\.js/, (route) => route.abort());
  await page.goto('./');
  await expect(page.getByTestId('problem')).toContainText('Restart it.');
  await page.unroute(/worker.*\.js/);
  await page.getByRole('button', { name: 'Restart' }).click();
  await phase(page, 'running');
  await expect(page.getByTestId('problem')).toHaveCount(0);
  errors.splice(0, errors.length, ...errors.filter((text) => !/ERR_FAILED/.test(text))); // the browser reports the refused script
});

test('the self-test says that it needs WebGPU where there is none', async ({ page }) => {
  await page.goto('./?selftest');
  await expect(page.getByTestId('selftest-result')).toHaveText(
    /^The self-test compares shaders with their twins, which takes WebGPU\. .*WebGPU.*\.$/,
  );
  await expect(page.getByTestId('selftest-rows')).toHaveCount(0);
});

test('the self-test runs on this device and streams its rows', { tag: '@webgpu' }, async ({ page }) => {
  test.setTimeout(240_000); // it compares every kernel of every algorithm
  await page.goto('./?selftest');
  await expect(page.getByTestId('selftest-rows').getByRole('row').nth(1)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTestId('selftest-result')).toContainText(/ on /, { timeout: 200_000 });
  console.log(await page.getByTestId('selftest-result').textContent());
  await expect(page.getByTestId('selftest-result')).toContainText(
    /All \d+ passed on .+\. Left out: \d+ outside cases? without/,
  );
  await page.getByRole('link', { name: 'Back to the lab' }).click();
  await phase(page, 'running');
});
