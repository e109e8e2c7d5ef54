// node scripts/sanity.mjs [ROOT]
// Checks what no linter knows: which folder may import which, that every kernel has its twin, how long a file may be,
// that WGSL stays in .wgsl files, and that `any` is always a marked exception. One line per violation.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAX_LINES = 600;
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'test-results', 'playwright-report']);

// A folder of src/ imports its own level and lower ones, never a higher one.
const LEVELS = {
  ui: 5,
  state: 4,
  lessons: 3.7,
  experiments: 3.5,
  fullscale: 3.5,
  trainer: 3,
  algorithms: 2,
  tasks: 2,
  policies: 2,
  embed: 1.5,
  engine: 1,
  corpus: 1,
};
const ORDER =
  'ui -> state -> lessons -> experiments, fullscale -> trainer -> algorithms, tasks, policies -> embed -> engine, corpus';
// Beside the levels: what these may import from src/. Nothing on a level imports them.
const ALONGSIDE = {
  cli: ['experiments', 'trainer', 'algorithms', 'tasks', 'policies', 'embed', 'engine', 'corpus'],
};

// Single files of a higher level that a folder may import: the command line reads links with the page's own parser, and posters
// round their axes as the charts do.
const SHARED = {
  embed: ['src/state/axis.ts'],
  cli: ['catalogue', 'defaultSetup', 'format', 'registries', 'sweep', 'urlState'].map((name) => `src/state/${name}.ts`),
};

/** All source files below a root, as paths with forward slashes. */
function listFiles(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(root, path);
    return /\.(ts|tsx|wgsl|css)$/.test(entry.name) ? [path] : [];
  });
}

/**
 * Splits TypeScript into code and string literals. Comments and the insides of literals become spaces in `code`, so
 * that offsets and lines stay those of the file.
 */
export function scan(text) {
  const code = text.split('');
  const strings = [];
  const blank = (from, to) => {
    for (let k = from; k < to; k++) if (code[k] !== '\n') code[k] = ' ';
  };
  const closing = []; // open braces; true: one that ends the ${} of a template
  let i = 0;
  const literal = (from, to) => {
    strings.push({ start: from, text: text.slice(from, to) });
    blank(from, to);
    i = to;
  };
  const template = (from) => {
    let k = from;
    while (k < text.length && text[k] !== '`' && !(text[k] === '$' && text[k + 1] === '{'))
      k += text[k] === '\\' ? 2 : 1;
    literal(from, Math.min(k, text.length));
    if (text[k] === '$') closing.push(true);
    i = k + (text[k] === '$' ? 2 : 1);
  };
  while (i < text.length) {
    const c = text[i];
    if (c === '/' && text[i + 1] === '/') {
      const end = text.indexOf('\n', i);
      blank(i, end < 0 ? text.length : end);
      i = end < 0 ? text.length : end;
    } else if (c === '/' && text[i + 1] === '*') {
      const end = text.indexOf('*/', i + 2);
      blank(i, end < 0 ? text.length : end + 2);
      i = end < 0 ? text.length : end + 2;
    } else if (c === "'" || c === '"') {
      let k = i + 1;
      while (k < text.length && text[k] !== c && text[k] !== '\n') k += text[k] === '\\' ? 2 : 1;
      literal(i + 1, Math.min(k, text.length));
      if (text[i] === c) i++;
    } else if (c === '`') template(i + 1);
    else if (c === '{') {
      closing.push(false);
      i++;
    } else if (c === '}') {
      if (closing.pop()) template(i + 1);
      else i++;
    } else if (
      c === '/' &&
      /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\breturn|\bcase)\s*$/.test(text.slice(Math.max(0, i - 40), i))
    ) {
      const found = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//.exec(text.slice(i, i + 2000));
      if (found) blank(i, i + found[0].length);
      i += found ? found[0].length : 1;
    } else i++;
  }
  return { code: code.join(''), strings };
}

const lineOf = (text, offset) => text.slice(0, offset).split('\n').length;

/** Every module or glob that a file names: { target, start, isType }. */
export function findImports(text) {
  const { code, strings } = scan(text);
  const found = [];
  for (const { start, text: target } of strings) {
    const before = code.slice(0, start - 1).trimEnd();
    const statement = before.slice(Math.max(before.lastIndexOf(';'), -1) + 1);
    const from = /\b(import|export)\b(\s+type\b)?(?:(?!\b(?:import|export)\b)[\s\S])*\bfrom$/.exec(statement);
    if (from) found.push({ target, start, isType: !!from[2] });
    else if (/\bimport(\s*\()?$/.test(statement)) found.push({ target, start, isType: false });
    else if (/import\.meta\.glob\s*(<[^()]*>)?\s*\(\s*(\[[^\]]*)?$/.test(statement)) {
      found.push({ target: target.replace(/^!/, ''), start, isType: false });
    }
  }
  return found;
}

/** The path inside the root that an import names, or undefined for a package. */
function resolveTarget(file, target) {
  const path = target.split('?')[0];
  if (path.startsWith('/')) return posix.normalize(path.slice(1));
  return path.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), path)) : undefined;
}

/** The folder of src/ a path is in; '' for a file of src/ itself, undefined outside src/. */
function folderOf(path) {
  const parts = path.split('/');
  if (parts[0] !== 'src') return undefined;
  return parts.length > 2 ? parts[1] : '';
}

function mayImport(from, to) {
  if (from === to || from === '') return to !== 'cli' || from === 'cli';
  if (ALONGSIDE[from]) return ALONGSIDE[from].includes(to);
  if (ALONGSIDE[to] || to === '') return false;
  return LEVELS[from] >= LEVELS[to];
}

function checkImports(file, text, report) {
  const from = folderOf(file);
  const isTwin = /^shaders\/.*\.(ref|fast)\.ts$/.test(file);
  if (from === undefined && !isTwin) return;
  for (const { target, start, isType } of findImports(text)) {
    const path = resolveTarget(file, target);
    const line = lineOf(text, start);
    if (isTwin) {
      const isShared = /^shaders\/.*\.(ref|fast)\.ts$/.test(path ?? '') || path === 'src/engine/random.ts';
      if (!isShared && !(isType && path?.startsWith('src/engine/'))) {
        report(
          file,
          line,
          `imports '${target}'`,
          "other twins, src/engine/random.ts, or 'import type' from src/engine",
        );
      }
      continue;
    }
    const to = path && folderOf(path);
    if (to === undefined) continue;
    for (const folder of [from, to]) {
      if (folder !== '' && !(folder in LEVELS) && !(folder in ALONGSIDE)) {
        report(
          file,
          line,
          `names src/${folder}`,
          `one of ${[...Object.keys(LEVELS), ...Object.keys(ALONGSIDE)].join(', ')}`,
        );
        return;
      }
    }
    if (!mayImport(from, to) && !SHARED[from]?.includes(path)) {
      const want = ALONGSIDE[from]
        ? `src/${from} imports only ${ALONGSIDE[from].join(', ')}`
        : `imports go down: ${ORDER}`;
      report(file, line, `imports '${target}', from src/${from} up to src/${to}`, want);
    }
  }
}

/** WGSL without its comments, offsets kept. Block comments nest. */
function withoutComments(wgsl) {
  const out = wgsl.split('');
  let depth = 0;
  let inLine = false;
  for (let i = 0; i < wgsl.length; i++) {
    const pair = wgsl.slice(i, i + 2);
    if (wgsl[i] === '\n') inLine = false;
    else if (inLine) out[i] = ' ';
    else if (pair === '/*' || (depth > 0 && pair === '*/')) {
      depth += pair === '/*' ? 1 : -1;
      out[i] = out[i + 1] = ' ';
      i++;
    } else if (depth === 0 && pair === '//') {
      inLine = true;
      out[i] = ' ';
    } else if (depth > 0) out[i] = ' ';
  }
  return out.join('');
}

function checkKernels(root, files, report) {
  const kernels = files.filter((f) => /^shaders\/kernels\/[^/]+\.wgsl$/.test(f));
  const twins = files.filter((f) => /^shaders\/kernels\/[^/]+\.ref\.ts$/.test(f));
  for (const file of kernels) {
    const twin = file.replace(/\.wgsl$/, '.ref.ts');
    if (!twins.includes(twin)) report(file, 1, 'a kernel without a twin', twin);
    const stem = posix.basename(file, '.wgsl');
    const code = withoutComments(readFileSync(join(root, file), 'utf8'));
    const entries = [...code.matchAll(/@compute\b/g)];
    if (entries.length !== 1) {
      const line = entries.length ? lineOf(code, entries[1].index) : 1;
      report(file, line, `${entries.length} @compute entry points`, `exactly one, 'fn ${stem}('`);
      continue;
    }
    const name = /^@compute(?:\s*@[a-z_]+(?:\s*\([^)]*\))?)*\s*fn\s+(\w+)\s*\(/.exec(code.slice(entries[0].index))?.[1];
    if (name !== stem) {
      report(
        file,
        lineOf(code, entries[0].index),
        `the entry point '${name ?? '?'}'`,
        `'fn ${stem}(', named like the file`,
      );
    }
  }
  for (const twin of twins) {
    const file = twin.replace(/\.ref\.ts$/, '.wgsl');
    if (!kernels.includes(file)) report(twin, 1, 'a twin without a kernel', file);
  }
}

// Where a WGSL declaration can begin: so an error message may quote one, a shader may not be written.
const WGSL = /(?:^|[;}])[\s)]*(?:@\w+(?:\([^)]*\))?\s*)*(@compute|var<storage)/m;
const ANY = /(?::|\bas\b|<|,|[|&]|=|\bextends\b|=>|\bis\b|\bsatisfies\b)\s*(any)\b(?=\s*(?:\[\s*\]|[;,)>|&={}\]]|$))/gm;

function checkText(file, text, report) {
  const lines = text.split('\n');
  const count = lines.length - (lines.at(-1) === '' ? 1 : 0);
  if (count > MAX_LINES)
    report(file, MAX_LINES + 1, `${count} lines`, `at most ${MAX_LINES}; split it along a real seam`);
  if (!/\.tsx?$/.test(file)) return;
  const { code, strings } = scan(text);
  for (const { start, text: value } of file.startsWith('src/') ? strings : []) {
    const wgsl = WGSL.exec(value);
    if (!wgsl) continue;
    const line = lineOf(text, start + wgsl.index + wgsl[0].length);
    report(file, line, `WGSL in a string ('${wgsl[1]}')`, 'a .wgsl file under shaders/');
  }
  for (const match of code.matchAll(ANY)) {
    const line = lineOf(code, match.index + match[0].lastIndexOf('any'));
    const marked = [lines[line - 1], lines[line - 2] ?? ''].some((l) => l.includes('biome-ignore'));
    if (!marked) report(file, line, "the type 'any'", "a real type, 'unknown', or a biome-ignore line that says why");
  }
}

/** Violations of a tree, sorted, each as `file:line what was found, what is wanted`. */
export function checkTree(root) {
  const found = [];
  const report = (file, line, what, wanted) =>
    found.push({ file, line, text: `${file}:${line} found ${what}, wanted ${wanted}` });
  const files = listFiles(root);
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    checkText(file, text, report);
    if (/\.tsx?$/.test(file)) checkImports(file, text, report);
  }
  checkKernels(root, files, report);
  found.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return { violations: found.map((v) => v.text), num_files: files.length };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  if (!existsSync(root)) {
    console.error(
      `error: ${relative(process.cwd(), root).split(sep).join('/')} does not exist, wanted a folder to check`,
    );
    process.exit(1);
  }
  const { violations, num_files } = checkTree(root);
  for (const violation of violations) console.log(violation);
  console.log(`sanity: ${num_files} files, ${violations.length} violations`);
  process.exit(violations.length ? 1 : 0);
}
