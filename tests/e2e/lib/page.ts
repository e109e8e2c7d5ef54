/** What every end-to-end test needs: a page whose errors are collected, its phase and step, axe, and its longest task. */
import AxeBuilder from '@axe-core/playwright';
import { type Browser, test as base, expect, type Page } from '@playwright/test';

export { type Browser, expect, type Page };

/** A test whose page must not print an error and must not ask any other host for anything. */
export const test = base.extend<{ errors: string[] }>({
  errors: [
    async ({ page, baseURL }, use) => {
      const errors: string[] = [];
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(baseURL!)) errors.push(request.url());
      });
      await use(errors);
      expect(errors, 'errors on the console, and requests to others').toEqual([]);
    },
    { auto: true },
  ],
});

/** A line on the reward chart. */
export const CHART = '[data-testid="chart-reward"] .curve[d*="L"]';

/** Waits until the run is `running`, `paused` or in another phase. */
export const phase = (page: Page, wanted: string) =>
  expect(page.getByTestId('status')).toHaveAttribute('data-phase', wanted, { timeout: 30_000 });

/** The step that the page shows. */
export const stepOf = async (page: Page) => Number((await page.getByTestId('step').textContent())?.replaceAll(',', ''));

/** Waits until the page shows at least this step. */
export const reach = (page: Page, step: number) =>
  expect.poll(() => stepOf(page), { timeout: 40_000 }).toBeGreaterThanOrEqual(step);

/** Opens the page at a query and waits until it trains. */
export async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`./${query}`);
  await phase(page, 'running');
}

/** Opens the page and waits until some steps have been drawn, and what is fetched after the controls is there: nothing moves any more. */
export async function openRunning(page: Page, query = '', step = 5): Promise<void> {
  await open(page, query);
  await expect(page.locator(CHART).first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Loading the runs')).toHaveCount(0);
  await reach(page, step);
}

/** Walks with Tab from where the focus is to the end of the page: how many stops there are, and which do not show the focus. */
export async function walkWithTab(page: Page): Promise<{ num_stops: number; unseen: string[] }> {
  const unseen: string[] = [];
  for (let num_stops = 0; ; num_stops++) {
    expect(num_stops, 'the walk ends').toBeLessThan(1000);
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { top, right, bottom, left } = element.getBoundingClientRect();
      const is_in_sight = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
      const is_shown = is_in_sight && outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2;
      return { is_shown, html: element.outerHTML.slice(0, 80) };
    });
    if (!stop) return { num_stops, unseen };
    if (!stop.is_shown) unseen.push(stop.html);
  }
}

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function runAxe(page: Page, what: string, within: string | undefined, only?: string[]): Promise<void> {
  const axe = only ? new AxeBuilder({ page }).withRules(only) : new AxeBuilder({ page }).withTags(AXE_TAGS);
  const { violations, passes } = await (within === undefined ? axe : axe.include(within)).analyze();
  console.log(`axe, ${what}: ${passes.length} rules passed`);
  expect(passes.length, 'axe looked at something').toBeGreaterThan(0);
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** Fails where axe finds something against WCAG 2.2 AA or its own best practice, on the page or inside one element. */
export const checkAccessibility = (page: Page, what: string, within?: string): Promise<void> =>
  runAxe(page, what, within);

/** The same in light, and in dark what depends on colours; leaves the page in light. */
export async function checkBothSchemes(page: Page, what: string, within?: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await runAxe(page, `light, ${what}`, within);
  await page.emulateMedia({ colorScheme: 'dark' });
  await runAxe(page, `dark, ${what}`, within, ['color-contrast', 'link-in-text-block']);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Fails where the page is wider than its window. */
export async function checkWidth(page: Page, width: number): Promise<void> {
  const widest = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(widest, { message: `at ${width}` }).toBeLessThanOrEqual(width); // plots follow a frame later
}

/**
 * The tasks of the page's main thread over `ms` milliseconds. `worst_cpu_ms` is what the longest took of the processor;
 * `by_clock_ms` are those over 50 ms by the clock, which also counts the time in which other programs had the core.
 */
export async function longestTasks(browser: Browser, page: Page, ms: number) {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  const by_clock_ms = await page.evaluate(async (duration) => {
    const found: number[] = [];
    const observer = new PerformanceObserver((list) =>
      found.push(...list.getEntries().map((e) => Math.round(e.duration))),
    );
    observer.observe({ type: 'longtask' });
    await new Promise((resolve) => setTimeout(resolve, duration));
    observer.disconnect();
    return found;
  }, ms);
  type Event = { name: string; ph: string; pid: number; tid: number; tdur?: number; args: { name?: string } };
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Event[] };
  const threads = new Set(
    traceEvents
      .filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain')
      .map((e) => `${e.pid}.${e.tid}`),
  );
  const times = traceEvents
    .filter((e) => e.ph === 'X' && e.name.endsWith('RunTask') && threads.has(`${e.pid}.${e.tid}`))
    .flatMap((e) => (e.tdur === undefined ? [] : [e.tdur / 1000]));
  expect(times.length, 'the trace has processor times').toBeGreaterThan(0);
  return { by_clock_ms, worst_cpu_ms: times.reduce((a, b) => Math.max(a, b), 0) };
}
