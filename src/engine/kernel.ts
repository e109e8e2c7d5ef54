/** What a kernel's WGSL text says about itself: bindings, overrides, uniform fields, slots and libraries. */

export interface Binding {
  name: string;
  index: number;
  kind: 'read' | 'read_write' | 'uniform';
  /** for storage: `out` is written without being read, `inout` is read and written */
  access: 'in' | 'out' | 'inout';
  /** `slab`: writes a range of rows and reads at most rows that it or an earlier dispatch wrote; not a read of the whole */
  is_slab: boolean;
  /** dimension names of the comment, or undefined when it gives none */
  shape: string[] | undefined;
}

export interface KernelInterface {
  name: string;
  bindings: Binding[];
  /** names of the `override` constants, without @id */
  overrides: string[];
  /** u32 fields of `struct At`, in order */
  at: string[];
  /** slots named in the header's `Slots` line */
  slots: string[];
  /** libraries named in the header's `Uses` line */
  uses: string[];
  /** invocations per workgroup, or undefined when the executor chooses (`override threads` of lib/launch.wgsl) */
  workgroup_size: number | undefined;
}

/**
 * The buffers that a launch changes depending on what they held, so that a second run of it has other work to do. `bind` as
 * in a dispatch.
 */
export const changedInPlace = (face: KernelInterface, bind: Record<string, string>): string[] =>
  face.bindings.filter((b) => b.access === 'inout' && !b.is_slab).map((b) => bind[b.name] ?? b.name);

/** The comma-separated names of a header line such as `// Slots  a, b`. */
export const headerList = (text: string, key: string): string[] => {
  const line = new RegExp(`^// ${key}\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
  return line
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean);
};

/** Names of the `override` constants that a text declares. */
export const overridesIn = (text: string): string[] => [...text.matchAll(/^override (\w+)\s*:/gm)].map((m) => m[1]!);

/** Parses a kernel file; throws one sentence with file and what was wanted when a line does not follow the house form. */
export function parseKernel(name: string, text: string): KernelInterface {
  const file = `shaders/kernels/${name}.wgsl`;
  const bindings: Binding[] = [];
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    const m =
      /^@group\(0\) @binding\((\d+)\) var<(storage, read|storage, read_write|uniform)> (\w+)\s*:[^;]*;(.*)$/.exec(line);
    if (!m) {
      if (line.includes('@binding')) {
        throw new Error(
          `${file}:${i + 1}: a binding in an unknown form; wanted '@group(0) @binding(N) var<storage, read> name: type; // [shape]' on one line.`,
        );
      }
      return;
    }
    const kind = m[2] === 'uniform' ? 'uniform' : m[2] === 'storage, read' ? 'read' : 'read_write';
    const comment = m[4] ?? '';
    const word = /\/\/\s*(out|inout|slab)\b/.exec(comment)?.[1] as 'out' | 'inout' | 'slab' | undefined;
    if (kind === 'read_write' && !word) {
      throw new Error(
        `${file}:${i + 1}: '${m[3]}' is read_write; say 'out', 'inout' or 'slab' at the start of its comment.`,
      );
    }
    const shape = /\[([^\]]*)\]/.exec(comment)?.[1];
    bindings.push({
      name: m[3]!,
      index: Number(m[1]),
      kind,
      access: kind !== 'read_write' ? 'in' : word === 'slab' ? 'inout' : word!,
      is_slab: word === 'slab',
      shape: shape?.split(',').map((s) => s.trim()),
    });
  });
  const struct = /struct At \{([^}]*)\}/.exec(text)?.[1] ?? '';
  const at = [...struct.matchAll(/(\w+)\s*:\s*u32/g)].map((m) => m[1]!);
  const size = /@workgroup_size\((\d+|threads)\)/.exec(text)?.[1];
  if (!size)
    throw new Error(`${file}: no '@workgroup_size(N)' with a literal N or 'threads' was found; a kernel needs one.`);
  if (!new RegExp(`fn ${name}\\(`).test(text)) {
    throw new Error(`${file}: the entry point must be named '${name}', like the file.`);
  }
  return {
    name,
    bindings,
    overrides: overridesIn(text),
    at,
    slots: headerList(text, 'Slots'),
    uses: headerList(text, 'Uses'),
    workgroup_size: size === 'threads' ? undefined : Number(size),
  };
}
