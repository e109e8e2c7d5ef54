/** What leaves the page: every file is downloaded and read back; links, and launch files for other trainers. */
import { readFileSync } from 'node:fs';
import { readCsv } from '../unit/lib/csv.ts';
import { readXml } from '../unit/lib/xml.ts';
import { expect, type Page, reach, stepOf, test } from './lib/page.ts';

/** Trains a little, pauses, and opens the panel. */
async function opened(page: Page, query = '?batch.replicas=3&engine=cpu', panel = 'take'): Promise<void> {
  await page.goto(`./${query}#${panel}`);
  await reach(page, 12);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByTestId('status')).toHaveAttribute('data-phase', 'paused');
  await expect(page.getByTestId(panel)).toBeVisible();
}

/** Presses a button that saves a file; its name and bytes. */
async function saved(page: Page, button: string): Promise<{ name: string; data: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  await expect(page.getByTestId('take').getByRole('status')).toContainText(`Saved ${download.suggestedFilename()}`);
  return { name: download.suggestedFilename(), data: readFileSync((await download.path())!) };
}

test('every export can be read back', async ({ page }) => {
  await opened(page);
  const steps = await stepOf(page);

  const csv = await saved(page, 'Save metrics as CSV');
  expect(csv.name).toBe(`sum_to_target_grpo_step_${steps - 1}_metrics.csv`);
  const [heading, ...rows] = readCsv(csv.data.toString('utf8'));
  expect(heading.slice(0, 4)).toEqual(['step', 'replica', 'seconds', 'reward_mean']);
  expect(rows).toHaveLength(steps * 3);
  rows.forEach((row, k) => {
    expect(row.slice(0, 2)).toEqual([String(Math.floor(k / 3)), String(k % 3)]);
  });

  const lines = await saved(page, 'Save metrics as JSON lines');
  const objects = lines.data
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  expect(objects).toHaveLength(rows.length);
  objects.forEach((object, k) => {
    heading.forEach((name, column) => {
      expect(name in object ? String(object[name]) : '').toBe(rows[k][column]);
    });
  });

  const svg = await saved(page, 'Save charts as SVG');
  const drawing = readXml(svg.data.toString('utf8'));
  expect(drawing.texts()).toContain('GRPO on Sum to target');
  const png = await saved(page, 'Save charts as PNG');
  expect([...png.data.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  expect(png.data.readUInt32BE(16)).toBe(2 * Number(drawing.attributes.width));
  expect(png.data.readUInt32BE(20)).toBe(2 * Number(drawing.attributes.height));

  const samples = JSON.parse((await saved(page, 'Save responses as JSON')).data.toString('utf8'));
  expect(samples).toMatchObject({ format: 'rollout-lab-samples', version: 1 });
  expect(samples.groups).toHaveLength(8);
  expect(new Set(samples.groups.map((group: { step: number }) => group.step))).toEqual(new Set([steps - 1]));
  for (const { prompt, responses } of samples.groups) {
    expect(prompt).not.toBe('');
    expect(responses).toHaveLength(8);
    for (const { reward, tokens } of responses) {
      expect(reward).toEqual(expect.any(Number));
      expect(tokens[0]).toMatchObject({
        symbol: expect.any(String),
        mask: expect.any(Number),
        logp: expect.any(Number),
        coef: expect.any(Number),
        advantage: expect.any(Number),
        entropy: expect.any(Number),
        clipped: expect.any(Boolean),
      });
    }
  }
  expect(await stepOf(page)).toBe(steps);

  const settings = JSON.parse((await saved(page, 'Save settings as JSON')).data.toString('utf8'));
  expect(settings).toMatchObject({ format: 'rollout-lab-settings', config: { batch: { replicas: 3 } } });
  expect(settings.link).toBe('?v=1&engine=cpu&batch.replicas=3');
});

test('before the first step a sentence says why there is no file', async ({ page }) => {
  await page.goto('./#take');
  await reach(page, 1);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => stepOf(page)).toBe(0);
  await page.getByRole('button', { name: 'Save metrics as CSV' }).click();
  await expect(page.getByTestId('take').getByRole('status')).toHaveText(
    'Metrics as CSV could not be saved: there is no step yet; press Play or Step first.',
  );
});

test('a copied link opens the same setup, and a refused clipboard shows it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./?algorithm=rloo&seed=11&set.learning_rate=0.05&utm=x#law');
  const copy = page.locator('.copy-link');
  await copy.getByRole('button').click();
  await expect(copy.getByRole('status')).toHaveText('Link copied.');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/\/\?v=1&algorithm=rloo&seed=11&set\.learning_rate=0\.05$/);
  await page.goto(link);
  await expect(page.getByLabel('Seed', { exact: true })).toHaveValue('11');
  await expect(page.getByTestId('complaints')).toHaveCount(0);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
    document.execCommand = () => false;
  });
  await copy.getByRole('button').focus();
  await page.keyboard.press('Enter');
  const field = page.getByLabel('Link to this setup');
  await expect(field).toHaveValue(link);
  await expect(field).toBeFocused();
  expect(await page.evaluate(() => String(getSelection()))).toBe(link);
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
  await expect(copy.getByRole('button')).toBeFocused();
});

test('a link of a later version says so and is read as far as it is known', async ({ page }) => {
  await page.goto('./?v=9&seed=4');
  await expect(page.getByTestId('complaints')).toContainText('The link is of version 9');
  await expect(page.getByLabel('Seed', { exact: true })).toHaveValue('4');
});

test('to full scale: tabs by keyboard, a file for each trainer, a plain word where there is none', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await opened(page, '?engine=cpu', 'fullscale');
  const panel = page.getByTestId('fullscale');
  await expect(panel.getByTestId('fullscale-verdict')).toContainText('verl.trainer.main_ppo takes GRPO');
  await panel.getByRole('tab', { name: 'verl' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(panel.getByRole('tab', { name: 'TRL' })).toBeFocused();
  await expect(panel.getByTestId('fullscale-verdict')).toContainText('GRPOTrainer takes GRPO');
  await panel.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(panel.getByRole('status')).toHaveText('Copied grpo_trl.py.');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
    'from trl import GRPOConfig, GRPOTrainer',
  );
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'Save grpo_trl.py' }).click(),
  ]);
  expect(readFileSync((await download.path())!, 'utf8')).toContain('loss_type="grpo"');
  await page.goto('./?algorithm=luffy&engine=cpu#fullscale');
  await expect(panel.getByTestId('fullscale-verdict')).toContainText('No built-in option of verl runs LUFFY');
  await expect(panel.getByTestId('fullscale-verdict')).toContainText('ElliottYan/LUFFY');
});
