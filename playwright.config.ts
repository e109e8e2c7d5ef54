import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './scripts/chromium.ts';

const PORT = Number(process.env.E2E_PORT ?? 4173);

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  // Most of a test's time is spent waiting for steps: two tests beside each other need little more than one.
  workers: 2,
  fullyParallel: true,
  projects: [
    // A browser without WebGPU: the page runs on its CPU engine, which on a small machine leaves time for the page itself.
    {
      name: 'page',
      testMatch: '**/*.e2e.ts',
      grepInvert: /@webgpu/,
      use: { launchOptions: chromiumLaunch({ has_webgpu: false }) },
    },
    { name: 'webgpu', testMatch: '**/*.e2e.ts', grep: /@webgpu/, workers: 1 },
    // What is timed runs alone and last.
    { name: 'measure', testMatch: '**/*.measure.ts', workers: 1, dependencies: ['page', 'webgpu'] },
  ],
  forbidOnly: true,
  retries: 0,
  snapshotPathTemplate: 'tests/e2e/appearance/{arg}{ext}',
  expect: {
    timeout: 15_000, // two tests share a small machine
    // fonts are hinted a little differently from machine to machine
    toHaveScreenshot: { animations: 'disabled', caret: 'hide', maxDiffPixelRatio: 0.02 },
  },
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    headless: true,
    viewport: { width: 1280, height: 800 },
    trace: process.env.E2E_TRACE ? 'on' : 'off', // recording one takes a third of the time
    screenshot: 'only-on-failure',
    launchOptions: chromiumLaunch(),
  },
  // Serves dist/: `npm run build` comes first.
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${PORT} --strictPort`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});
