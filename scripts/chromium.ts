import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Flags that give a WebGPU adapter, also in workers. WGPU_TEST_ADAPTER=hardware asks for the machine's GPU;
 * anything else takes SwiftShader, which Chromium brings along. `npm test` sets it to what it found. Without `has_webgpu`
 * the browser has none.
 */
export function chromiumArgs({
  adapter = process.env.WGPU_TEST_ADAPTER ?? 'swiftshader',
  has_webgpu = true,
} = {}): string[] {
  const args = [
    '--no-first-run',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  if (!has_webgpu) return args;
  args.push('--enable-unsafe-webgpu');
  if (adapter === 'hardware') args.push('--enable-features=Vulkan', '--ignore-gpu-blocklist');
  else args.push('--use-webgpu-adapter=swiftshader');
  return args;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];
const FIXED = [
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * PLAYWRIGHT_CHROMIUM_PATH, else a Chromium or Chrome of the system, else undefined:
 * then Playwright uses the one that `npx playwright install chromium` put there.
 */
export function chromiumPath(): string | undefined {
  const fromEnv = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (fromEnv === 'bundled') return undefined;
  if (fromEnv) {
    if (!existsSync(fromEnv)) throw new Error(`PLAYWRIGHT_CHROMIUM_PATH=${fromEnv} does not exist`);
    return fromEnv;
  }
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((d) => NAMES.map((n) => join(d, n)));
  return [...onPath, ...FIXED].find((p) => existsSync(p));
}

/** Launch options for Playwright. Its own Chromium needs the full browser: the headless shell has no WebGPU. */
export function chromiumLaunch(options: Parameters<typeof chromiumArgs>[0] = {}): {
  executablePath?: string;
  channel?: string;
  args: string[];
} {
  const executablePath = chromiumPath();
  return { ...(executablePath ? { executablePath } : { channel: 'chromium' }), args: chromiumArgs(options) };
}
