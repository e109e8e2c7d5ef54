import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** KaTeX's style sheet offers every font in three formats; browsers with WebGPU need only the first. */
const onlyWoff2: Plugin = {
  name: 'only-woff2',
  enforce: 'pre',
  transform: (text, id) =>
    /katex\.min\.css$/.test(id) ? text.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)/g, '') : undefined,
};

export default defineConfig({
  base: './', // the built page works from any folder
  plugins: [onlyWoff2, react()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    sourcemap: true,
    reportCompressedSize: true,
    manifest: true, // scripts/check-size.mjs reads which chunks load first
  },
});
