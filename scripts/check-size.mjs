// Budget of the built page: the JavaScript a visitor waits for before they can press a button, gzipped. That is the
// entry with everything it imports statically, and the worker. Chunks behind `import()` are listed but not counted.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 250_000;
const manifestFile = 'dist/.vite/manifest.json';
if (!existsSync(manifestFile)) {
  console.error('error: dist/ has no build, wanted one: run `npm run build` first');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
const chunkFiles = new Set(Object.values(manifest).map((chunk) => chunk.file));
const scripts = readdirSync('dist/assets').filter((f) => f.endsWith('.js'));
const counted = new Set();

function count(key) {
  const chunk = manifest[key];
  if (counted.has(chunk.file)) return;
  counted.add(chunk.file);
  for (const next of chunk.imports ?? []) count(next);
}
for (const key of Object.keys(manifest)) if (manifest[key].isEntry) count(key);
// Workers are no chunks of the page: they are the scripts that counted code names. Of what a worker names, only its static
// imports are waited for.
for (const file of counted) {
  const text = readFileSync(join('dist', file), 'utf8');
  const isChunk = chunkFiles.has(file);
  const statically = new Set([...text.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+)["'`]/g)].map((m) => m[1]));
  for (const script of scripts) {
    if (chunkFiles.has(`assets/${script}`)) continue;
    if (isChunk ? text.includes(script) : statically.has(script)) counted.add(`assets/${script}`);
  }
}

let total = 0;
for (const script of scripts) {
  const bytes = gzipSync(readFileSync(join('dist/assets', script)), { level: 9 }).length;
  const first = counted.has(`assets/${script}`);
  if (first) total += bytes;
  console.log(`${first ? 'first' : 'later'} ${String(bytes).padStart(8)} ${basename(script)}`);
}
const ok = counted.size > 0 && total <= BUDGET_BYTES;
console.log(`${ok ? 'ok' : 'FAIL'} app js needed to interact: ${total} bytes gzip, budget ${BUDGET_BYTES}`);
process.exit(ok ? 0 : 1);
