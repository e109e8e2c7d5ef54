/** Opens the best WebGPU device of a browser, in a worker or a page; says in one sentence why there is none. */
import type { EngineInfo } from '../engine/executor.ts';

/** Words by which drivers that run on the CPU name themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|basic render|software/i;

/** Names an adapter for people; the architecture first, because browsers often leave the description empty. */
export function describeAdapter(info: GPUAdapterInfo): EngineInfo {
  const words = [info.vendor, info.architecture, info.device, info.description].filter(Boolean);
  const fallback = (info as GPUAdapterInfo & { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  const is_software = fallback || SOFTWARE.test(words.join(' '));
  return { kind: 'webgpu', adapter: [...new Set(words)].join(' · ') || 'unnamed adapter', is_software };
}

/** A device with the adapter's own buffer limits, so that a large run is refused by its size and not by a default. */
export async function openDevice(gpu: GPU | undefined): Promise<{ device: GPUDevice; info: EngineInfo }> {
  if (!gpu) throw new Error('This browser has no WebGPU. Use a current Chrome, Edge, Firefox or Safari.');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('WebGPU found no adapter on this machine. Check that hardware acceleration is on.');
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
  });
  return { device, info: describeAdapter(adapter.info) };
}
