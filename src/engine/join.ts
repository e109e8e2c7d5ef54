/** Joins whole WGSL files into one module and maps the compiler's messages back to file:line:col. No templates. */
import type { KernelLibrary } from './library.ts';

export interface JoinedModule {
  code: string;
  /** where the text of each file starts: first line (1-based) in `code` */
  files: { file: string; first_line: number }[];
}

/** Slot -> part id; the part's file is `shaders/parts/<slot>/<id>.wgsl` or `shaders/tasks/<id>.<slot>.wgsl`. */
export type SlotChoice = Record<string, string>;

/** The generated text: the hyperparameter struct, in the order of the program's table, and the row of this replica. */
function hyperStruct(hyper: readonly string[]): string {
  const fields = hyper.length > 0 ? hyper : ['unused'];
  return `struct Hyper {\n${fields.map((name) => `  ${name}: f32,`).join('\n')}\n}\nvar<private> hyper: Hyper;\n`;
}

/**
 * The module of one kernel with its slots filled.
 * Order: generated struct, libraries (each once, dependencies first), the kernel, the parts.
 */
export function joinKernel(
  library: KernelLibrary,
  kernel: string,
  slots: SlotChoice,
  hyper: readonly string[],
): JoinedModule {
  const generated = { file: '(generated) Hyper', text: hyperStruct(hyper) };
  const files = [generated, ...library.filesOf(kernel, slots)];
  const names = new Map<string, string>();
  const out: JoinedModule = { code: '', files: [] };
  let line = 1;
  for (const { file, text } of files) {
    for (const m of text.matchAll(/^(?:fn|const|override|struct|var<\w+(?:, \w+)?>) (\w+)/gm)) {
      const other = names.get(m[1]!);
      if (other)
        throw new Error(
          `${file} declares '${m[1]}', which ${other} already declares. Prefix helpers with the part's id.`,
        );
      names.set(m[1]!, file);
    }
    out.files.push({ file, first_line: line });
    const body = text.endsWith('\n') ? text : `${text}\n`;
    out.code += body;
    line += body.split('\n').length - 1;
  }
  return out;
}

/** Where a line of the joined text comes from. */
export function locate(module: JoinedModule, line: number): { file: string; line: number } {
  let found = module.files[0]!;
  for (const f of module.files) if (f.first_line <= line) found = f;
  return { file: found.file, line: line - found.first_line + 1 };
}

/** The driver's words with our file and line, one message per line; empty when the module is clean. */
export async function compileErrors(module: JoinedModule, shader: GPUShaderModule): Promise<string[]> {
  const info = await shader.getCompilationInfo();
  return info.messages
    .filter((m) => m.type === 'error')
    .map((m) => {
      const at = locate(module, m.lineNum);
      return `${at.file}:${at.line}:${m.linePos} ${m.message}`;
    });
}
