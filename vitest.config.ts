import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumLaunch } from './scripts/chromium.ts';
import { applyGpuEnv } from './scripts/gpu-env.ts';

// Here and not in a test file, so that every fork inherits the choice of driver.
applyGpuEnv();

export default defineConfig({
  plugins: [react()],
  worker: { format: 'es' },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['tests/setup.ts'],
          include: ['tests/unit/**/*.test.ts'],
          environment: 'node',
          testTimeout: 20_000, // property tests take seconds on a machine under load
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          setupFiles: ['tests/setup.ts'],
          include: ['tests/gpu/**/*.test.ts'],
          environment: 'node',
          pool: 'forks', // threads get a copy of process.env that the Vulkan loader never sees
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunch() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
