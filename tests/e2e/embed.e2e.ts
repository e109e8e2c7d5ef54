/** Embeds in posts of another origin, under a strict content security policy, and the panel that writes them. */
import type { Server } from 'node:http';
import type { RolloutLab } from '../../src/embed/api.ts';
import { readOptions, reservedHeight } from '../../src/embed/options.ts';
import { test as base, checkAccessibility, expect, open, openRunning, type Page } from './lib/page.ts';
import { servePosts } from './lib/posts.ts';

/** A post with one embed; `attributes` of the element, `query` of a plain frame. */
const post = (inside: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Post</title><link rel="stylesheet" href="/post.css">
   <script type="module" src="../rollout-lab.js"></script></head><body><main><h1>Post</h1>${inside}</main></body></html>`;
const SECTIONS = ['samples', 'metrics', 'inside', 'law', 'about', 'program'];
const CPU = 'engine="cpu" speed="0"';

/** Posts on their own port. Their pages may ask the lab and themselves, and nobody else. */
const test = base.extend<{ posts: string; asked: string[] }, { host: { url: string; server: Server } }>({
  host: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from the pattern
    async ({}, use, { project }) => {
      const lab = project.use.baseURL!;
      const host = await servePosts(lab, {
        '/api.html': post(`<rollout-lab ${CPU} controls="play learning_rate" height="560"></rollout-lab>`),
        '/two.html': post(
          `<rollout-lab ${CPU} height="520" autoplay></rollout-lab>${'<p>far below</p>'.repeat(20)}
           <rollout-lab ${CPU} height="520" autoplay algorithm="rloo"></rollout-lab>`,
        ),
        '/warm.html': post(
          `<rollout-lab ${CPU} controls="" height="520" policy="transformer" task="arithmetic" task.digits="1"
            batch.warm_up_steps="2000"></rollout-lab>`,
        ),
        '/all.html': post(
          `<iframe title="A run" height="1200" src="${lab}embed.html?engine=cpu&speed=5&panels=${SECTIONS.join()}&controls=speed,seed,status#play"></iframe>`,
        ),
        '/folded.html': post(`<rollout-lab ${CPU} policy="transformer" panels="charts program"></rollout-lab>`),
        '/link.html': post(`<rollout-lab v="1" algorithm="dr_grpo" seed="3" ${CPU} height="520"></rollout-lab>`),
        '/both.css': ':root { color-scheme: light dark; background: light-dark(white, black); }',
        '/theme.html': post(
          `<link rel="stylesheet" href="/both.css">${`<rollout-lab ${CPU} height="520"></rollout-lab>`.repeat(2)}`,
        ),
        '/zero.html': post(
          '<rollout-lab height="520" recording="20*2;reward_mean:-1:1:A_;entropy:0:1:_A" lab="/"></rollout-lab>',
        ),
        '/short.html': post(`<rollout-lab ${CPU} height="520" batch.warm_up_steps="40"></rollout-lab>`),
        '/frame.html': post(
          `<iframe title="A run" height="520" src="${lab}embed.html?engine=cpu&speed=0&panels=chart"></iframe>`,
        ),
      });
      await use(host);
      host.server.close();
    },
    { scope: 'worker' },
  ],
  posts: ({ host }, use) => use(host.url),
  asked: async ({ page }, use) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await use(asked);
  },
  // in place of the page's own check: a post's requests go to two hosts
  errors: async ({ page, posts, baseURL }, use) => {
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(baseURL!) && !url.startsWith(posts)) errors.push(url);
    });
    await use(errors);
    expect(errors, 'errors on the console, and requests to third parties').toEqual([]);
  },
});

const live = (page: Page, index = 0) => page.locator('rollout-lab').nth(index).locator('iframe').contentFrame();
const CURVE = '[data-testid="chart-reward"] .curve[d*="L"]';
const stepIn = async (page: Page, index: number) =>
  Number((await live(page, index).getByTestId('step').textContent())?.replaceAll(',', ''));

/** The layout shift of the page so far, as the browser scores it. */
const watchShift = (page: Page) =>
  page.addInitScript(() => {
    const seen = window as unknown as { shift: number };
    seen.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
const shiftOf = (page: Page) => page.evaluate(() => (window as unknown as { shift: number }).shift);

for (const [path, scheme] of [
  ['entropy-collapse.html', 'light'],
  ['site/index.html', 'dark'],
] as const) {
  test(`${path} in another origin: posters first, one file fetched, then a live run, without a shift`, async ({
    page,
    posts,
    asked,
    baseURL,
  }) => {
    await watchShift(page);
    await page.emulateMedia({ reducedMotion: 'reduce' }); // also keeps `autoplay` from starting
    await page.goto(posts + path);
    const posters = page.locator('rollout-lab .poster');
    await expect(posters).toHaveCount(2);
    await expect(posters.first()).toHaveAttribute('data-theme', scheme);
    await expect(posters.first()).toContainText('Recorded: ');
    await expect(posters.first().getByRole('img')).toHaveCount(2);
    expect(asked.filter((url) => url.startsWith(baseURL!))).toEqual([`${baseURL}rollout-lab.js`]);
    await checkAccessibility(page, `${path}, posters`);

    await page.getByRole('button', { name: 'Run it here' }).first().press('Enter');
    await expect(live(page).locator('.curve[d*="L"]').first()).toBeVisible({ timeout: 30_000 });
    await expect(page.locator('rollout-lab .poster')).toHaveCount(1);
    await expect(live(page).locator('html')).toHaveAttribute('data-theme', scheme);
    await expect(live(page).getByRole('button', { name: 'The run goes on with the CPU engine.' })).toBeVisible();
    await checkAccessibility(page, `${path}, live`);
    expect(await shiftOf(page)).toBe(0);
    expect(asked.filter((url) => url.includes('embed.html'))).toHaveLength(1);
  });
}

test('with autoplay only the embed on the screen runs', async ({ page, posts, asked }) => {
  test.slow(); // two runs, one after the other
  await watchShift(page);
  await page.goto(`${posts}two.html`);
  await expect(live(page).locator(CURVE)).toBeVisible({ timeout: 30_000 });
  expect(asked.filter((url) => url.includes('embed.html'))).toHaveLength(1);
  await page.locator('rollout-lab').nth(1).scrollIntoViewIfNeeded();
  await expect(live(page, 1).locator(CURVE)).toBeVisible({ timeout: 30_000 });
  await expect(live(page).getByTestId('status')).toHaveAttribute('data-phase', 'paused');
  const stopped = await stepIn(page, 0);
  const going = await stepIn(page, 1);
  await expect.poll(() => stepIn(page, 1)).toBeGreaterThan(going + 3);
  expect(await stepIn(page, 0)).toBe(stopped);
  await page.locator('h1').scrollIntoViewIfNeeded();
  await expect.poll(() => stepIn(page, 0)).toBeGreaterThan(stopped);
  await expect(live(page, 1).getByTestId('status')).toHaveAttribute('data-phase', 'paused');
  expect(await shiftOf(page)).toBe(0);
  // an attribute that changes starts the embed afresh, and it is on the screen still
  await page
    .locator('rollout-lab')
    .first()
    .evaluate((lab) => lab.setAttribute('seed', '5'));
  await expect(page.locator('rollout-lab').first().locator('iframe')).toHaveAttribute('src', /seed=5/);
  await expect(live(page).locator(CURVE)).toBeVisible({ timeout: 30_000 });
});

test('methods and events of the element, and messages that nobody should send', async ({ page, posts }) => {
  await page.goto(`${posts}api.html`);
  const element = page.locator('rollout-lab');
  expect(await element.evaluate((lab: RolloutLab) => lab.get())).toMatchObject({ phase: 'poster', step: 0 });
  const told = await element.evaluate(async (lab: RolloutLab) => {
    const events: string[] = [];
    lab.addEventListener('step', ({ detail }) =>
      events.push(`step ${Object.keys(detail.metrics).includes('entropy')}`),
    );
    lab.addEventListener('edit', ({ detail }) => events.push(`edit ${detail.text}`));
    lab.addEventListener('error', ({ detail }) => events.push(`error ${detail.message}`));
    const one = await lab.step();
    await lab.step();
    const set = await lab.set('set.learning_rate', 0.05);
    const refused = await lab.set('algorithm', 'grpoo').catch((error: Error) => error.message);
    const wait = (part: string) =>
      new Promise<void>((resolve) => {
        const look = () => (events.some((event) => event.startsWith(part)) ? resolve() : setTimeout(look, 20));
        look();
      });
    await wait('step');
    await wait('edit');
    const other = await lab.set('algorithm', 'dr_grpo');
    const playing = await lab.play();
    const paused = await lab.pause();
    const reset = await lab.reset();
    return { one, set, refused, other, playing, paused, reset, events };
  });
  expect(told.one).toMatchObject({ phase: 'paused', is_playing: false });
  expect(told.set.setup).toContain('set.learning_rate=0.05');
  expect(told.refused).toContain("Unknown algorithm 'grpoo'. Did you mean 'grpo'?");
  expect(told.other.setup).toContain('algorithm=dr_grpo');
  expect([told.playing.is_playing, told.paused.is_playing, told.reset.step]).toEqual([true, false, 0]);
  expect(told.events).toContain('step true');
  expect(told.events).toEqual(expect.arrayContaining([expect.stringContaining('edit learning rate')]));
  await expect(live(page).locator('[data-knob="learning_rate"]')).toBeVisible();
  await expect(live(page).getByRole('button', { name: 'Step', exact: true })).toHaveCount(0);

  // malformed, of another version, and from a window that is not the frame
  const hostile = await element.evaluate(async (lab: RolloutLab) => {
    const errors: string[] = [];
    lab.addEventListener('error', ({ detail }) => errors.push(detail.message));
    let steps = 0;
    lab.addEventListener('step', () => steps++);
    const frame = lab.shadowRoot!.querySelector('iframe')!.contentWindow!;
    frame.postMessage({ rollout_lab: 1, type: 'explode' }, '*');
    frame.postMessage({ rollout_lab: 3, type: 'play' }, '*');
    frame.postMessage('play', '*');
    window.postMessage({ rollout_lab: 1, type: 'step', step: 1, metrics: {} }, '*');
    window.postMessage({ rollout_lab: 1, type: 'height', height: 9000 }, '*');
    const state = await lab.get();
    return { errors, steps, state, height: lab.offsetHeight };
  });
  expect(hostile.errors).toEqual([
    expect.stringContaining("Unknown message type 'explode'."),
    "The message is of version 3; wanted 'rollout_lab' 1.",
  ]);
  expect(hostile).toMatchObject({ steps: 0, state: { is_playing: false } });
  expect(hostile.height).toBeLessThan(1000);

  // an attribute that changes starts the embed afresh
  await element.evaluate((lab: RolloutLab) => lab.setAttribute('algorithm', 'rloo'));
  await expect(page.locator('.poster')).toContainText('RLOO on Sum to target');
});

test('every section and control that a frame can be asked for is there', async ({ page, posts }) => {
  test.slow(); // axe reads all of them
  await page.goto(`${posts}all.html`);
  const frame = page.frameLocator('iframe');
  await expect.poll(async () => Number(await frame.getByTestId('step').textContent())).toBeGreaterThan(0);
  const shown = [/pointed at|sum to/i, 'Entropy', /token/i, 'exp', 'Where the parts meet', 'sample_symbol'];
  for (const [k, section] of SECTIONS.entries()) {
    await expect(frame.locator(`#${section}-body`), section).toBeVisible();
    await expect(frame.locator(`#${section}-body`), section).toContainText(shown[k]);
  }
  await expect(frame.getByLabel('Limit')).toHaveValue('5');
  await expect(frame.getByLabel('Seed')).toHaveValue('1');
  await expect(frame.getByRole('button', { name: 'Pause' })).toHaveCount(0); // which was not asked for
  await checkAccessibility(page, 'all sections');
});

test('an element without a height grows with what is opened in its frame', async ({ page, posts }) => {
  await page.goto(`${posts}folded.html`);
  const element = page.locator('rollout-lab');
  await element.evaluate((lab: RolloutLab) => lab.step());
  const heights = async () => ({
    element: await element.evaluate((lab: RolloutLab) => lab.offsetHeight),
    content: await live(page)
      .locator('html')
      .evaluate((root) => root.scrollHeight),
  });
  const fold = live(page).getByRole('button', { name: 'Program of one step' });
  await expect(live(page).locator('#program-body')).toContainText('attention');
  await fold.click();
  await expect(fold).toHaveAttribute('aria-expanded', 'false');
  const { options } = readOptions(new URLSearchParams({ panels: 'charts program' }));
  const reserved = reservedHeight(options, 700);
  await expect.poll(heights).toEqual({ element: reserved, content: reserved });
  await fold.click();
  await live(page).getByText('As text, with repeats').click();
  await expect.poll(async () => (await heights()).element).toBeGreaterThan(reserved);
  const { element: high, content } = await heights();
  expect(content).toBe(high);
});

test('a tab that is hidden pauses the run, and it goes on when the tab is seen again', async ({ page, posts }) => {
  await page.goto(`${posts}short.html`);
  const element = page.locator('rollout-lab');
  const show = (is_hidden: boolean) =>
    live(page)
      .locator('html')
      .evaluate((_, hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        Object.defineProperty(document, 'visibilityState', {
          value: hidden ? 'hidden' : 'visible',
          configurable: true,
        });
        document.dispatchEvent(new Event('visibilitychange'));
      }, is_hidden);
  const phaseIs = (wanted: string) =>
    expect(live(page).getByTestId('status')).toHaveAttribute('data-phase', wanted, { timeout: 30_000 });
  await element.evaluate((lab: RolloutLab) => lab.play());
  await expect.poll(() => stepIn(page, 0)).toBeGreaterThan(0);
  await show(true);
  await phaseIs('paused');
  const stopped = await element.evaluate((lab: RolloutLab) => lab.get());
  expect(stopped).toMatchObject({ phase: 'paused', is_playing: true }); // it will go on
  await show(false);
  await phaseIs('running');
  await expect.poll(() => stepIn(page, 0)).toBeGreaterThan(stopped.step);
});

test('poster and figure open in the playground what they show, also after the post has changed it', async ({
  page,
  posts,
  context,
  baseURL,
}) => {
  await page.goto(`${posts}link.html`);
  const element = page.locator('rollout-lab');
  const link = (where: Pick<Page, 'getByRole'>) => where.getByRole('link', { name: 'Open in the playground' });
  const parameters = async (where: Pick<Page, 'getByRole'>) => {
    const url = new URL(await link(where).evaluate((a: HTMLAnchorElement) => a.href));
    expect(url.origin + url.pathname).toBe(baseURL);
    return Object.fromEntries(url.searchParams);
  };
  const setup = { v: '1', algorithm: 'dr_grpo', seed: '3', engine: 'cpu', speed: '0' };
  expect(await parameters(page)).toEqual(setup);
  await element.evaluate((lab: RolloutLab) => lab.step());
  expect(await parameters(live(page))).toEqual(setup);
  await element.evaluate((lab: RolloutLab) => lab.set('algorithm', 'rloo'));
  await expect.poll(() => parameters(live(page))).toEqual({ ...setup, algorithm: 'rloo' });
  const [playground] = await Promise.all([context.waitForEvent('page'), link(live(page)).click()]);
  await expect(playground.getByTestId('status')).toBeVisible();
  await expect(playground.getByRole('heading', { name: 'About RLOO' })).toBeVisible();
  await expect(playground.locator('#seed')).toHaveValue('3');
  await expect(playground.getByTestId('complaints')).toHaveCount(0);
});

test('poster and figure follow a post that switches between light and dark', async ({ page, posts }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${posts}theme.html`);
  const both = async (theme: string) => {
    await expect(live(page).locator('html')).toHaveAttribute('data-theme', theme);
    await expect(page.locator('.poster')).toHaveAttribute('data-theme', theme);
  };
  await page
    .locator('rollout-lab')
    .first()
    .evaluate((lab: RolloutLab) => lab.step());
  await expect(page.locator('.poster')).toHaveCount(1);
  await both('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await both('dark');
  await page.evaluate(() => {
    document.documentElement.style.colorScheme = 'light'; // as a post's own switch does
  });
  await both('light');
});

test('a long warm-up shows how far it is, answers a pause, and is given up with a sentence', async ({
  page,
  posts,
}) => {
  await watchShift(page);
  await page.goto(`${posts}warm.html`);
  const element = page.locator('rollout-lab');
  await page.getByRole('button', { name: 'Run it here' }).click();
  const bar = live(page).getByRole('progressbar', { name: 'Warming up' });
  await expect(bar).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => bar.evaluate((progress: HTMLProgressElement) => progress.value)).toBeGreaterThan(0);
  expect(await shiftOf(page)).toBe(0);
  const paused = await element.evaluate((lab: RolloutLab) => lab.pause());
  expect(paused).toMatchObject({ phase: 'warming_up', is_playing: false });
  await live(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(live(page).getByTestId('problem')).toContainText('The default run was opened instead.');
  await expect(bar).toHaveCount(0);
  const left = await element.evaluate((lab: RolloutLab) => lab.get());
  expect(left).toMatchObject({ phase: 'paused', is_playing: false, step: 0, setup: '?v=1&speed=0' });
});

test('a pause that comes before the run is warm leaves it at step 0, and play goes on from there', async ({
  page,
  posts,
}) => {
  await page.goto(`${posts}short.html`);
  const element = page.locator('rollout-lab');
  const early = await element.evaluate(async (lab: RolloutLab) => {
    void lab.play();
    return lab.pause();
  });
  expect(early).toMatchObject({ is_playing: false, step: 0 });
  expect(['empty', 'compiling', 'warming_up']).toContain(early.phase);
  await expect(live(page).getByTestId('status')).toHaveAttribute('data-phase', 'paused', { timeout: 30_000 });
  expect(await element.evaluate((lab: RolloutLab) => lab.get())).toMatchObject({ is_playing: false, step: 0 });
  await element.evaluate((lab: RolloutLab) => lab.play());
  await expect.poll(() => stepIn(page, 0)).toBeGreaterThan(0);
});

test('a poster has axes from 0, keeps its height and cuts no number off where the page is narrow', async ({
  page,
  posts,
}) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${posts}entropy-collapse.html`);
  const element = page.locator('rollout-lab').nth(1);
  const outer = (await element.boundingBox())!;
  expect(outer.height).toBe(Number(await element.getAttribute('height')));
  const numbers = element.locator('.ends span');
  await expect(numbers).toHaveText(['1', '0', 'step 0', '150', '2', '0', 'step 0', '150']);
  for (const number of await numbers.all()) {
    const inner = (await number.boundingBox())!;
    expect(inner.x).toBeGreaterThan(outer.x);
    expect(inner.x + inner.width).toBeLessThan(outer.x + outer.width);
  }
});

test('a poster whose values lie on both sides of 0 has a line there', async ({ page, posts }) => {
  await page.goto(`${posts}zero.html`);
  const pictures = page.locator('.poster').getByRole('img');
  await expect(pictures).toHaveCount(2);
  await expect(pictures.nth(1).locator('line')).toHaveCount(0);
  const line = pictures.first().locator('line');
  await expect(line).toHaveCount(1);
  const outer = (await pictures.first().boundingBox())!;
  const box = (await line.boundingBox())!;
  expect(box.y).toBeCloseTo(outer.y + outer.height / 2, -1);
  expect(box.width).toBeGreaterThan(outer.width - 3);
});

test('a plain frame has its poster, takes the same messages, and says what it was asked for in vain', async ({
  page,
  posts,
}) => {
  await page.goto(`${posts}frame.html`);
  const frame = page.frameLocator('iframe');
  await expect(frame.locator('.poster')).toContainText('Recorded: ');
  const answers = await page.evaluate(async () => {
    const heard: { type: string; id?: number; message?: string }[] = [];
    window.addEventListener('message', ({ data }) => heard.push(data));
    const frame = document.querySelector('iframe')!.contentWindow!;
    frame.postMessage({ rollout_lab: 1, type: 'get', id: 1 }, '*');
    frame.postMessage({ rollout_lab: 1, type: 'step', id: 2 }, '*');
    while (!heard.some(({ id }) => id === 2)) await new Promise((resolve) => setTimeout(resolve, 50));
    return heard.filter(({ type }) => ['state', 'error', 'ready'].includes(type));
  });
  expect(answers).toEqual([
    expect.objectContaining({ type: 'state', id: 1, state: expect.objectContaining({ phase: 'poster' }) }),
    expect.objectContaining({ type: 'ready' }),
    expect.objectContaining({ type: 'error', message: expect.stringContaining("Unknown panel 'chart'.") }),
    expect.objectContaining({ type: 'state', id: 2, state: expect.objectContaining({ phase: 'paused' }) }),
  ]);
  await expect(frame.getByTestId('complaints')).toContainText("Did you mean 'charts'?");
});

test('the panel writes what its preview shows', async ({ page, context, baseURL }) => {
  test.slow(); // the page's run and the preview's
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openRunning(page, '?engine=cpu&algorithm=rloo&speed=0&batch.entropy_watch=1#embed', 12);
  const panel = page.getByTestId('embed');
  await expect(panel.locator('.poster')).toContainText('Recorded: 80 steps'); // what only measures takes no curve away
  await page.getByRole('button', { name: 'Pause' }).click();
  await panel.getByLabel('Heading').fill('Two words');
  await panel.getByLabel('learning rate').check();
  await panel.getByLabel('Theme').selectOption('dark');
  await panel.getByRole('button', { name: 'Record this run for the poster' }).click();
  await expect(panel.locator('.poster')).toContainText(/Two words.*Recorded: \d+ steps/);
  await expect(panel.locator('.poster')).toHaveAttribute('data-theme', 'dark');
  await panel.getByRole('button', { name: 'Copy: Element' }).click();
  await expect(panel.getByRole('status').getByText('Copied.')).toBeVisible();
  const html = await page.evaluate(() => navigator.clipboard.readText());
  expect(html).toContain(`<script type="module" src="${baseURL}rollout-lab.js"></script>`);
  expect(html).toMatch(/label="Two words"[\s\S]*recording="\d+\*1;reward_mean:/);
  expect(html).toContain('controls="play step reset status learning_rate"');
  await checkAccessibility(page, 'the panel');
  await panel.getByRole('button', { name: 'Run it here' }).click();
  await expect(live(page).getByTestId('step')).not.toHaveText('0', { timeout: 30_000 });
  await expect(live(page).getByRole('heading', { name: 'Two words' })).toBeVisible();
});

test('of a sweep the panel writes the link that opens it, and nothing that would draw something else', async ({
  page,
}) => {
  await open(page, '?engine=cpu&speed=20&sweep=learning_rate:0.01,0.1#embed');
  const panel = page.getByTestId('embed');
  await expect(panel).toContainText('An embed draws no sweep');
  await expect(panel.getByRole('region', { name: 'Link' })).toContainText('sweep=learning_rate%3A0.01%2C0.1');
  await expect(panel.getByRole('button', { name: 'Copy: Link' })).toBeVisible();
  await expect(panel.getByRole('button', { name: /^Copy/ })).toHaveCount(1);
  await expect(panel.locator('rollout-lab')).toHaveCount(0);
  await page.getByRole('button', { name: 'End the sweep' }).click();
  await expect(panel.locator('rollout-lab')).toBeVisible();
  await expect(panel.getByRole('button', { name: /^Copy/ })).toHaveCount(3);
  await expect(panel.getByRole('region', { name: 'Link' })).not.toContainText('sweep');
});
