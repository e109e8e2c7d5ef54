/** The page's side of the worker: every button ends in one of these calls. A refusal becomes one sentence in the store. */
import { proxy, type Remote } from 'comlink';
import type { Role } from '../algorithms/algorithm.ts';
import type {
  Edit,
  Histogram,
  HistogramOf,
  RunConfig,
  RunInfo,
  SampleGroup,
  SelfTestResult,
  SelfTestRow,
  TrainerApi,
  TrainerEvents,
} from '../trainer/protocol.ts';
import { batchTable, type Catalogue, withoutDefaults } from './catalogue.ts';
import type { RunStore, Spread } from './runStore.ts';
import { isFollowed } from './sampleHistory.ts';
import { DEFAULT_SETUP, type SetupStore } from './setupStore.ts';
import type { EngineChoice, Setup } from './urlState.ts';
import type { ViewStore } from './viewStore.ts';

/** A connection to a trainer, in a worker or in the page itself. */
export interface Connection {
  api: Remote<TrainerApi> | TrainerApi;
  /** resolves with a sentence when the other side is gone for good */
  broken: Promise<string>;
  close(): void;
}
/** Makes a new connection; called again by a restart. */
export type Connect = () => Connection;

/** What can be done with a run. Every call resolves; problems are in the run store. */
export interface Session {
  /** Connects and opens the run of the setup store, then starts it. */
  begin(): Promise<void>;
  /** Throws the worker away and begins again. */
  restart(): Promise<void>;
  /** Builds the run again with some of its configuration changed. */
  open(change: Partial<RunConfig>): Promise<void>;
  setEngine(engine: EngineChoice): Promise<void>;
  toggle(): Promise<void>;
  step(): Promise<void>;
  reset(): Promise<void>;
  /** Opens a run whose replicas differ: hyperparameters by replica, told before the first step. */
  openSpread(change: Partial<RunConfig>, spread: Spread): Promise<void>;
  setHyper(name: string, value: number): Promise<void>;
  swapAlgorithm(id: string): Promise<void>;
  /** Resolves with the sentence of a refusal, '' where the part was exchanged. */
  swapPart(role: Role, id: string): Promise<string>;
  /** Why each of these configurations cannot be opened, '' where it can; undefined where nobody could be asked. */
  refusals(configs: readonly RunConfig[]): Promise<string[] | undefined>;
  setSpeed(speed: number): Promise<void>;
  /** The run as a file, or undefined when that was refused. */
  save(): Promise<{ name: string; data: ArrayBuffer } | undefined>;
  load(file: ArrayBuffer): Promise<void>;
  /** Fetches the sample that the view store looks at. */
  look(): Promise<void>;
  /** Every group of the last step of the replica that is looked at, all of one step; throws one sentence when refused. */
  samples(): Promise<SampleGroup[]>;
  /** The same group with everything its coefficients were made of, or undefined when that was refused. */
  lookClosely(): Promise<SampleGroup | undefined>;
  /** How the newest rollout's advantages or coefficients are spread; undefined where that cannot be said. */
  histogram(of: HistogramOf): Promise<Histogram | undefined>;
  selfTest(onRow: (row: SelfTestRow) => void): Promise<SelfTestResult>;
  close(): void;
}

/** What it takes to open a run. */
type Wanted = Pick<Setup, 'config' | 'engine'>;

const SAMPLE_EVERY_MS = 1000;

/** One sentence from whatever was thrown. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim() === '' ? 'The trainer stopped without saying why.' : text;
}

/** An edit of one replica: only a spread makes those, and its panel says more than a mark on the charts could. */
const isOfSpread = ({ text }: Edit) => / \(replica \d+\)$/.test(text);

/** The names of a run and its step, as a file name. */
export const checkpointName = (info: RunInfo, step: number): string =>
  `${info.config.task}_${info.config.algorithm}_step_${step}.safetensors`;

/** Ties the stores to a trainer. */
export function makeSession(
  catalogue: Catalogue,
  stores: { run: RunStore; setup: SetupStore; view: ViewStore },
  connect: Connect,
): Session {
  const { run, setup, view } = stores;
  let link: Connection | undefined;
  let rebuilds = 0; // requests for a new run that were sent; an answer to any but the last is stale
  let rebuilding = 0; // of those, how many are unanswered
  let is_looking = false;
  let looked_ms = Number.NEGATIVE_INFINITY;

  const openLink = () => {
    const mine = connect();
    link = mine;
    void mine.broken.then((sentence) => {
      if (link === mine) run.getState().setBroken(sentence);
    });
    return mine;
  };
  const api = () => (link ?? openLink()).api as TrainerApi;
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const from = link;
    try {
      return await work();
    } catch (error) {
      if (from === link) run.getState().setProblem(sentenceOf(error));
      return undefined;
    }
  };

  const listeners: TrainerEvents = {
    rows: (batch) => {
      if (rebuilding === 0) run.getState().addRows(batch);
      if (view.getState().is_sample_seen && performance.now() - looked_ms > SAMPLE_EVERY_MS) void session.look();
    },
    status: (status) => {
      if (status.phase === 'failed') run.getState().setWanted(false);
      run.getState().setStatus(status);
    },
    edit: (edit) => {
      if (!isOfSpread(edit)) run.getState().addEdit(edit);
    },
  };

  /** Takes over what the worker says it runs now. */
  const adopt = (info: RunInfo, is_new: boolean) => {
    run.getState().setInfo(info, is_new);
    if (is_new) view.getState().setFollowed(undefined);
    setup.getState().setConfig(info.config);
    const { replicas = 1 } = info.config.batch;
    if (view.getState().replica >= replicas) view.getState().lookAt(view.getState().prompt_index, 0);
  };

  /** Asks for a new run, then starts it if the run is meant to go. */
  const rebuild = async (work: () => Promise<RunInfo>, is_other = false): Promise<boolean> => {
    const mine = ++rebuilds;
    rebuilding++;
    let info: RunInfo | undefined;
    try {
      info = await attempt(work);
      if (mine !== rebuilds || !info) return false;
      adopt(info, is_other || info.step === 0);
    } finally {
      rebuilding--;
    }
    if (run.getState().is_wanted) await attempt(() => api().start());
    else void session.look();
    return true;
  };

  /** Tells a fresh or changed run what its replicas differ in; a run with other replicas or knobs has no spread. */
  const spreadOver = async (info: RunInfo, spread = run.getState().spread): Promise<RunInfo> => {
    const replicas = info.config.batch.replicas ?? batchTable(catalogue, info.config).replicas.value;
    const isKnown = (name: string) => info.hyper.some((entry) => entry.name === name);
    const fits = spread?.length === replicas && Object.keys(spread[0] ?? {}).every(isKnown);
    let latest = info;
    for (const [replica, row] of (fits ? spread : []).entries()) {
      for (const [name, value] of Object.entries(row)) latest = await api().setHyper(name, value, replica);
    }
    run.setState({ spread: fits ? spread : undefined });
    return latest;
  };

  /** Opens a run; where that is refused, goes back to the last one that could be opened and says why. */
  const openRun = async (change: Partial<RunConfig>, engine: EngineChoice, spread?: Spread): Promise<void> => {
    const before: Wanted = { config: setup.getState().config, engine: setup.getState().engine };
    const has_run = run.getState().info !== undefined;
    const config = withoutDefaults(catalogue, { ...setup.getState().config, ...change });
    const show = (wanted: Wanted) => {
      setup.getState().setConfig(wanted.config);
      setup.getState().setEngine(wanted.engine);
    };
    const build = ({ config: wanted, engine: on }: Wanted, over: Spread | undefined) =>
      rebuild(async () => spreadOver(await api().open(wanted, on), over));
    const is_going = run.getState().is_wanted;
    show({ config, engine });
    const mine = rebuilds + 1;
    if (await build({ config, engine }, spread)) {
      return;
    }
    const { problem, is_broken, status } = run.getState();
    if (mine !== rebuilds || is_broken) return;
    const back = has_run ? before : DEFAULT_SETUP;
    show(back);
    if (has_run && status.phase !== 'failed') return; // the worker refused before it gave up the old run
    run.getState().setWanted(is_going);
    if (await build(back, undefined)) {
      run
        .getState()
        .setProblem(`${problem} The ${back === DEFAULT_SETUP ? 'default' : 'former'} run was opened instead.`);
    } else run.getState().setProblem(problem);
  };

  /** Exchanges parts. With a spread no step is taken between the exchange and the values of the replicas. */
  const swap = async (change: Parameters<TrainerApi['swap']>[0]): Promise<RunInfo> => {
    if (!run.getState().spread) return api().swap(change);
    await api().pause();
    try {
      return await spreadOver(await api().swap(change));
    } finally {
      if (run.getState().is_wanted) await attempt(() => api().start());
    }
  };

  const session: Session = {
    begin: async () => {
      openLink();
      await attempt(() => api().listen(proxy(listeners)));
      const { speed } = setup.getState();
      if (speed > 0) await attempt(() => api().setSpeed(speed));
      await session.open({});
    },
    restart: async () => {
      link?.close();
      run.getState().setWanted(true);
      run.getState().setProblem('');
      await session.begin();
    },
    open: (change) => openRun(change, setup.getState().engine),
    setEngine: (engine) => openRun({}, engine),
    toggle: async () => {
      if (run.getState().is_broken || run.getState().status.phase === 'failed') return session.restart();
      const is_wanted = !run.getState().is_wanted;
      run.getState().setWanted(is_wanted);
      await attempt(() => (is_wanted ? api().start() : api().pause()));
      if (!is_wanted) await session.look();
    },
    step: async () => {
      run.getState().setWanted(false);
      await attempt(() => api().step());
      await session.look();
    },
    reset: async () => {
      await rebuild(async () => spreadOver(await api().reset()));
    },
    openSpread: (change, spread) => openRun(change, setup.getState().engine, spread),
    setHyper: async (name, value) => {
      const { config } = setup.getState();
      setup.getState().setConfig({ ...config, hyper: { ...config.hyper, [name]: value } });
      // one value for all replicas: they do not differ any more
      if (run.getState().spread?.some((row) => Object.hasOwn(row, name))) run.setState({ spread: undefined });
      // A value can add or remove metrics (a KL anchor that is switched on): then the worker answers with the new run.
      const info = await attempt(() => api().setHyper(name, value));
      if (info) run.getState().setInfo(info, false);
    },
    swapAlgorithm: async (id) => {
      const from = link;
      try {
        adopt(await swap({ algorithm: id }), false);
      } catch (error) {
        if (from !== link) return;
        // Weights of another shape: the algorithm can only start from the beginning.
        await session.open({ algorithm: id, parts: {} });
        run.getState().setProblem(`The run began again from step 0: ${sentenceOf(error)}`);
      }
    },
    swapPart: async (role, id) => {
      const from = link;
      try {
        adopt(await swap({ parts: { [role]: id } }), false);
        return '';
      } catch (error) {
        return from === link ? sentenceOf(error) : '';
      }
    },
    refusals: async (configs) => {
      try {
        return await api().refusals(configs);
      } catch {
        return undefined; // what is not known to be refused can be tried
      }
    },
    setSpeed: async (speed) => {
      setup.getState().setSpeed(speed);
      await attempt(() => api().setSpeed(speed));
    },
    save: async () => {
      const { info, status } = run.getState();
      if (!info) return undefined;
      const data = await attempt(() => api().checkpoint());
      return data && { name: checkpointName(info, status.step), data };
    },
    load: async (file) => {
      run.getState().setWanted(false);
      if (await rebuild(() => api().restore(file), true)) run.setState({ spread: undefined });
    },
    look: async () => {
      if (is_looking || !run.getState().info) return;
      is_looking = true;
      looked_ms = performance.now();
      const { prompt_index, replica, followed } = view.getState();
      const { generation } = run.getState().metrics;
      try {
        const sample = await api().sample(prompt_index, replica, followed);
        const now = view.getState();
        const is_asked = now.prompt_index === prompt_index && now.replica === replica && now.followed === followed;
        if (is_asked && generation === run.getState().metrics.generation) {
          const follows = isFollowed(now.is_following, sample) && sample.responses.length > 0;
          if (follows && followed === undefined) now.setFollowed(sample.prompt_id);
          const is_missed = follows && followed !== undefined && sample.prompt_id !== followed;
          run.getState().setSample(sample, is_missed);
        }
      } catch (error) {
        // Before the first step there is nothing to see, which is no problem of the reader's.
        if (run.getState().status.step > 0) run.getState().setProblem(sentenceOf(error));
      } finally {
        is_looking = false;
      }
      const now = view.getState();
      if (now.prompt_index !== prompt_index || now.replica !== replica) await session.look();
    },
    samples: async () => {
      const { replica } = view.getState();
      await api().pause(); // so that all groups are of one step
      try {
        const groups = [await api().sample(0, replica)];
        while (groups.length < groups[0].num_prompts) groups.push(await api().sample(groups.length, replica));
        return groups;
      } finally {
        if (run.getState().is_wanted) await attempt(() => api().start());
      }
    },
    lookClosely: () => {
      const { prompt_index, replica } = view.getState();
      return attempt(() => api().sample(prompt_index, replica, undefined, true));
    },
    histogram: async (of) => {
      if (!run.getState().info) return undefined;
      try {
        return await api().histogram(of, view.getState().replica);
      } catch {
        return undefined; // the run was exchanged in the meantime; the next request will find it
      }
    },
    selfTest: (onRow) => api().selfTest(proxy(onRow)),
    close: () => {
      link?.close();
      link = undefined;
    },
  };
  return session;
}
