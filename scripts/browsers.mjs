// npm run browsers [-- firefox webkit]: the built page in browsers that Playwright's packages do not bring along. Serves
// dist/, walks through the page as a visitor would, and prints one line per check. Ends with 1 when one fails or a
// browser is missing.
//   --pictures FOLDER   also writes a screenshot of each
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './driver.mjs';

const { values, positionals } = parseArgs({
  options: { pictures: { type: 'string' } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : ['firefox', 'webkit'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const PATIENCE_MS = 30_000;
const PANELS = ['sweep', 'law', 'inside', 'program', 'about', 'experiments', 'papers', 'take', 'fullscale'];

/** Runs in the page ahead of its own scripts, and remembers what went wrong. */
const LISTENER = `<script>
  window.errors = [];
  addEventListener('error', (e) => errors.push(e.message || 'could not load ' + (e.target.src || e.target.href)), true);
  addEventListener('unhandledrejection', (e) => errors.push('rejected: ' + e.reason));
  const say = console.error;
  console.error = (...all) => { errors.push(all.join(' ')); say(...all); };
</script>`;

/** Serves dist/ on a free port, with LISTENER in its page. */
function serve() {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join('dist', path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const body = readFileSync(file);
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(type === 'text/html' ? body.toString().replace('<head>', `<head>${LISTENER}`) : body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** What a check may do with a page. */
function makePage({ command }) {
  const read = (script, ...args) => command('ExecuteScript', { script, args });
  const until = async (what, script, ...args) => {
    const end = Date.now() + PATIENCE_MS;
    let found;
    do {
      found = await read(`return (${script})(...arguments)`, ...args);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (Date.now() < end);
    throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}`);
  };
  const keys = (...pressed) =>
    command('PerformActions', {
      actions: [
        {
          type: 'key',
          id: 'keys',
          actions: pressed.flatMap((value) => [
            { type: 'keyDown', value },
            { type: 'keyUp', value },
          ]),
        },
      ],
    });
  const phase = (wanted) =>
    until(`phase ${wanted}`, `(p) => document.querySelector('[data-testid=status]')?.dataset.phase === p`, wanted);
  const step = () =>
    read(`return Number(document.querySelector('[data-testid=step]').textContent.replaceAll(',', ''))`);
  const press = (text) =>
    until(
      `a button '${text}'`,
      `(t) => { const b = [...document.querySelectorAll('button')].find((e) => (e.ariaLabel ?? e.textContent).trim().startsWith(t) && !e.disabled); b?.click(); return !!b; }`,
      text,
    );
  return { command, read, until, keys, phase, step, press };
}

const SPACE = ' ';
const ESCAPE = '\uE00C';
const TAB = '\uE004';

function want(condition, found) {
  if (!condition) throw new Error(`found ${JSON.stringify(found)}`);
}

/** Every check, in order, on one page. */
const CHECKS = {
  'starts by itself and says what it runs on': async (page, base) => {
    await page.command('Navigate', { url: `${base}?speed=10` });
    await page.phase('running');
    const adapter = await page.read(`return document.querySelector('.adapter-name').textContent`);
    const has_gpu = await page.read(`return 'gpu' in navigator`);
    const said = await page.read(`return document.querySelector('.status-message').textContent`);
    const is_told = adapter === 'CPU engine' && /has no WebGPU.*goes on with the CPU engine/.test(said);
    want(has_gpu ? /GPU|adapter/.test(adapter) : is_told, `${adapter}: ${said}`);
    return adapter;
  },
  'draws reward and entropy': async (page) => {
    for (const chart of ['reward', 'entropy'])
      await page.until(
        `the line of ${chart}`,
        `(c) => document.querySelector('[data-testid=chart-' + c + '] .curve')?.getAttribute('d')?.includes('L')`,
        chart,
      );
  },
  'plays, pauses, steps and resets by keyboard': async (page) => {
    await page.until('some steps', `() => Number(document.querySelector('[data-testid=step]').textContent) > 12`);
    await page.keys(SPACE);
    await page.phase('paused');
    const before = await page.step();
    await page.keys('s');
    await page.until(
      'one more step',
      `(n) => Number(document.querySelector('[data-testid=step]').textContent) === n`,
      before + 1,
    );
    await page.keys('?');
    await page.until('the list of keys', `() => document.querySelector('dialog.help')?.open`);
    await page.keys(ESCAPE);
    await page.until('no list of keys', `() => !document.querySelector('dialog.help')?.open`);
  },
  'moves the focus with Tab, visibly': async (page) => {
    await page.read(`document.activeElement.blur(); scrollTo(0, 0)`);
    const seen = new Set();
    for (let k = 0; k < 12; k++) {
      await page.keys(TAB);
      const [where, outline] = await page.read(
        `const e = document.activeElement; return [e.tagName + e.textContent.slice(0, 20), getComputedStyle(e).outlineStyle]`,
      );
      want(outline !== 'none', `no outline on ${where}`);
      seen.add(where);
    }
    want(seen.size > 8, [...seen]);
  },
  'chooses an algorithm from the list': async (page) => {
    await page.read(`document.activeElement.blur()`);
    await page.keys('p');
    await page.until(
      'the search field',
      `() => document.activeElement?.closest('dialog') && document.activeElement.matches('input')`,
    );
    await page.keys(...'rloo', '\uE007');
    await page.until('RLOO', `() => document.querySelector('.pick-algorithm').textContent.startsWith('RLOO')`);
  },
  'opens every section': async (page) => {
    for (const panel of PANELS) {
      await page.read(`location.hash = arguments[0]`, panel);
      await page.until(
        `the inside of '${panel}'`,
        `(p) => { const body = document.getElementById(p + '-body'); return body && !body.hidden && body.textContent.length > 40 && !body.textContent.startsWith('Loading'); }`,
        panel,
      );
    }
    const said = await page.read(
      `return [...document.querySelectorAll('[role=alert]')].map((e) => e.textContent).filter((t) => t.includes('could not'))`,
    );
    want(said.length === 0, said);
  },
  'shows one update and a lesson': async (page) => {
    await page.press('Do one step and look');
    await page.until(
      'its first sentence',
      `() => document.querySelector('[data-testid=inside-sentence]')?.textContent.includes('drew')`,
    );
    await page.press('Lessons');
    await page.until('six lessons', `() => document.querySelectorAll('[data-testid=lesson] li').length === 6`);
    await page.press('Close');
  },
  'makes every file': async (page) => {
    await page.read(`
      window.files = [];
      const make = URL.createObjectURL;
      HTMLAnchorElement.prototype.click = function () { window.files.push(this.download); };
      URL.createObjectURL = (blob) => { window.sizes = [...(window.sizes ?? []), blob.size]; return make.call(URL, blob); };
    `);
    const buttons = await page.read(
      `return [...document.querySelectorAll('[data-testid=take] button')].map((b) => b.ariaLabel).filter((t) => t?.startsWith('Save'))`,
    );
    want(buttons.length >= 5, buttons);
    for (const [k, button] of buttons.entries()) {
      await page.press(button);
      await page.until(`the file of '${button}'`, `(n) => window.files.length === n`, k + 1);
    }
    const sizes = await page.read(`return window.sizes`);
    want(
      sizes.every((size) => size > 100),
      sizes,
    );
    return (await page.read(`return window.files`)).map((file) => file.split('.').at(-1)).join(', ');
  },
  'keeps runs over a reload': async (page) => {
    await page.press('Keep and compare');
    const count = `() => document.querySelectorAll('[data-testid=run]').length > 0`;
    await page.until('a kept run', count);
    await new Promise((resolve) => setTimeout(resolve, 500)); // it is written
    const errors = await page.read(`return window.errors`);
    await page.command('Refresh');
    await page.until('the kept run after a reload', count);
    await page.read(`window.errors.unshift(...arguments[0])`, errors);
  },
  'fits a narrow window': async (page) => {
    await page.command('SetWindowRect', { width: 500, height: 844 });
    await page.until('the narrow window', `() => innerWidth <= 500`);
    const [wide, inner, widest] = await page.read(`
      const right = (e) => e.getBoundingClientRect().right;
      const all = [...document.querySelectorAll('main *')].sort((a, b) => right(b) - right(a));
      return [document.documentElement.scrollWidth, innerWidth, all[0].outerHTML.slice(0, 80)];
    `);
    want(wide <= inner, `${wide} pixels in a window of ${inner}: ${widest}`);
    await page.command('SetWindowRect', { width: 1440, height: 1000 });
    return `${inner} pixels`;
  },
  'prints no error': async (page) => {
    const errors = await page.read(`return window.errors`);
    want(errors.length === 0, errors);
  },
};

if (!existsSync('dist/index.html')) {
  console.error('error: dist/ has no build, wanted one: run `npm run build` first');
  process.exit(1);
}
const server = await serve();
const base = `http://127.0.0.1:${server.address().port}/`;
let num_failed = 0;
let num_passed = 0;
for (const name of names) {
  let browser;
  try {
    browser = await openBrowser(name);
  } catch (error) {
    console.log(`FAIL ${name}: ${error.message}`);
    num_failed++;
    continue;
  }
  const page = makePage(browser);
  try {
    await page.command('SetWindowRect', { width: 1440, height: 1000 });
    for (const [what, check] of Object.entries(CHECKS)) {
      const began = performance.now();
      try {
        const remark = await check(page, base);
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        console.log(`ok   ${browser.version} ${what}${remark ? `: ${remark}` : ''} (${seconds} s)`);
        num_passed++;
      } catch (error) {
        console.log(`FAIL ${browser.version} ${what}: ${error.message}`);
        num_failed++;
      }
    }
    if (values.pictures) {
      mkdirSync(values.pictures, { recursive: true });
      const png = await page.command('TakeScreenshot', {});
      writeFileSync(join(values.pictures, `${name}.png`), Buffer.from(png, 'base64'));
    }
  } finally {
    await browser.close();
  }
}
server.close();
console.log(`${num_passed} passed, ${num_failed} failed`);
process.exit(num_failed > 0 ? 1 : 0);
