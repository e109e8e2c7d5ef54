/** Checks a program before any GPU object exists. Every complaint is one sentence: where, found, wanted, what to do. */
import type { KernelLibrary } from './library.ts';
import { elementsOf, type Launch, launchesOf, type Program } from './program.ts';

/** The device limits a program must respect; the defaults every WebGPU device gives. */
export interface Limits {
  maxStorageBuffersPerShaderStage: number;
  maxStorageBufferBindingSize: number;
  maxBufferSize: number;
}
export const DEFAULT_LIMITS: Limits = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 134217728,
  maxBufferSize: 268435456,
};

const mib = (bytes: number) => `${(bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0)} MiB`;

/** Sizes a launch's kernel sees: the program's dimensions, then the launch's own. */
export const sizesOf = (program: Program, launch: Launch): Record<string, number> => ({
  ...program.dims,
  ...launch.size,
});

/** The complaints about a program; empty when it may be compiled. */
export function check(program: Program, library: KernelLibrary, limits: Limits = DEFAULT_LIMITS): string[] {
  const out: string[] = [];
  const bytes: Record<string, number> = {};
  for (const [name, spec] of Object.entries(program.buffers)) {
    try {
      const n = elementsOf(program, spec, `${program.id} buffer '${name}'`) * 4;
      bytes[name] = n;
      const shape = spec.shape.join(' × ');
      if (!(n > 0))
        out.push(
          `${program.id} buffer '${name}' is empty: its shape ${shape} has a dimension of 0. Give every dimension at least 1.`,
        );
      const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
      if (n > most) {
        out.push(
          `${program.id} buffer '${name}' needs ${mib(n)} (${shape}), this device allows ${mib(most)} per buffer. Lower the batch, the context or the replicas.`,
        );
      }
    } catch (e) {
      out.push((e as Error).message);
    }
  }
  let launches: Launch[];
  try {
    launches = launchesOf(program);
  } catch (e) {
    return [...out, (e as Error).message];
  }
  const written = new Set<string>();
  const read = new Set<string>();
  const known = library.kernelNames();
  const said = new Set<string>();
  const say = (text: string, key: string) => {
    if (!said.has(key)) out.push(text);
    said.add(key);
  };
  launches.forEach((launch, i) => {
    const where = `${program.id} dispatch ${i} (${launch.kernel})`;
    if (!known.includes(launch.kernel)) {
      say(`${where}: unknown kernel. Known: ${known.join(', ')}.`, `kernel ${launch.kernel}`);
      return;
    }
    const face = library.kernel(launch.kernel);
    const sizes = sizesOf(program, launch);
    const storage = face.bindings.filter((b) => b.kind !== 'uniform');
    if (storage.length > limits.maxStorageBuffersPerShaderStage) {
      say(
        `${where}: binds ${storage.length} storage buffers, devices allow ${limits.maxStorageBuffersPerShaderStage}. Pack values or split the kernel.`,
        `count ${launch.kernel}`,
      );
    }
    const slotsFilled = face.slots.every((slot) => library.partsOf(slot).includes(launch.slots[slot] ?? ''));
    const overrides = slotsFilled ? library.overridesOf(launch.kernel, launch.slots) : face.overrides;
    for (const name of overrides) {
      if (name === 'threads') continue; // the executor's choice
      if (sizes[name] === undefined)
        say(
          `${where}: its size '${name}' is not given. Add it to the dispatch's 'size' or to the dimensions.`,
          `size ${launch.kernel} ${name}`,
        );
    }
    for (const name of face.at) {
      if (launch.at[name] === undefined)
        say(
          `${where}: its index '${name}' is not given. Add it to the dispatch's 'at'.`,
          `at ${launch.kernel} ${name}`,
        );
    }
    for (const name of Object.keys(launch.at)) {
      if (!face.at.includes(name))
        say(
          `${where}: gives the index '${name}', which the kernel does not have. It has: ${face.at.join(', ') || 'none'}.`,
          `at? ${launch.kernel} ${name}`,
        );
    }
    for (const slot of face.slots) {
      const id = launch.slots[slot];
      if (id === undefined)
        say(
          `${where}: slot '${slot}' is empty. Give it one of: ${library.partsOf(slot).join(', ')}.`,
          `slot ${launch.kernel} ${slot}`,
        );
      else if (!library.partsOf(slot).includes(id)) {
        say(
          `${where}: no part '${id}' for slot '${slot}'. Known: ${library.partsOf(slot).join(', ')}.`,
          `slot ${slot} ${id}`,
        );
      }
    }
    for (const name of Object.keys(launch.bind)) {
      if (!face.bindings.some((b) => b.name === name)) {
        say(
          `${where}: binds '${name}', which the kernel does not have. It has: ${face.bindings.map((b) => b.name).join(', ')}.`,
          `bind? ${launch.kernel} ${name}`,
        );
      }
    }
    const used = new Map<string, string>();
    for (const b of storage) {
      const buffer = launch.bind[b.name] ?? b.name;
      const spec = program.buffers[buffer];
      if (!spec) {
        say(
          `${where}: binding '${b.name}' has no buffer '${buffer}'. Declare it in the program, or bind another.`,
          `buffer ${launch.kernel} ${b.name} ${buffer}`,
        );
        continue;
      }
      const twice = used.get(buffer);
      if (twice !== undefined && (b.access !== 'in' || storage.find((o) => o.name === twice)?.access !== 'in')) {
        say(
          `${where}: buffer '${buffer}' is bound as '${twice}' and as '${b.name}', and one of them writes. Use two buffers.`,
          `alias ${launch.kernel} ${buffer}`,
        );
      }
      used.set(buffer, b.name);
      if (b.shape) {
        const missing = b.shape.filter((d) => sizes[d] === undefined && !/^\d+$/.test(d));
        if (missing.length > 0) {
          say(
            `${where}: binding '${b.name}' has the shape [${b.shape.join(', ')}]; the size of ${missing.join(', ')} is not given.`,
            `shape? ${launch.kernel} ${b.name}`,
          );
        } else {
          const want = b.shape.reduce((n, d) => n * (sizes[d] ?? Number(d)), 1) * 4;
          if (bytes[buffer] !== undefined && want !== bytes[buffer]) {
            say(
              `${where}: binding '${b.name}' wants [${b.shape.map((d) => `${d} ${sizes[d] ?? d}`).join(', ')}], buffer '${buffer}' is [${spec.shape.map((d) => (typeof d === 'string' ? `${d} ${program.dims[d]}` : d)).join(', ')}].`,
              `shape ${launch.kernel} ${b.name} ${buffer}`,
            );
          }
        }
      }
      if (b.access !== 'out' && !b.is_slab) {
        if ((spec.origin ?? 'step') === 'step' && !written.has(buffer)) {
          say(
            `${where}: reads '${buffer}' before any dispatch writes it. Move the dispatch that writes it up, or declare its origin.`,
            `order ${buffer}`,
          );
        }
        read.add(buffer);
      }
      if (b.access !== 'in') written.add(buffer);
    }
  });
  for (const [name, spec] of Object.entries(program.buffers)) {
    const origin = spec.origin ?? 'step';
    if (origin === 'step' && written.has(name) && !read.has(name) && !spec.is_result) {
      out.push(`${program.id} buffer '${name}' is written and never read. Remove it, or mark it is_result.`);
    }
    if (!written.has(name) && !read.has(name)) {
      out.push(`${program.id} buffer '${name}' is used by no dispatch. Remove it.`);
    }
  }
  return out;
}

/** Throws the complaints, if any, as one error. */
export function assertProgram(program: Program, library: KernelLibrary, limits?: Limits): void {
  const complaints = check(program, library, limits);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}
