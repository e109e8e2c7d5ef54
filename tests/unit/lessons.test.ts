/** Lessons: every run they open can be built, every control they point at is on the page, every number belongs to a metric. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { ROLES } from '../../src/algorithms/algorithm.ts';
import { parseCommand } from '../../src/cli/arguments.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { collectLessons, lessonOf, lessons } from '../../src/lessons/index.ts';
import { BUTTONS, CHARTS, PICKS, SECTIONS } from '../../src/lessons/lesson.ts';
import { clausesOf } from '../../src/state/clauses.ts';
import { makeLab } from '../../src/state/lab.ts';
import { keepLesson, lessonIn, withLesson } from '../../src/state/lessonAddress.ts';
import {
  commandOf,
  configsOf,
  controlPlace,
  formatMeasured,
  formerRun,
  isRunOf,
  lessonConfig,
  taskAddress,
} from '../../src/state/lessons.ts';
import { registries } from '../../src/state/registries.ts';
import { DEFAULT_SETUP } from '../../src/state/setupStore.ts';
import { readQuery } from '../../src/state/urlState.ts';
import { makeViewStore, PANELS } from '../../src/state/viewStore.ts';
import { resolve } from '../../src/trainer/resolve.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const blocks = lessons.flatMap(({ id, parts }) =>
  parts.flatMap(({ title, blocks: all }) => all.map((block) => ({ where: `${id}, ${title}`, block }))),
);
const metricIds = (text: string) => new Set([...text.matchAll(/'([a-z][a-z0-9_]*)'/g)].map((m) => m[1]));
const columns = metricIds(read('src/trainer/metrics.ts'));
const isMetric = (id: string) => columns.has(id) || /^(pass_at|kind_share|kind_accuracy)_\d+$/.test(id);

describe('every lesson', () => {
  test('is found, in order, and has papers that are there', () => {
    expect(lessons.map(({ number }) => number)).toEqual(lessons.map((_, index) => index + 1));
    for (const { id, papers, algorithms, question } of lessons) {
      expect(lessonOf(id)?.id).toBe(id);
      expect(question).toMatch(/\?$/);
      expect(papers.length + algorithms.length).toBeGreaterThan(0);
      for (const paper of papers) expect(existsSync(join(root, `seeds/${paper}.json`)), paper).toBe(true);
      for (const algorithm of algorithms) expect(Object.keys(registries.algorithms)).toContain(algorithm);
    }
  });

  test('asks before it tells: a question stands before the first expectation of its part', () => {
    for (const { id, parts } of lessons)
      for (const { title, blocks: all } of parts) {
        const asked = all.findIndex(({ kind }) => kind === 'question');
        const told = all.findIndex(({ kind }) => kind === 'expect');
        expect(asked, `${id}, ${title}`).toBeGreaterThanOrEqual(0);
        if (told >= 0) expect(asked, `${id}, ${title}`).toBeLessThan(told);
      }
  });

  test('has short paragraphs and equations that can be typeset', () => {
    for (const { where, block } of blocks) {
      if (block.kind === 'text') expect(block.text.length, where).toBeLessThan(330);
      if (block.kind === 'equation')
        for (const tex of clausesOf(block.tex))
          expect(() => katex.renderToString(tex, { throwOnError: true, strict: 'ignore' }), where).not.toThrow();
    }
  });

  test('a file that does not declare what its name promises is refused', () => {
    const [first] = lessons;
    expect(() => collectLessons({ './x.ts': {} })).toThrow('no default export');
    expect(() => collectLessons({ './x.ts': { default: first } })).toThrow("name it 'x'");
    expect(() =>
      collectLessons({ [`./${first.id}.ts`]: { default: first }, './x.ts': { default: { ...first, id: 'x' } } }),
    ).toThrow('give it another');
  });
});

describe('every configuration', () => {
  const all = lessons.flatMap(configsOf);

  test('can be built', () => {
    for (const { where, config } of all) expect(() => resolve(config), where).not.toThrow();
  });

  test('has the control that the task points at', () => {
    const pointing = all.flatMap(({ where, config, task }) => (task?.at ? [{ where, config, at: task.at }] : []));
    expect(pointing.length).toBeGreaterThan(10);
    for (const { where, config, at } of pointing) {
      const place = controlPlace(registries, config, at);
      expect(place, `${where}: ${JSON.stringify(at)}`).toBeDefined();
      if (place?.panel) expect(PANELS).toContain(place.panel);
      // a hyperparameter's slider is drawn where the worker lists it
      if ('knob' in at && place?.panel === 'hyper') {
        const { knob } = at;
        expect(
          resolve(config).hyper.some(({ name }) => name === knob),
          where,
        ).toBe(true);
      }
    }
  });

  test('is what its link says', () => {
    const lab = makeLab(registries, () => ({ api: {} as never, broken: new Promise(() => {}), close: () => {} }), '');
    lab.view.getState().setLesson({ id: 'clipping', part: 2 });
    const opening = all.flatMap(({ where, task }) => (task?.open ? [{ where, task, open: task.open }] : []));
    expect(opening.length).toBeGreaterThan(10);
    for (const { where, task, open } of opening) {
      const address = taskAddress(lab, task);
      const { setup, complaints } = readQuery(registries, DEFAULT_SETUP, address);
      expect(complaints, where).toEqual([]);
      expect(resolve(setup.config).values).toEqual(resolve(lessonConfig(open)).values);
      expect(lessonIn(address)).toEqual({ id: 'clipping', part: 2 });
    }
  });

  test('is there for every part: its own, or that of the nearest earlier part', () => {
    for (const { id, parts } of lessons)
      for (const [index, { blocks: all }] of parts.entries()) {
        const has_own = all.some((block) => block.kind === 'task' && block.open);
        const former = formerRun(lessonOf(id)!, index + 1);
        expect(former === undefined, `${id} ${index + 1}`).toBe(has_own);
      }
    expect(formerRun(lessonOf('entropy_collapse')!, 4)?.part).toBe(1);
    expect(formerRun(lessonOf('clipping')!, 3)?.part).toBe(2);
    expect(formerRun(lessonOf('no_labels')!, 2)?.task.button).toBe('Start TTRL');
  });

  test('is told from another run, and from the same with another seed it is not', () => {
    const open = (search: string) =>
      makeLab(registries, () => ({ api: {} as never, broken: new Promise(() => {}), close: () => {} }), search);
    const { task } = formerRun(lessonOf('clipping')!, 3)!;
    expect(isRunOf(open(''), task)).toBe(false);
    expect(isRunOf(open('?batch.epochs=8'), task)).toBe(true);
    expect(isRunOf(open('?batch.epochs=8&seed=7&speed=5'), task)).toBe(true);
    expect(isRunOf(open('?batch.epochs=8&set.clip_high=0.4'), task)).toBe(false);
    for (const lesson of lessons)
      for (const part of lesson.parts.keys()) {
        const former = formerRun(lesson, part + 1);
        if (former) expect(isRunOf(open(taskAddress(open(''), former.task)), former.task), lesson.id).toBe(true);
      }
  });

  test('is measured by a command that can be read, and by metrics that there are', () => {
    for (const { where, block } of blocks) {
      if (block.kind === 'task')
        for (const id of block.charts ?? []) expect(isMetric(id), `${where}: ${id}`).toBe(true);
      if (block.kind !== 'expect') continue;
      for (const { setup, numbers, is_ensemble } of block.runs) {
        const command = commandOf(registries, setup, 100, 8, is_ensemble);
        const parsed = parseCommand(command.replace('npm run train -- ', '').split(' '));
        const wanted = resolve(lessonConfig(setup));
        const found = resolve(parsed.config);
        expect(found.values, command).toEqual(wanted.values);
        expect({ ...found.batch, replicas: 0 }, command).toEqual({ ...wanted.batch, replicas: 0 });
        expect(found.config.task_settings, command).toEqual(lessonConfig(setup).task_settings);
        for (const { metric, mean, low, high } of numbers) {
          expect(isMetric(metric), `${where}: ${metric}`).toBe(true);
          expect(low).toBeLessThanOrEqual(mean);
          expect(mean).toBeLessThanOrEqual(high);
        }
      }
    }
  });
});

test('the controls that lessons may point at are marked on the page', () => {
  const page = ['panels/PartsPanel', 'header/Statement', 'knobs/KnobField', 'charts/ChartFrame', 'Panel']
    .map((name) => read(`src/ui/${name}.tsx`))
    .join('\n');
  for (const mark of [
    'data-role={role}',
    'data-role={label.toLowerCase()}',
    'data-knob={name}',
    'data-testid={`chart-',
    'aria-labelledby={`',
  ])
    expect(page).toContain(mark);
  for (const pick of PICKS)
    expect(page.toLowerCase()).toMatch(new RegExp(`<pick\\s+label="${pick}"|data-role="${pick}"`));
  const buttons = read('src/ui/controls/RunButtons.tsx') + read('src/ui/runs/KeepButton.tsx');
  for (const button of BUTTONS) expect(buttons).toContain(`data-role="${button}"`);
  for (const section of SECTIONS) expect(PANELS).toContain(section);
  for (const chart of CHARTS) expect(read('src/ui/charts/ChartsPanel.tsx').toLowerCase()).toContain(`title="${chart}"`);
  for (const role of ROLES) expect(controlPlace(registries, lessonConfig({}), { part: role })).toBeDefined();
  expect(controlPlace(registries, lessonConfig({}), { knob: 'constructor' })).toBeUndefined();
});

test('what the first lesson says is measured', async () => {
  const run = await Run.open(
    new CpuExecutor(shaderLibrary, { slots: slotTwins() }),
    lessonConfig({ batch: { replicas: 8 } }),
  );
  const metrics = run.info().metrics.map(({ id }) => id);
  const measured = new Map<string, number[]>();
  for (let step = 0; step <= 50; step++) {
    run.submit();
    run.executor.seal();
    for (const { values } of await run.take())
      for (const [m, id] of metrics.entries())
        measured.set(
          `${id} ${step}`,
          Array.from({ length: 8 }, (_, r) => values[r * metrics.length + m]),
        );
  }
  let count = 0;
  for (const { blocks: all } of lessonOf('entropy_collapse')!.parts)
    for (const block of all)
      for (const { setup, numbers } of block.kind === 'expect' ? block.runs : []) {
        if (Object.keys(setup).length > 0) continue;
        for (const { metric, step, mean, low, high } of numbers) {
          const values = measured.get(`${metric} ${step}`);
          if (!values) continue;
          const near = (a: number, b: number) => expect(Math.abs(a - b), `${metric} ${step}`).toBeLessThan(0.006);
          near(values.reduce((a, b) => a + b) / 8, mean);
          near(Math.min(...values), low);
          near(Math.max(...values), high);
          count++;
        }
      }
  expect(count).toBeGreaterThan(6);
});

describe('the address', () => {
  test('holds lesson and part beside what runs', () => {
    expect(lessonIn('?lesson=clipping&part=3')).toEqual({ id: 'clipping', part: 3 });
    expect(lessonIn('?lesson=clipping')).toEqual({ id: 'clipping', part: 1 });
    for (const part of ['-4', 'x', '1e9', '']) expect(lessonIn(`?lesson=a&part=${part}`)!.part).toBeGreaterThan(0);
    expect(lessonIn('?task=sort')).toBeUndefined();
    expect(withLesson('?task=sort', { id: 'matching', part: 2 })).toBe('?v=1&task=sort&lesson=matching&part=2');
    for (const version of ['', 'v=1&']) expect(withLesson(`?${version}lesson=matching&part=2`, undefined)).toBe('');
  });

  test('opens the lesson, and follows it', () => {
    const view = makeViewStore();
    const location = { search: '?seed=3&lesson=clipping&part=2', pathname: '/lab/', hash: '#law' };
    const written: string[] = [];
    const page = {
      location,
      history: { state: null, replaceState: (_s: unknown, _t: string, to: string) => written.push(to) },
    };
    const stop = keepLesson(view, page as unknown as Window);
    expect(view.getState().lesson).toEqual({ id: 'clipping', part: 2 });
    view.getState().setLesson({ id: 'clipping', part: 3 });
    view.getState().setLesson(undefined);
    expect(written).toEqual(['/lab/?v=1&seed=3&lesson=clipping&part=3#law', '/lab/?v=1&seed=3#law']);
    stop();
  });
});

test('measured numbers are written short', () => {
  expect(formatMeasured(0.206, 0.145, 0.336)).toBe('0.21 (0.14 to 0.34)');
  expect(formatMeasured(0, 0, 0)).toBe('0');
  expect(formatMeasured(1.73, 1.68, 1.76)).toBe('1.73 (1.68 to 1.76)');
});
