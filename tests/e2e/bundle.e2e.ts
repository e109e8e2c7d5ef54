/** The run bundle in a browser: saved, dropped on another page, computed again by the command line; slow and bad files. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CHART, expect, open, phase, reach, stepOf, test } from './lib/page.ts';

test('a bundle is saved, dropped on a fresh page, and computed again bit for bit', async ({ page }, where) => {
  test.setTimeout(120_000); // the command line computes the run again
  await open(page, '?engine=cpu&seed=4&batch.replicas=2#take');
  await reach(page, 8);
  const rate = page.getByRole('textbox', { name: 'learning rate' });
  await rate.fill('0.05');
  await rate.press('Enter');
  await reach(page, 14);
  await page.getByRole('button', { name: 'Pause' }).click();
  await phase(page, 'paused');
  const step = await stepOf(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save run as Bundle' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`sum_to_target_grpo_step_${step}_run.safetensors`);
  const file = where.outputPath('run.safetensors');
  await download.saveAs(file);

  await open(page, '?task=bandit&engine=cpu');
  await reach(page, 2);
  const bytes = [...readFileSync(file)];
  await page.evaluate((data) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(data)], 'run.safetensors'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, bytes);
  await expect.poll(() => stepOf(page)).toBe(step);
  await phase(page, 'paused');
  await expect(page.locator(CHART).first()).toBeVisible();
  await expect(page.getByText('learning rate 0.15 → 0.05')).not.toHaveCount(0);
  await expect.poll(() => new URL(page.url()).searchParams.get('seed')).toBe('4');
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect.poll(() => stepOf(page)).toBe(step + 1);

  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'src/cli/train.ts', '--bundle', file, '--quiet'],
    { encoding: 'utf8', timeout: 60_000 },
  );
  expect(stdout, stderr).toMatch(/All \d{3,} numbers of the bundle were computed again, bit for bit\./);
});

test('a file that takes long, to open or to write, shows that, and the way out loses nothing', async ({ page }) => {
  await open(page, '?engine=cpu#take');
  await reach(page, 3);
  await page.evaluate(() => {
    HTMLCanvasElement.prototype.toBlob = () => {};
    Blob.prototype.arrayBuffer = () => new Promise(() => {});
  });
  const buffer = Buffer.from('slow');
  await page.getByLabel('Run file').setInputFiles({ name: 'slow.safetensors', mimeType: '', buffer });
  const opening = page.getByTestId('opening');
  await expect(opening).toContainText('Opening slow.safetensors');
  const before = await stepOf(page);
  await opening.getByRole('button', { name: 'Cancel' }).click();
  await expect(opening).toHaveCount(0);
  await reach(page, before + 3);
  await expect(page.getByTestId('problem')).toHaveCount(0);

  const save = page.getByRole('button', { name: 'Save', exact: true });
  const place = () =>
    page.getByTestId('chart-reward').evaluate((chart) => chart.getBoundingClientRect().top + window.scrollY);
  await page.evaluate(() => {
    // the worker is asked for the run's state only when `letGo` says so
    const { postMessage } = Worker.prototype;
    const held: (() => void)[] = [];
    Worker.prototype.postMessage = function (this: Worker, message: { path?: string[] }, ...rest: unknown[]) {
      const post = () => Reflect.apply(postMessage, this, [message, ...rest]);
      if (message.path?.includes('checkpoint')) held.push(post);
      else post();
    };
    Object.assign(window, {
      letGo: () => {
        Worker.prototype.postMessage = postMessage;
        for (const post of held) post();
      },
    });
  });
  const downloads: string[] = [];
  page.on('download', (file) => downloads.push(file.suggestedFilename()));
  const placed = await place();
  await save.click();
  const saving = page.getByTestId('saving');
  await expect(saving.getByRole('progressbar', { name: 'Writing the run' })).toBeVisible();
  expect(await place(), 'nothing moves').toBeCloseTo(placed);
  await saving.getByRole('button', { name: 'Cancel' }).click();
  await expect(saving).toHaveCount(0);
  await page.evaluate(() => (window as unknown as { letGo(): void }).letGo());
  await Promise.all([page.waitForEvent('download'), save.click()]);
  await expect(page.getByTestId('problem')).toHaveCount(0);

  const take = page.getByTestId('take');
  await take.getByRole('button', { name: 'Save charts as PNG' }).click();
  await expect(take.getByRole('progressbar', { name: 'Writing Charts as PNG' })).toBeVisible();
  await take.getByRole('button', { name: 'Cancel' }).click();
  await expect(take.getByRole('status')).toHaveText('Charts as PNG was cancelled.');
  await Promise.all([page.waitForEvent('download'), take.getByRole('button', { name: 'Save charts as SVG' }).click()]);
  expect(
    downloads.map((name) => name.split('.').at(-1)),
    'only what was not cancelled',
  ).toEqual(['safetensors', 'svg']);
});
