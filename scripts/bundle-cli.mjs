// node scripts/bundle-cli.mjs ENTRY OUT.mjs
// Builds a command (a TypeScript entry with `export async function main(argv): Promise<number>`) into one ES module
// that runs by itself with `node OUT.mjs ...args`. Shaders and everything else found by import.meta.glob are inside;
// only `webgpu` stays outside and has to be installed beside it, and only for commands that open a GPU.
// `import.meta.url` is the bundle's own address, so commands read files relative to the current folder.
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const START = '\0command';

/** @param {string} file  @returns {import('vite').Plugin} the module that imports the entry and runs its main */
function start(file) {
  const path = (/** @type {string} */ p) => JSON.stringify(p.replaceAll('\\', '/'));
  return {
    name: 'start-command',
    resolveId: (id) => (id === START ? START : undefined),
    load: (id) =>
      id === START
        ? `import { runMain } from ${path(resolve(root, 'scripts/cli-main.ts'))};
import { main } from ${path(file)};
await runMain(main);`
        : undefined,
  };
}

/** A bundler's message without colours and code frame: what is wrong, then where. */
function oneLine(/** @type {Error} */ error) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with the escape character
  const text = error.message.replace(/\u001b\[[\d;]*m/g, '');
  const what = /^\[.*$/m.exec(text)?.[0] ?? text.split('\n')[0];
  const where = /\[ (\S+:\d+:\d+) \]/.exec(text)?.[1];
  return where ? `${where} ${what}` : what;
}

/** @param {string} entry  @param {string} outFile  @param {{ sourcemap?: boolean | 'inline' }} [options] */
export async function bundleCommand(entry, outFile, { sourcemap = false } = {}) {
  const file = resolve(root, entry);
  if (!existsSync(file)) throw new Error(`${entry} does not exist, wanted a TypeScript file that exports main(argv)`);
  const out = resolve(outFile);
  await build({
    configFile: false,
    root,
    logLevel: 'silent',
    plugins: [start(file)],
    ssr: { target: 'node', noExternal: true, external: ['webgpu'] },
    build: {
      ssr: true,
      outDir: dirname(out),
      emptyOutDir: false,
      copyPublicDir: false,
      minify: false,
      sourcemap,
      target: 'node20',
      rolldownOptions: {
        input: START,
        output: { format: 'es', entryFileNames: basename(out), codeSplitting: false },
      },
    },
  }).catch((error) => {
    throw new Error(oneLine(error));
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [entry, outFile] = process.argv.slice(2);
  if (!entry || !outFile) {
    console.error('error: wanted two arguments: node scripts/bundle-cli.mjs ENTRY OUT.mjs');
    process.exit(1);
  }
  try {
    await bundleCommand(entry, outFile);
    console.log(outFile);
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exit(1);
  }
}
