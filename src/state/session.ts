/** The page's side of the worker: every button ends in one of these calls. A refusal becomes one sentence in the store. */
import { proxy, type Remote, transfer } from 'comlink';
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
import { type Catalogue, replicasOf, withoutDefaults } from './catalogue.ts';
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
  /** Gives up a run that is being opened: the former one goes on. */
  cancel(): Promise<void>;
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
  /** The run's state as a checkpoint file; every row up to its step has been sent. Throws one sentence when refused. */
  checkpoint(): Promise<ArrayBuffer>;
  /**
   * Opens the run of a checkpoint file and pauses it; `fill` then gives the stores its past. Throws one sentence where that
   * is refused or called off in time: the present run is as it was, and goes on.
   */
  load(file: ArrayBuffer, fill: (info: RunInfo) => void, signal: AbortSignal): Promise<void>;
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

const isCancelled = (error: unknown) => error instanceof Error && error.name === 'Cancelled';

/** An edit of one replica: only a spread makes those, and its panel says more than a mark on the charts could. */
export const isOfSpread = ({ text }: Edit) => / \(replica \d+\)$/.test(text);

/** A connection whose calls all settle: when the other side is gone, those under way fail with the sentence why. */
interface Link {
  api: TrainerApi;
  /** what went wrong with it, for good */
  broken: Promise<string>;
  close(): void;
}

function linkTo(connection: Connection): Link {
  const waiting = new Set<(why: Error) => void>();
  let why: Error | undefined;
  const giveUp = (sentence: string) => {
    why ??= new Error(sentence);
    for (const reject of waiting) reject(why);
    waiting.clear();
  };
  const call = (name: keyof TrainerApi, given: unknown[]) =>
    new Promise((resolve, reject) => {
      if (why) return reject(why);
      waiting.add(reject);
      const done = () => waiting.delete(reject);
      // called in place: a remote function has no `apply` of its own
      const api = connection.api as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
      Promise.resolve(api[name](...given))
        .then(resolve, reject)
        .then(done, done);
    });
  void connection.broken.then(giveUp);
  return {
    api: new Proxy({} as TrainerApi, {
      get:
        (_, name: keyof TrainerApi) =>
        (...given: unknown[]) =>
          call(name, given),
    }),
    broken: connection.broken,
    close: () => {
      connection.close();
      giveUp('The trainer was closed.');
    },
  };
}

/** Ties the stores to a trainer. */
export function makeSession(
  catalogue: Catalogue,
  stores: { run: RunStore; setup: SetupStore; view: ViewStore },
  connect: Connect,
): Session {
  const { run, setup, view } = stores;
  let link: Link | undefined;
  let rebuilds = 0; // requests for a new run that were sent
  let rebuilding = 0; // of those, how many are unanswered
  let overtaken: RunInfo | undefined; // the answer to one that was not the last; it counts where the last is refused
  let moves = 0; // hyperparameters that were sent
  let was_wanted: boolean | undefined; // whether the run should have been going when it failed
  let is_looking = false;
  let looked_ms = Number.NEGATIVE_INFINITY;

  const openLink = () => {
    const mine = linkTo(connect());
    link = mine;
    void mine.broken.then((sentence) => {
      if (link === mine) run.getState().setBroken(sentence);
    });
    return mine;
  };
  const api = () => (link ?? openLink()).api;
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const from = link;
    try {
      return await work();
    } catch (error) {
      if (from === link && !isCancelled(error)) run.getState().setProblem(sentenceOf(error));
      return undefined;
    }
  };

  const listeners: TrainerEvents = {
    rows: (batch) => {
      if (rebuilding === 0) run.getState().addRows(batch);
      if (view.getState().is_sample_seen && performance.now() - looked_ms > SAMPLE_EVERY_MS) void session.look();
    },
    status: (status) => {
      if (status.phase === 'failed') {
        was_wanted = run.getState().is_wanted;
        run.getState().setWanted(false);
      }
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
    if (view.getState().replica >= replicasOf(catalogue, info.config))
      view.getState().lookAt(view.getState().prompt_index, 0);
  };

  /** Asks for a new run, then starts it if the run is meant to go. */
  const rebuild = async (work: () => Promise<RunInfo>, is_other = false): Promise<boolean> => {
    const mine = ++rebuilds;
    rebuilding++;
    let info: RunInfo | undefined;
    try {
      info = await attempt(work);
      if (mine !== rebuilds) {
        overtaken = info ?? overtaken;
        return false;
      }
      const newest = info ?? overtaken;
      overtaken = undefined;
      const { problem } = run.getState();
      if (newest) adopt(newest, is_other || newest.step === 0);
      if (!info) {
        run.getState().setProblem(problem); // of what was refused, also where an earlier request is now shown
        return false;
      }
    } finally {
      rebuilding--;
    }
    if (run.getState().is_wanted) await attempt(() => api().start());
    else void session.look();
    return true;
  };

  /** Tells a fresh or changed run what its replicas differ in; a run with other replicas or knobs has no spread. */
  const spreadOver = async (info: RunInfo, spread = run.getState().spread): Promise<RunInfo> => {
    const replicas = replicasOf(catalogue, info.config);
    const isKnown = (name: string) => info.hyper.some((entry) => entry.name === name);
    const fits = spread?.length === replicas && Object.keys(spread[0] ?? {}).every(isKnown);
    let latest = info;
    for (const [replica, row] of (fits ? spread : []).entries()) {
      for (const [name, value] of Object.entries(row)) latest = await api().setHyper(name, value, replica);
    }
    run.setState({ spread: fits ? spread : undefined });
    return latest;
  };

  /** Lets the former run go on after an opening that was cancelled. */
  const goOn = async (): Promise<void> => {
    const { is_wanted, status } = run.getState();
    if (rebuilding === 0 && is_wanted && status.phase === 'paused') await attempt(() => api().start());
  };

  /**
   * Opens a run; where that is refused, goes back to the last one that could be opened and says why. Resolves with whether
   * the run that was asked for is open.
   */
  const openRun = async (change: Partial<RunConfig>, engine: EngineChoice, spread?: Spread): Promise<boolean> => {
    const before: Wanted = { config: setup.getState().config, engine: setup.getState().engine };
    const has_run = run.getState().info !== undefined;
    const config = withoutDefaults(catalogue, { ...setup.getState().config, ...change });
    const show = (wanted: Wanted) => {
      setup.getState().setConfig(wanted.config);
      setup.getState().setEngine(wanted.engine);
    };
    const build = ({ config: wanted, engine: on }: Wanted, over: Spread | undefined) =>
      rebuild(async () => spreadOver(await api().open(wanted, on), over));
    was_wanted = undefined;
    show({ config, engine });
    const mine = rebuilds + 1;
    if (await build({ config, engine }, spread)) return true;
    const { problem, is_broken, status } = run.getState();
    if (mine !== rebuilds || is_broken) return false;
    const back = has_run ? before : DEFAULT_SETUP;
    show(back);
    if (has_run && status.phase !== 'failed') {
      await goOn(); // the worker has not given up the old run
      return false;
    }
    run.getState().setWanted(was_wanted ?? run.getState().is_wanted);
    if (await build(back, undefined)) {
      run
        .getState()
        .setProblem(`${problem} The ${back === DEFAULT_SETUP ? 'default' : 'former'} run was opened instead.`.trim());
    } else run.getState().setProblem(problem);
    return false;
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
    open: async (change) => {
      await openRun(change, setup.getState().engine);
    },
    setEngine: async (engine) => {
      await openRun({}, engine);
    },
    cancel: () => attempt(() => api().cancel()),
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
      if (!(await rebuild(async () => spreadOver(await api().reset())))) await goOn();
    },
    openSpread: async (change, spread) => {
      await openRun(change, setup.getState().engine, spread);
    },
    setHyper: async (name, value) => {
      const { config } = setup.getState();
      const show = (hyper: RunConfig['hyper']) => setup.getState().setConfig({ ...setup.getState().config, hyper });
      const mine = ++moves;
      show({ ...config.hyper, [name]: value });
      // one value for all replicas: they do not differ any more
      if (run.getState().spread?.some((row) => Object.hasOwn(row, name))) run.setState({ spread: undefined });
      // A value can add or remove metrics (a KL anchor that is switched on): then the worker answers with the new run.
      const info = await attempt(() => api().setHyper(name, value));
      if (info) run.getState().setInfo(info, false);
      // A run that was built meanwhile has shown its own values, and a refused one is the former: the worker knows.
      if (mine === moves) show(info ? info.config.hyper : config.hyper);
    },
    swapAlgorithm: async (id) => {
      const from = link;
      try {
        adopt(await swap({ algorithm: id }), false);
      } catch (error) {
        if (from !== link) return;
        // Weights of another shape: the algorithm can only start from the beginning.
        if (await openRun({ algorithm: id, parts: {} }, setup.getState().engine))
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
    checkpoint: async () => {
      await api().pause(); // sends what was measured so far
      try {
        return await api().checkpoint();
      } finally {
        if (run.getState().is_wanted) await attempt(() => api().start());
      }
    },
    load: async (file, fill, signal) => {
      const mine = ++rebuilds;
      const cancel = () => void attempt(() => api().cancel());
      await api().pause(); // so that no row of the present run arrives behind those of the file
      let info: RunInfo;
      try {
        signal.throwIfAborted();
        signal.addEventListener('abort', cancel);
        info = await api().restore(transfer(file, [file]));
      } catch (error) {
        if (run.getState().is_wanted) await attempt(() => api().start());
        throw error;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
      if (mine !== rebuilds) return;
      run.getState().setWanted(false);
      fill(info);
      adopt(info, false);
      view.getState().setFollowed(undefined);
      void session.look();
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
