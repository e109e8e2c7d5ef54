/** Lessons beside the playground, and one update in slow motion. */
import { checkWidth, expect, type Page, phase, test } from './lib/page.ts';

const query = (page: Page) => new URL(page.url()).searchParams;

test('a lesson is opened, followed by its buttons, and linked by its address', async ({ page }) => {
  await page.goto('./?task=sort');
  await phase(page, 'running');
  await page.getByRole('button', { name: 'Lessons' }).click();
  const lesson = page.getByTestId('lesson');
  await expect(lesson.getByRole('listitem')).toHaveCount(6);
  await lesson.getByRole('link', { name: 'Entropy collapse' }).click();
  await expect(lesson.getByRole('heading', { level: 2 })).toBeFocused();
  await expect.poll(() => query(page).get('lesson')).toBe('entropy_collapse');

  await lesson.getByRole('link', { name: 'Start the run' }).click();
  await expect.poll(() => query(page).get('task')).toBeNull();
  expect(query(page).get('lesson')).toBe('entropy_collapse');
  await phase(page, 'running');
  await lesson.getByText('Think, then open the answer').click();
  await expect(lesson.getByText('Down, nearly to zero')).toBeVisible();
  await lesson.getByText('What to expect: measured over 8 seeds').click();
  await expect(lesson.getByRole('table', { name: 'What to expect' })).toContainText('0.21 (0.15 to 0.34)');

  await page.keyboard.press('.');
  await expect(lesson.getByRole('heading', { level: 2 })).toHaveText('What moves the entropy');
  expect(query(page).get('part')).toBe('2');
  await expect(lesson.locator('.katex-html').first()).toBeVisible();
  await page.keyboard.press(',');
  await expect(lesson.getByRole('heading', { level: 2 })).toHaveText('Two curves, one story');

  await page.goto('./?lesson=entropy_collapse&part=5');
  await phase(page, 'running');
  await lesson.getByRole('link', { name: 'Start with a bonus of 0.1' }).click();
  await expect.poll(() => query(page).get('set.entropy_coef')).toBe('0.1');
  await lesson.getByRole('button', { name: 'Show me where' }).first().click();
  const knob = page.locator('[data-knob="entropy_coef"]');
  await expect(knob).toHaveAttribute('data-pointed', '');
  await expect(knob).toBeInViewport();
  await expect(lesson.getByText('Outlined: “entropy coef” under Hyperparameters.')).toBeVisible();
  await lesson.getByRole('button', { name: 'Show me where' }).nth(1).click();
  await expect(page.getByLabel('Algorithm', { exact: true })).toHaveAttribute('data-pointed', '');
  await lesson.getByRole('button', { name: 'Continue as KL-Cov' }).click();
  await expect.poll(() => query(page).get('algorithm')).toBe('kl_cov');

  await lesson.getByRole('button', { name: /^Close/ }).click();
  await expect(lesson).toHaveCount(0);
  await expect.poll(() => query(page).get('lesson')).toBeNull();
  expect(query(page).get('algorithm')).toBe('kl_cov');
  await phase(page, 'running');
});

test('a part that goes on from an earlier run says so while another one is open, and nothing moves', async ({
  page,
}) => {
  await page.goto('./?lesson=clipping&part=3');
  await phase(page, 'running');
  const lesson = page.getByTestId('lesson');
  const line = lesson.getByText('This part goes on from the run of part 2.');
  await expect(line).toBeVisible();
  const place = () => lesson.getByRole('button', { name: 'Show me where' }).boundingBox();
  const before = await place();
  await lesson.getByRole('link', { name: 'Start with 8 epochs' }).focus();
  await page.keyboard.press('Enter');
  await expect(line).toBeHidden();
  await expect(page.getByTestId('goes-on')).toBeFocused();
  await expect(lesson.getByText('The run was set.')).toBeVisible();
  expect(await place()).toEqual(before);
  await expect.poll(() => query(page).get('batch.epochs')).toBe('8');
  expect(query(page).get('part')).toBe('3');
  await page.keyboard.press(',');
  await page.keyboard.press('.');
  await expect(lesson.getByRole('heading', { level: 2 })).toHaveText('One clipped token, closely');
  await expect(page.getByTestId('goes-on')).toHaveCount(0);
});

test('an equation takes a line for each clause where the sheet is narrow', async ({ page }) => {
  await page.goto('./?lesson=clipping&part=1');
  const equation = page.getByRole('group', { name: 'Clipped objective' });
  for (const [width, num_lines] of [
    [1440, 2],
    [1100, 1],
    [390, 2],
  ]) {
    await page.setViewportSize({ width, height: 900 });
    const lines = () =>
      equation.locator('.katex-display').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
    await expect.poll(async () => new Set(await lines()).size, { message: `at ${width}` }).toBe(3 - num_lines);
    await expect(equation).toHaveClass('equation');
  }
});

test('an unknown lesson gives a sentence and the list', async ({ page }) => {
  await page.goto('./?lesson=constructor&part=x');
  await expect(page.getByTestId('lesson').getByRole('alert')).toContainText('There is no lesson “constructor”.');
  await expect(page.getByTestId('lesson').getByRole('listitem')).toHaveCount(6);
});

test('every part of every lesson can be read without an error', async ({ page }) => {
  await page.goto('./?lesson=entropy_collapse&part=1');
  await phase(page, 'running');
  await page.keyboard.press('Space');
  const lesson = page.getByTestId('lesson');
  const seen = new Set<string>();
  for (let turn = 0; turn < 60; turn++) {
    const title = await lesson.getByRole('heading', { level: 2 }).textContent();
    if (title === 'Choose a lesson') break;
    seen.add(`${query(page).get('lesson')} ${query(page).get('part')}`);
    await expect(lesson.locator('.katex-error')).toHaveCount(0);
    await lesson.getByRole('button', { name: /^(Next|Next lesson|All lessons)$/ }).click();
    await expect(lesson.getByRole('heading', { level: 2 })).not.toHaveText(title!);
  }
  await expect(lesson.getByRole('heading', { level: 2 })).toHaveText('Choose a lesson');
  expect(seen.size).toBeGreaterThan(24);
});

test('one update in slow motion, with its numbers', async ({ page }) => {
  await page.goto('./#inside');
  await phase(page, 'running');
  const inside = page.getByTestId('inside');
  await expect(inside.locator('.inside-card .katex-html').first()).toBeVisible(); // until then the section comes into sight
  await expect(page.getByText('Loading the runs')).toHaveCount(0);
  await inside.getByRole('button', { name: 'Do one step and look' }).click();
  await phase(page, 'paused');
  const stages = inside.getByRole('list', { name: 'Stages of the update' }).getByRole('button');
  await expect(stages).toHaveCount(9);
  await expect(inside.getByRole('table', { name: /The columns fill in stage by stage/ })).toBeVisible();
  const tracks = await inside.locator('.share-track').evaluateAll((all) => all.map((one) => one.clientWidth));
  expect(new Set(tracks).size, `all bars share one scale, ${tracks}`).toBe(1);
  const sentence = page.getByTestId('inside-sentence');
  await expect(sentence).toHaveText(/The policy drew ‘\d’ as token \d of response \d with probability [\d.]+/);
  const said: string[] = [];
  for (let stage = 0; stage < 9; stage++) {
    await expect(stages.nth(stage)).toHaveAttribute('aria-current', 'step');
    said.push((await sentence.textContent()) ?? '');
    await expect(inside.locator('.inside-card .katex-html').first()).toBeVisible();
    await expect(inside.locator('.katex-error')).toHaveCount(0);
    if (stage < 8) await inside.getByRole('button', { name: 'Forward' }).click();
  }
  expect(new Set(said).size).toBe(9);
  expect(said[1]).toMatch(/gives the whole response (0|1\.00)/);
  expect(said[8]).toMatch(/has (probability|kept its probability of) [\d.e−]+/);
  await expect(inside.getByRole('table', { name: 'Tokens that could stand here' }).getByRole('row')).toHaveCount(9);
  await expect(inside.getByRole('button', { name: 'Forward' })).toBeDisabled();

  await stages.nth(8).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(stages.nth(7)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(stages.first()).toHaveAttribute('aria-current', 'step');

  await inside.locator('.inside-token[aria-pressed="true"]').focus();
  await page.keyboard.press('ArrowDown');
  await expect(inside.locator('.inside-token[aria-pressed="true"]')).toBeFocused();
  const step = await inside.locator('.inside-where b').first().textContent();
  await inside.getByRole('button', { name: 'Next prompt' }).click();
  await expect(inside.locator('.inside-where b').nth(1)).toHaveText('2 of 8');
  await expect(inside.locator('.inside-where b').first()).toHaveText(step!);

  await stages.nth(6).click();
  await inside.getByRole('link', { name: 'policy_gradient' }).click();
  await expect(page.getByTestId('sources').getByLabel('Function')).toHaveValue('kernel/policy_gradient');
  await expect(page.getByTestId('sources')).toBeInViewport();
});

test('no width scrolls sideways', async ({ page }) => {
  for (const width of [1440, 1280, 1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto('./?lesson=group_baselines&part=5#inside');
    await expect(page.getByTestId('lesson')).toBeVisible();
    await expect(page.getByTestId('inside').locator('.inside-card')).toBeVisible({ timeout: 30_000 });
    await checkWidth(page, width);
  }
});
