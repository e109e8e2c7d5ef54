import { type AdapterChoice, adapterChoice, applyGpuEnv, isAdapterChoice } from '../../scripts/gpu-env.ts';

/** What a report says about the device it ran on. `software` is true for a CPU driver. */
export interface DeviceInfo {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  software: boolean;
}

export interface NodeDevice {
  device: GPUDevice;
  adapter: GPUAdapter;
  info: DeviceInfo;
}

// Dawn for Node polls with setImmediate while one of its promises is pending: a core at 100 %,
// taken from a CPU driver's own threads. This lets the polling thread sleep after 20 turns.
const cell = new Int32Array(new SharedArrayBuffer(4));
let pending = 0;
let ticking = false;
let turns = 0;

function tick(): void {
  if (pending === 0) {
    ticking = false;
    return;
  }
  if (++turns > 20) Atomics.wait(cell, 0, 0, Math.min(1, turns * 0.01));
  setImmediate(tick);
}

function calm<T>(promise: Promise<T>): Promise<T> {
  pending++;
  turns = 0;
  if (!ticking) {
    ticking = true;
    setImmediate(tick);
  }
  return promise.finally(() => {
    pending--;
  });
}

type AsyncMethod = ((this: unknown, ...args: unknown[]) => Promise<unknown>) & { isCalm?: boolean };

function calmMethod(prototype: object, name: string): void {
  const methods = prototype as Record<string, AsyncMethod>;
  const original = methods[name];
  if (original.isCalm) return;
  const patched: AsyncMethod = function (...args) {
    return calm(original.apply(this, args));
  };
  patched.isCalm = true;
  methods[name] = patched;
}

// Dawn segfaults when the object from create() is collected before its devices: it stays on globalThis.
const kept = globalThis as typeof globalThis & { rollout_lab_dawn?: Map<string, GPU> };

async function dawn(options: string[]): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  calmMethod(GPUBuffer.prototype, 'mapAsync');
  calmMethod(GPUQueue.prototype, 'onSubmittedWorkDone');
  calmMethod(GPUDevice.prototype, 'createComputePipelineAsync');
  kept.rollout_lab_dawn ??= new Map();
  const key = JSON.stringify(options);
  const known = kept.rollout_lab_dawn.get(key);
  if (known) return known;
  const gpu = create(options);
  kept.rollout_lab_dawn.set(key, gpu);
  return gpu;
}

function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(info.description);
}

const GET_ONE =
  'install a GPU driver with Vulkan, or for a software adapter Chromium and the Vulkan loader ' +
  '(Debian: apt-get install chromium libvulkan1)';

/**
 * Opens a WebGPU device in Node. `adapter` is one of auto, swiftshader, lavapipe, hardware (default: the variable
 * WGPU_TEST_ADAPTER, else auto), or a part of an adapter's name such as 'NVIDIA'. A process ends by itself with the
 * device still alive.
 */
export async function openNodeDevice(options: { adapter?: string } = {}): Promise<NodeDevice> {
  const wanted = options.adapter ?? adapterChoice();
  const choice: AdapterChoice = isAdapterChoice(wanted) ? wanted : 'auto';
  applyGpuEnv(choice);
  const gpu = await dawn(isAdapterChoice(wanted) ? [] : [`adapter=${wanted}`]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch((error: Error) => {
    throw new Error(`openNodeDevice: no adapter is called '${wanted}': ${error.message}`);
  });
  if (!adapter) throw new Error(`openNodeDevice: no WebGPU adapter was found, wanted '${wanted}'; ${GET_ONE}.`);
  const { vendor, architecture, device: model, description } = adapter.info;
  const info: DeviceInfo = { vendor, architecture, device: model, description, software: isSoftware(adapter.info) };
  if (wanted === 'hardware' && info.software) {
    throw new Error(`openNodeDevice: only ${description || architecture} was found, wanted a real GPU; ${GET_ONE}.`);
  }
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  });
  return { device, adapter, info };
}

/** `node scripts/run.mjs src/cli/device.ts [adapter]` prints the adapter that Node gets, as one line of JSON. */
export async function main(argv: string[]): Promise<number> {
  const { info } = await openNodeDevice({ adapter: argv[0] });
  console.log(JSON.stringify(info));
  return 0;
}
