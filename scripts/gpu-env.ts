import { existsSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Which Vulkan driver Dawn for Node uses, read from WGPU_TEST_ADAPTER.
 *   auto        (default) whatever GPU the Vulkan loader finds, with SwiftShader added as the fallback
 *   swiftshader only SwiftShader: the same everywhere
 *   lavapipe    Mesa's CPU driver, 25 or newer: 5 times faster per kernel, slow first compile
 *   hardware    only the system's drivers; a CPU adapter is an error
 */
export const ADAPTER_CHOICES = ['auto', 'swiftshader', 'lavapipe', 'hardware'] as const;
export type AdapterChoice = (typeof ADAPTER_CHOICES)[number];

export function isAdapterChoice(text: string): text is AdapterChoice {
  return (ADAPTER_CHOICES as readonly string[]).includes(text);
}

export function adapterChoice(): AdapterChoice {
  const text = process.env.WGPU_TEST_ADAPTER || 'auto';
  if (isAdapterChoice(text)) return text;
  throw new Error(`WGPU_TEST_ADAPTER is '${text}', wanted one of ${ADAPTER_CHOICES.join(', ')}.`);
}

const first = (paths: string[]) => paths.find((p) => existsSync(p));

/** Folders of the Chromium that `npx playwright install chromium` leaves, newest first. */
function playwrightFolders(): string[] {
  const root = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).filter((f) => f.startsWith('chromium-'));
  return versions
    .sort()
    .reverse()
    .flatMap((f) => [join(root, f, 'chrome-linux64'), join(root, f, 'chrome-linux')]);
}

function swiftshaderIcd(): string | undefined {
  if (process.env.WGPU_SWIFTSHADER_ICD) return process.env.WGPU_SWIFTSHADER_ICD;
  const named = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  const folders = [
    ...(named ? [dirname(named)] : []),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/usr/lib64/chromium-browser',
    '/opt/google/chrome',
    ...playwrightFolders(),
  ];
  return first(folders.map((d) => join(d, 'vk_swiftshader_icd.json')));
}

function lavapipeIcd(): string | undefined {
  return (
    process.env.WGPU_LAVAPIPE_ICD ??
    first(['/usr/share/vulkan/icd.d/lvp_icd.json', '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json'])
  );
}

/** Sets the variables the Vulkan loader reads. Before the first `create()` of the `webgpu` package. */
export function applyGpuEnv(choice: AdapterChoice = adapterChoice()): void {
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const only = (icd: string | undefined, get: string) => {
    if (!icd) throw new Error(`WGPU_TEST_ADAPTER is '${choice}' but that Vulkan driver was not found; ${get}.`);
    process.env.VK_ICD_FILENAMES = icd;
    process.env.VK_DRIVER_FILES = icd;
  };
  if (choice === 'swiftshader') only(swiftshaderIcd(), 'install Chromium, which brings it along');
  else if (choice === 'lavapipe') only(lavapipeIcd(), 'install Mesa 25 or newer (mesa-vulkan-drivers)');
  else if (choice === 'auto') {
    const icd = swiftshaderIcd();
    if (icd) process.env.VK_ADD_DRIVER_FILES = icd;
  }
}
