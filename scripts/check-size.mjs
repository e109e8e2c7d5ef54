// Budget of the built page: the JavaScript a visitor waits for before they can press a button, gzipped. That is the page's
// entry and the worker's, with everything they import statically. Chunks behind `import()` are listed but not counted. Then
// the module of the element for other pages, which is one file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 250_000;
const EMBED_BUDGET_BYTES = 20_000;
const manifestFile = 'dist/.vite/manifest.json';
if (!existsSync(manifestFile)) {
  console.error('error: dist/ has no build, wanted one: run `npm run build` first');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
const scripts = readdirSync('dist/assets').filter((f) => f.endsWith('.js'));
const counted = new Set();

function count(key) {
  const { file, imports = [] } = manifest[key];
  if (counted.has(file)) return;
  counted.add(file);
  for (const next of imports) count(next);
}
for (const root of ['index.html', 'src/trainer/worker.ts']) {
  if (!manifest[root]) {
    console.error(`error: ${manifestFile} has no '${root}', wanted the page and its worker: check vite.config.ts`);
    process.exit(1);
  }
  count(root);
}

let total = 0;
for (const script of scripts) {
  const bytes = gzipSync(readFileSync(join('dist/assets', script)), { level: 9 }).length;
  const first = counted.has(`assets/${script}`);
  if (first) total += bytes;
  console.log(`${first ? 'first' : 'later'} ${String(bytes).padStart(8)} ${basename(script)}`);
}
const ok = total <= BUDGET_BYTES;
console.log(`${ok ? 'ok' : 'FAIL'} app js needed to interact: ${total} bytes gzip, budget ${BUDGET_BYTES}`);
const text = readFileSync('dist/rollout-lab.js', 'utf8');
const element = gzipSync(text, { level: 9 }).length;
const asks = /\bimport\s*\(|\bfrom\s*["']|\bfetch\s*\(/.exec(text);
const fits = element <= EMBED_BUDGET_BYTES && !asks;
console.log(`${fits ? 'ok' : 'FAIL'} element before play: ${element} bytes gzip, budget ${EMBED_BUDGET_BYTES}`);
if (asks) console.log(`FAIL rollout-lab.js has '${asks[0]}'; wanted a module that fetches nothing by itself`);
process.exit(ok && fits ? 0 : 1);
