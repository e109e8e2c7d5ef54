import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { embedModule } from './scripts/embed-module.ts';

const WORKER = 'src/trainer/worker.ts';

/** KaTeX's style sheet offers every font in three formats; browsers with WebGPU need only the first. */
const onlyWoff2: Plugin = {
  name: 'only-woff2',
  enforce: 'pre',
  transform: (text, id) =>
    /katex\.min\.css$/.test(id) ? text.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)/g, '') : undefined,
};

/**
 * Builds a worker together with the page instead of apart from it, so that the declarations and the shader texts, which
 * both read, are in chunks that both load, and the browser fetches them once.
 */
function sharedWorker(file: string): Plugin {
  const id = resolve(import.meta.dirname, file);
  let reference = '';
  return {
    name: 'shared-worker',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      reference = this.emitFile({ type: 'chunk', id, name: 'worker' });
    },
    transform(text) {
      const form = /new URL\('[^']*\/worker\.ts', import\.meta\.url\)/;
      if (!form.test(text)) return undefined;
      return { code: text.replace(form, `import.meta.ROLLUP_FILE_URL_${reference}`), map: null };
    },
  };
}

/**
 * Preload hints for what the page loads of itself before anybody presses a button. Without them the browser learns of these
 * scripts only from the scripts that ask for them.
 */
function preload(file: string): Plugin {
  return {
    name: 'preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        const wanted = new Set<string>();
        const add = (name: string) => {
          if (wanted.has(name)) return;
          wanted.add(name);
          for (const next of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) add(next);
        };
        const found = chunks.find((chunk) => chunk.facadeModuleId === resolve(import.meta.dirname, file));
        if (!found) throw new Error(`'${file}' has no chunk of its own, wanted one to preload.`);
        add(found.fileName);
        return [...wanted]
          .filter((name) => !html.includes(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}

export default defineConfig({
  base: './', // the built page works from any folder
  plugins: [onlyWoff2, sharedWorker(WORKER), embedModule(), react(), preload(WORKER)],
  build: {
    target: 'es2022',
    rolldownOptions: { input: ['index.html', 'embed.html'] },
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // light-dark()
    sourcemap: true,
    reportCompressedSize: true,
    // A worker has no document to put preload links into.
    modulePreload: { resolveDependencies: (_file, found, { hostId }) => (/\/worker-/.test(hostId) ? [] : found) },
    manifest: true, // scripts/check-size.mjs reads which chunks load first
  },
});
