/** The shader library: every WGSL file and twin of `shaders/`, found by glob, stem = name. */
import { headerList, type KernelInterface, overridesIn, parseKernel } from './kernel.ts';
import { unknownName } from './names.ts';
import type { Twin } from './twin.ts';

export interface LibraryFiles {
  /** '/shaders/…/x.wgsl' -> text */
  wgsl: Record<string, string>;
  /** '/shaders/kernels/x.ref.ts' -> module with a function named like the kernel */
  twins?: Record<string, Record<string, Twin>>;
  /** '/shaders/kernels/x.fast.ts' -> a faster sibling of the twin, judged against it */
  fast?: Record<string, Record<string, Twin>>;
}

export interface KernelFile extends KernelInterface {
  file: string;
  text: string;
}
export interface WgslFile {
  file: string;
  text: string;
  uses: string[];
  overrides: string[];
}

const wgslFile = (file: string, text: string): WgslFile => ({
  file,
  text,
  uses: headerList(text, 'Uses'),
  overrides: overridesIn(text),
});

export class KernelLibrary {
  private readonly kernels = new Map<string, KernelFile>();
  private readonly libs = new Map<string, WgslFile>();
  private readonly parts = new Map<string, WgslFile>();
  private readonly twinOf = new Map<string, Twin>();
  private readonly fastOf = new Map<string, Twin>();

  constructor(files: LibraryFiles) {
    for (const [path, text] of Object.entries(files.wgsl)) {
      const file = path.replace(/^\//, '');
      const [, folder, ...rest] = file.split('/');
      const stem = rest.join('/').replace(/\.wgsl$/, '');
      if (folder === 'lib') this.libs.set(stem, wgslFile(file, text));
      else if (folder === 'kernels') this.kernels.set(stem, { ...parseKernel(stem, text), file, text });
      else if (folder === 'parts') this.parts.set(stem, wgslFile(file, text));
      else if (folder === 'tasks') {
        // shaders/tasks/<task>/<slot>.wgsl fills the slot under the task's id
        const [task, slot] = stem.split('/');
        this.parts.set(`${slot}/${task}`, wgslFile(file, text));
      }
    }
    this.addTwins(files.twins ?? {}, files.fast ?? {});
  }

  /** Twins and their faster siblings, of which only the CPU engine has need: `twins.ts` brings those of this project. */
  addTwins(twins: Record<string, Record<string, Twin>>, fast: Record<string, Record<string, Twin>>): void {
    const functionsOf = (modules: Record<string, Record<string, Twin>>, suffix: string, into: Map<string, Twin>) => {
      for (const [path, module] of Object.entries(modules)) {
        const stem = path.split('/').pop()!.replace(suffix, '');
        const twin = module[stem];
        if (!twin) throw new Error(`${path} exports no function '${stem}'; a twin is named like its kernel.`);
        into.set(stem, twin);
      }
    };
    functionsOf(twins, '.ref.ts', this.twinOf);
    functionsOf(fast, '.fast.ts', this.fastOf);
  }

  kernelNames(): string[] {
    return [...this.kernels.keys()].sort();
  }
  kernel(name: string): KernelFile {
    const k = this.kernels.get(name);
    if (!k) throw new Error(unknownName('kernel', name, this.kernelNames()));
    return k;
  }
  lib(name: string, from: string): WgslFile {
    const l = this.libs.get(name);
    if (!l) throw new Error(`${from}: ${unknownName('library', name, [...this.libs.keys()])}`);
    return l;
  }
  partsOf(slot: string): string[] {
    return [...this.parts.keys()].filter((k) => k.startsWith(`${slot}/`)).map((k) => k.slice(slot.length + 1));
  }
  part(slot: string, id: string): WgslFile {
    const p = this.parts.get(`${slot}/${id}`);
    if (!p) throw new Error(unknownName(`part for slot ${slot}`, id, this.partsOf(slot)));
    return p;
  }
  twin(name: string): Twin {
    const t = this.twinOf.get(name);
    if (!t) throw new Error(`kernel '${name}' has no twin; write shaders/kernels/${name}.ref.ts.`);
    return t;
  }
  /** The files that a kernel with these slots consists of: libraries (dependencies first), the kernel, its parts. */
  filesOf(kernel: string, slots: Record<string, string>): WgslFile[] {
    const face = this.kernel(kernel);
    const libs: string[] = [];
    const need = (uses: string[], from: string) => {
      for (const name of uses) {
        if (libs.includes(name)) continue;
        const lib = this.lib(name, from);
        need(lib.uses, lib.file);
        libs.push(name);
      }
    };
    need(face.uses, face.file);
    const parts = face.slots.map((slot) => {
      const id = slots[slot];
      if (id === undefined) {
        throw new Error(`${kernel}: slot '${slot}' is empty. Give it one of: ${this.partsOf(slot).join(', ')}.`);
      }
      const part = this.part(slot, id);
      need(part.uses, part.file);
      return part;
    });
    return [...libs.map((name) => this.lib(name, kernel)), face, ...parts];
  }
  /** Every `override` of a kernel with these slots, wherever it is declared. */
  overridesOf(kernel: string, slots: Record<string, string>): string[] {
    return this.filesOf(kernel, slots).flatMap((f) => f.overrides);
  }
  /** The twin, or its faster sibling where one exists. */
  fastTwin(name: string): Twin {
    return this.fastOf.get(name) ?? this.twin(name);
  }
  fastNames(): string[] {
    return [...this.fastOf.keys()].sort();
  }
}

/** The library of this project, without the twins. */
export const shaderLibrary = new KernelLibrary({
  wgsl: import.meta.glob('/shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true }),
});
