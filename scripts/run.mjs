// node scripts/run.mjs ENTRY ...args
// Runs a TypeScript command of this project: an entry with `export async function main(argv): Promise<number>`.
// The entry is bundled by Vite on every start (about 0.2 s), so `import.meta.glob` and `?raw` mean in Node what they
// mean in the page, and loops run as plain modules, without a module runner's indirection.
import { mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleCommand, root } from './bundle-cli.mjs';

const [entry, ...args] = process.argv.slice(2);
try {
  if (!entry) throw new Error('no entry was given, wanted: node scripts/run.mjs ENTRY ...args');
  const folder = resolve(root, 'node_modules/.cache/rollout-lab');
  const stem = entry.replace(/^\.?\//, '').replace(/\W+/g, '-');
  const fresh = join(folder, `${stem}.${process.pid}.mjs`);
  const file = join(folder, `${stem}.mjs`);
  mkdirSync(folder, { recursive: true });
  await bundleCommand(entry, fresh, { sourcemap: 'inline' });
  renameSync(fresh, file); // in one move: another run may be loading it
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
} catch (error) {
  console.error(`error: ${String(error.message ?? error).replace(/\s*\n\s*/g, ' ')}`);
  if (process.env.DEBUG) console.error(error.stack);
  process.exit(1);
}
