/** The embed without a browser: its options, messages, recordings and texts to paste. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { algorithmEntry, armEntries } from '../../src/cli/recordings.ts';
import type { EmbedState } from '../../src/embed/api.ts';
import { makeAround } from '../../src/embed/frame.ts';
import { luminanceOf, wantsPoster } from '../../src/embed/host.ts';
import {
  CONTROLS,
  DEFAULTS,
  isForwarded,
  isSetting,
  OPTION_NAMES,
  PANELS,
  readOptions,
  reservedHeight,
  THEMES,
} from '../../src/embed/options.ts';
import { type Command, posted, type Report, readCommand, readReport, VERSION } from '../../src/embed/protocol.ts';
import entries from '../../src/embed/recorded.json' with { type: 'json' };
import { MEASURING } from '../../src/embed/recorded.ts';
import { evenly, NUM_POINTS, readRecording, writeRecording } from '../../src/embed/recording.ts';
import { CpuExecutor } from '../../src/engine/cpu.ts';
import { shaderLibrary } from '../../src/engine/library.ts';
import { DEFAULT_SETUP } from '../../src/state/defaultSetup.ts';
import {
  type EmbedChoice,
  elementHtml,
  embedParameters,
  iframeHtml,
  markdownLink,
  recordingOf,
} from '../../src/state/embedSnippets.ts';
import { registries } from '../../src/state/registries.ts';
import { makeRunStore } from '../../src/state/runStore.ts';
import { readQuery } from '../../src/state/urlState.ts';
import { defaultRun } from '../../src/trainer/defaultRun.ts';
import { Run } from '../../src/trainer/run.ts';
import { slotTwins } from '../../src/trainer/slots.ts';
import { readXml } from './lib/readers.ts';
import { batchOf, info, range } from './lib/rows.ts';

const read = (query: string) => readOptions(new URLSearchParams(query));

describe('options', () => {
  test('nothing asked for is the default, without a complaint', () => {
    const { options, complaints } = read('');
    expect(complaints).toEqual([]);
    expect(options).toMatchObject({ ...DEFAULTS, knobs: [], theme: 'host', autoplay: false, setup: '' });
    expect(options.recording?.curves.map(({ metric }) => metric)).toEqual(['reward_mean', 'entropy']);
  });

  test('an algorithm that is at home elsewhere has the recording of its run there', () => {
    expect(read('algorithm=ssrl').options).toMatchObject({
      label: 'SSRL on Self-search',
      recording: { curves: [{ metric: 'reward_mean' }, { metric: 'entropy' }] },
    });
  });

  test('every option is read', () => {
    const { options, complaints } = read(
      'algorithm=rloo&set.learning_rate=0.05&panels=charts,samples&charts=entropy&controls=reset+play+clip_low&theme=dark&autoplay&height=500&label=A+b&recording=20*2;entropy:0:1:A_',
    );
    expect(complaints).toEqual([]);
    expect(options).toEqual({
      panels: ['charts', 'samples'],
      charts: ['entropy'],
      controls: ['play', 'reset'],
      knobs: ['clip_low'],
      theme: 'dark',
      autoplay: true,
      height: 500,
      label: 'A b',
      recording: { steps: 20, seeds: 2, curves: [{ metric: 'entropy', values: [0, 1] }] },
      setup: '?algorithm=rloo&set.learning_rate=0.05',
    });
  });

  test('an experiment brings its settings, others are laid over them and take the recording away', () => {
    const plain = read('experiment=entropy_collapse&arm=entropy_bonus');
    expect(plain.complaints).toEqual([]);
    expect(plain.options.setup).toContain('set.entropy_coef=0.1');
    expect(plain.options.recording).toMatchObject({ steps: 151, seeds: 8 });
    const changed = read('experiment=entropy_collapse&arm=entropy_bonus&set.entropy_coef=0.2').options;
    expect(changed.setup).toContain('set.entropy_coef=0.2');
    expect(changed.recording).toBeUndefined();
    expect(read('experiment=entropy_collapse').options.label).toContain('GRPO without');
  });

  test('settings that only measure keep the recording, exactly the same settings go first', () => {
    const plain = read('').options;
    const watched = read('batch.entropy_watch=1&batch.eval_every=7').options;
    expect(watched.recording).toEqual(plain.recording);
    expect(watched.setup).toBe('?batch.entropy_watch=1&batch.eval_every=7');
    expect(read('batch.eval_samples=64').options.label).toContain('Mode coverage');
    expect(read('batch.entropy_watch=1&batch.prompts=4').options.recording).toBeUndefined();
  });

  test.each([
    ['panels=chart', "Unknown panel 'chart'. Did you mean 'charts'?"],
    ['theme=blue', "Unknown theme 'blue'."],
    ['height=12', "'height' is '12'; wanted pixels from 120 to 4000."],
    ['height=', "'height' is ''; wanted pixels"],
    ['charts=a-b', "'charts' names 'a-b'; wanted ids of metrics"],
    ['recording=x', "The recording 'x' is none"],
    ['experiment=entropy', "Unknown experiment 'entropy'."],
    ['experiment=entropy_collapse&arm=kl', "Unknown arm of entropy_collapse 'kl'."],
    [
      'experiment=entropy_collapse&arm=late_kl_cov',
      "Arm 'late_kl_cov' of entropy_collapse changes on the way, which an embed cannot do; choose grpo, clip_cov, kl_cov, ",
    ],
    [`controls=${range(0, 9).map((k) => `a${k}`)}`, 'There are 9 sliders; wanted at most 8.'],
  ])('%s is one sentence', (query, sentence) => {
    const { complaints } = read(query);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(sentence);
  });

  test('garbage never throws, and what comes out is always in range', () => {
    const name = fc.oneof(fc.constantFrom(...OPTION_NAMES, 'algorithm', 'set.x', '__proto__', 'part.y'), fc.string());
    const word = fc.constantFrom(...PANELS, ...CONTROLS, ...THEMES, 'constructor', '20*2;entropy:0:1:A_', '-1', 'NaN');
    const value = fc.oneof(
      word,
      fc.string(),
      fc.array(word).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const { options, complaints } = readOptions(new URLSearchParams(pairs));
        for (const panel of options.panels) expect(PANELS).toContain(panel);
        for (const control of options.controls) expect(CONTROLS).toContain(control);
        expect(THEMES).toContain(options.theme);
        expect(options.label.length).toBeLessThanOrEqual(120);
        expect(options.knobs.length).toBeLessThanOrEqual(8);
        const height = reservedHeight(options, 600);
        expect(height).toBeGreaterThan(50);
        expect(height).toBeLessThan(8000);
        for (const complaint of complaints) expect(complaint).toMatch(/\.$/);
        readQuery(registries, DEFAULT_SETUP, options.setup);
      }),
      { numRuns: 500 },
    );
  });

  test('every name that a link can have is forwarded, and what HTML knows is not', () => {
    const link =
      '?v=1&task=two_forms&policy=transformer&algorithm=rloo&seed=2&engine=cpu&speed=3&part.weighting=constant&policy.layers=1&batch.prompts=4&set.exploit_rate=0.9';
    for (const [name] of new URLSearchParams(link)) expect(isSetting(name), name).toBe(true);
    for (const name of ['class', 'style', 'id', 'slot', 'part', 'title', 'role', 'data-x', 'lab', 'onclick'])
      expect(isForwarded(name), name).toBe(false);
  });
});

describe('recordings', () => {
  const recorded = (entries as { title: string; setup?: string; recording: string }[]).flatMap(
    ({ setup, ...entry }) => (setup === undefined ? [] : [{ ...entry, setup }]), // an arm that changes on the way has none
  );

  test('are read as they were written, to a part in 63', () => {
    const curve = fc.record({
      metric: fc.constantFrom('reward_mean', 'entropy'),
      values: fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: NUM_POINTS }),
    });
    const recording = fc.record({
      steps: fc.integer({ min: 1, max: 100_000 }),
      seeds: fc.integer({ min: 1, max: 16 }),
      curves: fc.array(curve, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(recording, (written) => {
        const back = readRecording(writeRecording(written));
        expect(back).toMatchObject({ steps: written.steps, seeds: written.seeds });
        written.curves.forEach(({ values }, k) => {
          const range = Math.max(...values) - Math.min(...values);
          values.forEach((value, i) => {
            expect(Math.abs(back.curves[k].values[i] - value)).toBeLessThanOrEqual(range / 126 + 0.051);
          });
        });
      }),
    );
  });

  test('any other text is refused with one sentence', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readRecording(text)).toThrow(/^The recording '/);
      }),
    );
    for (const text of [
      '20*2',
      '20*2;entropy:1:0:AB',
      '20*2;entropy:0:1:A',
      '20*2;entropy:0:1:A!',
      '20*2;entropy::1:AB',
    ])
      expect(() => readRecording(text), text).toThrow('is none; wanted');
  });

  test('a curve is spread evenly between its first and last measured value', () => {
    const values = evenly([0, 5, 10, 15, 20], [Number.NaN, 0, null, 10, 20]);
    expect(values).toHaveLength(NUM_POINTS);
    expect([values[0], values.at(-1)]).toEqual([0, 20]);
    expect(values[16]).toBeCloseTo((15 * 16) / 47, 10); // the hole at step 10 is bridged
    expect(evenly([1], [1])).toEqual([]);
  });

  test('those in the repository are of the present experiments and settings', () => {
    const of_arms = entries.filter((entry) => 'arm' in entry);
    expect(of_arms, 'after a change of an experiment or its results: npm run recordings').toEqual(armEntries());
    for (const { title, setup, recording } of recorded) {
      expect(readQuery(registries, DEFAULT_SETUP, setup).complaints, title).toEqual([]);
      if (recording !== '') readRecording(recording);
    }
  });

  test('what only measures leaves the curves as they are', async () => {
    const changed: Record<string, number> = { entropy_watch: 1, eval_every: 3, eval_samples: 8 };
    expect(Object.keys(changed).map((name) => `batch.${name}`)).toEqual(MEASURING);
    const curveOf = async (batch: Record<string, number>) => {
      const run = await Run.open(new CpuExecutor(shaderLibrary, { slots: slotTwins() }), defaultRun({ batch }));
      const rows = await run.advance(12);
      const { metrics } = run.info();
      const columns = ['reward_mean', 'entropy'].map((id) => metrics.findIndex((metric) => metric.id === id));
      return rows.map(({ values }) => columns.map((column) => values[column]));
    };
    expect(await curveOf(changed)).toEqual(await curveOf({}));
  });

  test('the recorded default run is what the trainer computes', async () => {
    const stored = recorded.find(({ setup }) => setup === '');
    const [now, then] = [await algorithmEntry('grpo'), stored].map((entry) => readRecording(entry!.recording));
    now.curves.forEach(({ metric, values }, k) => {
      expect(then.curves[k].metric).toBe(metric);
      values.forEach((value, i) => {
        expect(Math.abs(value - then.curves[k].values[i]), `${metric} at point ${i}`).toBeLessThan(0.05);
      });
    });
  });
});

describe('messages', () => {
  const state: EmbedState = { setup: '?v=1', phase: 'running', is_playing: true, step: 3, metrics: { entropy: 1 } };
  const commands: Command[] = [
    { type: 'play' },
    { type: 'get', id: 4 },
    { type: 'set', name: 'algorithm', value: 'rloo', id: 0 },
    { type: 'set', name: 'set.clip_low', value: 0.1 },
    { type: 'theme', theme: 'dark' },
  ];
  const reports: Report[] = [
    { type: 'ready', state },
    { type: 'state', state, id: 4 },
    { type: 'height', height: 400 },
    { type: 'step', step: 3, metrics: { entropy: 1 } },
    { type: 'edit', step: 3, text: 'x' },
    { type: 'error', message: 'x', id: 9 },
  ];

  test('are read as they were posted', () => {
    for (const message of commands) expect(readCommand(posted(message))).toEqual({ message });
    for (const message of reports) expect(readReport(posted(message))).toEqual({ message });
  });

  test('what is not ours is left alone', () => {
    for (const data of [undefined, null, 'play', 3, [], {}, { type: 'play' }, { source: 'react-devtools' }])
      expect(readCommand(data)).toBeUndefined();
  });

  test.each([
    [{ rollout_lab: 2, type: 'play' }, "The message is of version 2; wanted 'rollout_lab' 1."],
    [{ rollout_lab: VERSION }, "Unknown message type 'undefined'."],
    [{ rollout_lab: VERSION, type: 'plai' }, "Unknown message type 'plai'. Did you mean 'play'?"],
    [{ rollout_lab: VERSION, type: 'constructor' }, "Unknown message type 'constructor'."],
    [{ rollout_lab: VERSION, type: 'set', name: 'x' }, "The message 'set' has undefined as 'value'; wanted a text"],
    [{ rollout_lab: VERSION, type: 'set', name: 'x', value: Number.NaN }, 'wanted a text or a finite number'],
    [{ rollout_lab: VERSION, type: 'theme', theme: 'red' }, "has 'red' as 'theme'; wanted 'light' or 'dark'."],
    [{ rollout_lab: VERSION, type: 'play', id: 'x' }, "has 'x' as 'id'; wanted a finite number, or none."],
  ])('%j is one sentence', (data, sentence) => {
    const reading = readCommand(data);
    expect(reading && 'problem' in reading ? reading.problem : reading).toContain(sentence);
  });

  test('garbage is ignored or one sentence, and only fields that belong come through', () => {
    const garbage = fc.record(
      {
        rollout_lab: fc.oneof(fc.constant(VERSION), fc.anything()),
        type: fc.oneof(fc.constantFrom('play', 'set', 'height', 'step', 'state'), fc.anything()),
        name: fc.anything(),
        value: fc.anything(),
        id: fc.anything(),
        metrics: fc.anything(),
        state: fc.anything(),
        height: fc.anything(),
      },
      { requiredKeys: ['rollout_lab'] },
    );
    fc.assert(
      fc.property(fc.oneof(garbage, fc.anything()), (data) => {
        for (const reading of [readCommand(data), readReport(data)]) {
          if (!reading) continue;
          if ('problem' in reading) expect(reading.problem).toMatch(/\.$/);
          else for (const name of Object.keys(reading.message)) expect(data).toHaveProperty(name);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a state with a hole is refused', () => {
    const { metrics, ...rest } = state;
    const reading = readReport({ rollout_lab: VERSION, type: 'ready', state: rest });
    expect(metrics).toBeDefined();
    expect(reading).toEqual({ problem: "The message 'ready' has object as 'state'; wanted a state." });
  });
});

describe('the frame and the page around', () => {
  /** A window whose parent remembers what it was told. */
  function framed(ancestor?: string) {
    const told: { data: Record<string, unknown>; to: string }[] = [];
    const parent = { postMessage: (data: Record<string, unknown>, to: string) => told.push({ data, to }) };
    const view = Object.assign(new EventTarget(), {
      parent,
      location: { ancestorOrigins: ancestor === undefined ? undefined : [ancestor] },
    });
    const from = (data: unknown, origin: string, source: unknown = parent) =>
      view.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
    return { around: makeAround(view as unknown as Window), told, from };
  }
  const play = posted({ type: 'play' });

  test('only the parent is heard, and only the origin that spoke first', () => {
    const { around, told, from } = framed();
    const heard: Command[] = [];
    from(play, 'https://blog.example');
    around.serve((command) => heard.push(command));
    expect(heard).toEqual([{ type: 'play' }]); // it came before anybody served
    from(posted({ type: 'pause' }), 'https://evil.example');
    from(posted({ type: 'pause' }), 'https://blog.example', {});
    expect(heard).toHaveLength(1);
    expect(told).toEqual([]);
    from({ rollout_lab: 7 }, 'https://blog.example');
    expect(told).toEqual([
      {
        data: { rollout_lab: 1, type: 'error', message: "The message is of version 7; wanted 'rollout_lab' 1." },
        to: 'https://blog.example',
      },
    ]);
  });

  test('where the browser names the embedder, nobody else can speak first', () => {
    const { around, told, from } = framed('https://blog.example');
    const heard: Command[] = [];
    around.serve((command) => heard.push(command));
    from(play, 'https://evil.example');
    expect(heard).toEqual([]);
    around.tell({ type: 'height', height: 1 });
    expect(told[0].to).toBe('https://blog.example');
  });

  test('an origin without a name is answered too', () => {
    const { around, told } = framed('null');
    around.tell({ type: 'height', height: 1 });
    expect(told[0].to).toBe('*');
  });
});

describe('the reader and the page around', () => {
  const device = (gpu: unknown, saveData: boolean, is_still: boolean) =>
    ({ navigator: { gpu, connection: { saveData } }, matchMedia: () => ({ matches: is_still }) }) as unknown as Window;

  test('no WebGPU, data saver and reduced motion wait for the button', () => {
    const query = new URLSearchParams();
    expect(wantsPoster(query, device({}, false, false))).toBe(false);
    expect(wantsPoster(query, device(undefined, false, false))).toBe(true);
    expect(wantsPoster(new URLSearchParams('engine=cpu'), device(undefined, false, false))).toBe(false);
    expect(wantsPoster(query, device({}, true, false))).toBe(true);
    expect(wantsPoster(query, device({}, false, true))).toBe(true);
  });

  test('a ground has a luminance unless it is transparent', () => {
    expect(luminanceOf('rgb(255, 255, 255)')).toBeCloseTo(1);
    expect(luminanceOf('rgba(0, 0, 0, 0.9)')).toBe(0);
    expect(luminanceOf('rgba(0, 0, 0, 0)')).toBeUndefined();
    expect(luminanceOf('oklch(0.5 0.1 20)')).toBeUndefined();
  });

  test('the module loads where there is no document', async () => {
    expect(globalThis.HTMLElement).toBeUndefined();
    expect((await import('../../src/embed/rollout-lab.ts')).RolloutLabElement).toBeTypeOf('function');
  });
});

describe('what an author pastes', () => {
  const choice: EmbedChoice = { ...DEFAULTS, knobs: [], theme: 'host', autoplay: false, label: '', recording: '' };
  const LAB = 'https://lab.example/play/';

  test('the default run takes no attribute but the version', () => {
    expect(embedParameters('?v=1', choice).toString()).toBe('v=1');
  });

  test('what is chosen comes back, through both forms', () => {
    const chosen: EmbedChoice = {
      panels: ['charts', 'inside'],
      charts: ['entropy'],
      controls: ['play', 'seed'],
      knobs: ['clip_low'],
      theme: 'dark',
      autoplay: true,
      label: 'A "quoted" <b> & more',
      recording: '20*2;entropy:0:1:A_',
    };
    const parameters = embedParameters('?v=1&algorithm=rloo&set.clip_low=0.1', chosen);
    const wanted = readOptions(parameters);
    expect(wanted.complaints).toEqual([]);
    const { recording, ...plain } = chosen;
    expect(wanted.options).toMatchObject({ ...plain, setup: '?v=1&algorithm=rloo&set.clip_low=0.1' });
    expect(writeRecording(wanted.options.recording!)).toBe(recording);

    const html = elementHtml(LAB, parameters, '?v=1&algorithm=rloo', 500);
    expect(html).toContain('<script type="module" src="https://lab.example/play/rollout-lab.js"></script>');
    const element = readXml(
      html.slice(html.indexOf('<rollout-lab')).replace(' autoplay', ' autoplay=""').replace(/\n +/g, ' '),
    );
    const { height, style, ...attributes } = element.attributes;
    expect({ height, style }).toEqual({ height: '500', style: 'display:block;min-height:500px' });
    expect(readOptions(new URLSearchParams(attributes))).toEqual(wanted);

    const frame = /src="([^"]+)"/.exec(iframeHtml(LAB, parameters, 'x', 500))![1].replaceAll('&amp;', '&');
    expect(frame.startsWith(`${LAB}embed.html?`)).toBe(true);
    expect(readOptions(new URL(frame).searchParams)).toEqual(wanted);
  });

  test('a link is Markdown whatever the title', () => {
    expect(markdownLink(LAB, '?v=1', 'a [b]')).toBe('[a \\[b\\]](https://lab.example/play/?v=1)');
  });

  test('a run is recorded only as what it is', () => {
    const store = makeRunStore();
    store.getState().setInfo(info(), true);
    store.getState().addRows(batchOf(range(0, 5), 2, 1, (s) => s));
    expect(() => recordingOf(store.getState(), ['reward_mean'])).toThrow('has done 5 steps; wanted at least 10');
    store.getState().addRows(batchOf(range(5, 40), 2, 1, (s) => s));
    expect(() => recordingOf(store.getState(), ['nothing'])).toThrow('None of the chosen charts');
    const { text, steps } = recordingOf(store.getState(), ['reward_mean']);
    expect(steps).toBe(40);
    expect(readRecording(text)).toMatchObject({ steps: 40, seeds: 2 });
    expect(readRecording(text).curves[0].values.at(-1)).toBe(39);
    store.getState().addEdit({ step: 40, text: 'x 1 → 2' });
    expect(() => recordingOf(store.getState(), ['reward_mean'])).toThrow('changed on the way');
  });
});

test('the example site is what its Markdown says', () => {
  const [html, markdown] = ['index.html', 'post.md'].map((name) =>
    readFileSync(`public/examples/site/${name}`, 'utf8'),
  );
  const embeds = (text: string) => text.match(/<rollout-lab [^>]*>/g);
  expect(embeds(html)).toHaveLength(2);
  expect(embeds(html)).toEqual(embeds(markdown));
  for (const page of [html, readFileSync('public/examples/entropy-collapse.html', 'utf8')]) {
    for (const [tag] of page.matchAll(/<rollout-lab [^>]*>/g)) {
      const attributes = [...tag.matchAll(/([\w.]+)="([^"]*)"/g)].map(([, name, value]): [string, string] => [
        name,
        value,
      ]);
      const { complaints, options } = readOptions(new URLSearchParams(attributes));
      expect(complaints).toEqual([]);
      expect(options.recording).toBeDefined();
    }
  }
});
