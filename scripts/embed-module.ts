import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Plugin } from 'vite';

const root = resolve(import.meta.dirname, '..');
const ENTRY = 'src/embed/rollout-lab.ts';

/**
 * Writes `rollout-lab.js` and its types beside the page. The element is a bundle of its own, because a page that embeds it
 * fetches one small file before the reader presses play; chunks shared with the page would make it several.
 */
export function embedModule(): Plugin {
  return {
    name: 'embed-module',
    async generateBundle() {
      const made = await build({
        configFile: false,
        root,
        logLevel: 'warn',
        publicDir: false,
        build: {
          target: 'es2022',
          write: false,
          minify: true,
          lib: { entry: ENTRY, formats: ['es'], fileName: () => 'rollout-lab.js' },
        },
      });
      const [{ output }] = Array.isArray(made) ? made : 'output' in made ? [made] : [];
      if (output.length !== 1 || output[0].type !== 'chunk')
        throw new Error(`${ENTRY} made ${output.length} files; wanted one, so that an embed costs one request.`);
      this.emitFile({ type: 'asset', fileName: 'rollout-lab.js', source: output[0].code });
      const types = readFileSync(resolve(root, 'src/embed/api.ts'), 'utf8');
      const value = 'export declare const RolloutLabElement: { new (): RolloutLab };\n';
      this.emitFile({ type: 'asset', fileName: 'rollout-lab.d.ts', source: `${types}\n${value}` });
    },
    configureServer(server) {
      // while developing, the same address leads to the source
      server.middlewares.use('/rollout-lab.js', (_request, answer) => {
        answer.setHeader('content-type', 'text/javascript');
        answer.end(`export * from '/${ENTRY}';`);
      });
    },
  };
}
