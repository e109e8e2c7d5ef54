/** How soon the page shows something, and something that learns: first paint, largest paint, first line on the chart. */
import { CHART, expect, type Page, test } from './lib/page.ts';

const ROUNDS = 3;

interface Timing {
  /** the first text or picture */
  fcp_ms: number;
  /** the largest of them so far */
  lcp_ms: number;
  /** the first line on the reward chart */
  chart_ms: number;
  /** cumulative layout shift, without a unit */
  cls: number;
}

/** Collects in the page what it later has no record of. */
const watch = (chart: string) => {
  const seen = { lcp_ms: Number.NaN, chart_ms: Number.NaN, cls: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp_ms = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.cls += (entry as PerformanceEntry & { value: number }).value;
  }).observe({ type: 'layout-shift', buffered: true });
  const look = () => {
    if (document.querySelector(chart)) seen.chart_ms = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

async function timed(page: Page, load: () => Promise<unknown>): Promise<Timing> {
  await load();
  await expect(page.locator(CHART).first()).toBeVisible({ timeout: 30_000 });
  await page.waitForTimeout(500); // what shifts, shifts when the first lines are drawn
  return page.evaluate(() => ({
    fcp_ms: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    ...(window as unknown as { seen: Omit<Timing, 'fcp_ms'> }).seen,
  }));
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
const said = (timings: Timing[]) =>
  (['fcp_ms', 'lcp_ms', 'chart_ms'] as const)
    .map((key) => `${key} ${Math.round(median(timings.map((timing) => timing[key])))}`)
    .join(', ');

test('first paint, first line on the chart, and nothing that moves', async ({ page }) => {
  await page.addInitScript(watch, CHART);
  const cold = await timed(page, () => page.goto('./'));
  const warm: Timing[] = [];
  for (let round = 0; round < ROUNDS; round++) warm.push(await timed(page, () => page.goto('./')));
  const adapter = await page.getByTestId('adapter').locator('span').first().textContent();
  console.log(`${adapter}: empty cache ${said([cold])}; warm cache, median of ${ROUNDS}: ${said(warm)}`);
  const engines: Timing[] = [];
  for (const engine of ['webgpu', 'cpu']) engines.push(await timed(page, () => page.goto(`./?engine=${engine}`)));
  console.log(`engine webgpu: ${said([engines[0]])}; engine cpu: ${said([engines[1]])}`);
  expect(median(warm.map((timing) => timing.fcp_ms))).toBeLessThan(1000);
  for (const timing of [cold, ...warm, ...engines]) {
    expect(timing.chart_ms).toBeLessThan(10_000);
    expect(timing.cls).toBeLessThan(0.01);
  }
});
