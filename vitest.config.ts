import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { applyGpuEnv } from './scripts/gpu-env.ts';

// Here and not in a test file, so that every fork inherits the choice of driver.
applyGpuEnv();

export default defineConfig({
  plugins: [react()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['tests/setup.ts'],
          include: ['tests/unit/**/*.test.ts'],
          environment: 'node',
          maxWorkers: 2,
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
          maxWorkers: 2, // a file keeps one core busy
          testTimeout: 120_000, // many compile shaders for seconds where other programs have the cores
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
