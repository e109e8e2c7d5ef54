import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

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

export default defineConfig({
  base: './', // the built page works from any folder
  plugins: [onlyWoff2, sharedWorker('src/trainer/worker.ts'), react()],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // light-dark()
    sourcemap: true,
    reportCompressedSize: true,
    // A worker has no document to put preload links into.
    modulePreload: { resolveDependencies: (_file, found, { hostId }) => (/\/worker-/.test(hostId) ? [] : found) },
    manifest: true, // scripts/check-size.mjs reads which chunks load first
  },
});
