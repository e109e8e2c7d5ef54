/** The code of an algorithm as it stands in the repository: loaded only where someone wants to read it. */
import { DEFAULT_FILLS, type Part, type Parts, ROLES } from '../algorithms/algorithm.ts';
import { shaderLibrary } from '../engine/library.ts';
import { ROLE_TITLES } from './catalogue.ts';

const twinTexts = import.meta.glob<string>('/shaders/kernels/*.ref.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const algorithmTexts = import.meta.glob<string>('/src/algorithms/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const algorithmModules = import.meta.glob<Record<string, unknown>>(
  ['/src/algorithms/*.ts', '!/src/algorithms/index.ts'],
  { eager: true },
);

/** A file, and the line at which the reader wants to begin. */
export interface CodeFile {
  file: string;
  text: string;
  /** from 1 */
  line: number;
}

/** A function of the algorithm on the GPU, and its twin. */
export interface Source {
  /** unique among the sources of a run */
  key: string;
  /** the heading it stands under: a role, or what all algorithms share */
  group: string;
  title: string;
  wgsl: CodeFile;
  twin: CodeFile;
}

const lineOf = (text: string, index: number) => (index < 0 ? 1 : text.slice(0, index).split('\n').length);
const fileOf = (path: string, text: string, index = 0): CodeFile => ({
  file: path.replace(/^\//, ''),
  text,
  line: lineOf(text, index),
});

/** Where a declaration stands in the file that exports it. */
function placeOf(part: Part): { path: string; begin: number; end: number } | undefined {
  for (const [path, module] of Object.entries(algorithmModules)) {
    const text = algorithmTexts[path] ?? '';
    for (const [name, exported] of Object.entries(module)) {
      if (exported !== part) continue;
      const begin = text.search(new RegExp(`export const ${name}\\b`));
      if (begin >= 0) return { path, begin, end: text.indexOf('\n});', begin) }; // else passed on from another file
    }
  }
  return undefined;
}

/** The part whose declaration spells out the function that a part puts into a slot: itself, or whom it took it from. */
function ownerOf(part: Part, slot: string): Part {
  const spells = (one: Part) => {
    const place = placeOf(one);
    return place !== undefined && algorithmTexts[place.path].slice(place.begin, place.end).includes(`${slot}: {`);
  };
  if (spells(part)) return part;
  const others = Object.values(algorithmModules).flatMap((module) => Object.values(module)) as Partial<Part>[];
  const same = others.filter((one) => one?.slots?.[slot] !== undefined && one.slots[slot] === part.slots?.[slot]);
  return (same as Part[]).find(spells) ?? part;
}

/** The file that declares a part, at the part, or at one of its slots. */
function declarationOf(part: Part, slot?: string): CodeFile {
  const owner = slot === undefined ? part : ownerOf(part, slot);
  const place = placeOf(owner);
  if (place) {
    const text = algorithmTexts[place.path];
    const at = slot === undefined ? -1 : text.indexOf(`${slot}:`, place.begin);
    return fileOf(place.path, text, at >= 0 && at < place.end ? at : place.begin);
  }
  for (const [path, text] of Object.entries(algorithmTexts)) {
    const begin = text.indexOf(`id: '${part.id}',\n`);
    if (begin >= 0) return fileOf(path, text, begin);
  }
  throw new Error(`No file of src/algorithms declares the part '${part.id}'; export it there.`);
}

function kernelSource(kernel: string, group: string): Source {
  const { file, text } = shaderLibrary.kernel(kernel);
  const path = `/shaders/kernels/${kernel}.ref.ts`;
  return {
    key: `kernel/${kernel}`,
    group,
    title: `kernel ${kernel}`,
    wgsl: fileOf(file, text),
    twin: fileOf(path, twinTexts[path] ?? ''),
  };
}

function slotSource(slot: string, file: string, group: string, twin: CodeFile): Source {
  const part = shaderLibrary.part(slot, file);
  return { key: `${slot}/${file}`, group, title: `${slot}: ${file}`, wgsl: fileOf(part.file, part.text), twin };
}

/** The heading of what all algorithms share. */
export const SHARED_GROUP = 'In every algorithm';

/** Kernels in which a step of any algorithm can be followed, from the drawn symbol to the moved weight. */
const SHARED_KERNELS = ['policy_gradient', 'sample_symbol', 'score_responses', 'logits_backward', 'adamw'];

/** Every slot that parts fill and every kernel that they launch, with the kernel in which all of them meet. */
export function sourcesOf(parts: Parts): Source[] {
  const out = new Map<string, Source>();
  const add = (source: Source) => out.has(source.key) || out.set(source.key, source);
  const filled = new Set<string>();
  for (const role of ROLES) {
    const part = parts[role];
    for (const [slot, fill] of Object.entries(part.slots ?? {})) {
      filled.add(slot);
      add(slotSource(slot, fill.file, ROLE_TITLES[role], declarationOf(part, slot)));
    }
    for (const dispatch of Object.values(part.dispatches ?? {}).flat()) {
      add(kernelSource(dispatch.kernel, ROLE_TITLES[role]));
      for (const [slot, file] of Object.entries(dispatch.slots ?? {})) {
        filled.add(slot);
        add(slotSource(slot, file, ROLE_TITLES[role], declarationOf(part, slot)));
      }
    }
  }
  for (const kernel of SHARED_KERNELS) add(kernelSource(kernel, SHARED_GROUP));
  const declared = '/src/algorithms/algorithm.ts';
  const text = algorithmTexts[declared] ?? '';
  for (const [slot, { file }] of Object.entries(DEFAULT_FILLS)) {
    if (filled.has(slot)) continue;
    const begin = text.indexOf('DEFAULT_FILLS');
    add(slotSource(slot, file, SHARED_GROUP, fileOf(declared, text, text.indexOf(`${slot}:`, begin))));
  }
  return [...out.values()];
}
