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
  /** Times every dispatch of a step, into the store; an aborted signal ends that. Throws one sentence when refused. */
  timeDispatches(tell: (share: number) => void, signal: AbortSignal): Promise<void>;
  selfTest(onRow: (row: SelfTestRow) => void): Promise<SelfTestResult>;
  close(): void;
}

/** What it takes to open a run. */
type Wanted = Pick<Setup, 'config' | 'engine'>;

/** Something that was asked for and is not answered: the page shows it at once. */
interface Wish {
  apply(wanted: Wanted): Wanted;
  /** the worker has been told already, whatever is asked of it next */
  is_sent: boolean;
}

/** A run that was asked for, and what came of it. */
interface Opening {
  wish: Wish;
  spread: Spread | undefined;
  is_open: boolean;
}

const SAMPLE_EVERY_MS = 1000;

/** One sentence from whatever was thrown. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim() === '' ? 'The trainer stopped without saying why.' : text;
}

/** A request of a trainer that is gone: its turn does not come. */
class Cancelled extends Error {
  override name = 'Cancelled';
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
  let line: Promise<void> = Promise.resolve(); // of requests about the run, until the last one is answered
  let num_asked = 0; // of those, how many are unanswered
  let era = 0; // grows where openings are called off: those of a former era are not sent any more
  let is_building = false; // a new run is on its way: rows that come are of the former one
  let coming: Promise<boolean> | undefined; // the answer about that run
  let stands: Wanted = { config: setup.getState().config, engine: setup.getState().engine }; // what is there
  const wishes: Wish[] = [];
  /** the end of the line, where that is a new run that is not begun: what is asked for next is built in one go with it */
  let joint: { openings: Opening[]; served: Promise<void> } | undefined;
  let is_looking = false;
  let is_look_wanted = false; // again, when the present look is over
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
      if (!is_building) run.getState().addRows(batch);
      if (view.getState().is_sample_seen && performance.now() - looked_ms > SAMPLE_EVERY_MS) void session.look();
    },
    status: (status) => {
      if (status.phase === 'failed' && !is_building) run.getState().setWanted(false); // else the former run may be opened
      run.getState().setStatus(status);
    },
    edit: (edit) => {
      if (!isOfSpread(edit)) run.getState().addEdit(edit);
    },
  };

  /** What is there with everything that was asked for since. */
  const shown = (): Wanted => wishes.reduce((wanted, wish) => wish.apply(wanted), stands);
  const show = () => {
    const { config, engine } = shown();
    setup.getState().setConfig(config);
    setup.getState().setEngine(engine);
  };
  const wishFor = (wish: Wish): Wish => {
    wishes.push(wish);
    show();
    return wish;
  };
  /** Forgets a wish that has been answered, or that nobody will answer. */
  const settle = (wish: Wish) => {
    const at = wishes.indexOf(wish);
    if (at >= 0) wishes.splice(at, 1);
  };

  /** Takes over what the worker says it runs now. */
  const adopt = (info: RunInfo, is_new: boolean, engine = stands.engine) => {
    stands = { config: info.config, engine };
    run.getState().setInfo(info, is_new);
    if (is_new) view.getState().setFollowed(undefined);
    show();
    if (view.getState().replica >= replicasOf(catalogue, info.config))
      view.getState().lookAt(view.getState().prompt_index, 0);
  };

  /** Lets the run go on, where the reader wants that. */
  const goOn = async (): Promise<void> => {
    const { is_wanted, is_broken, info, status } = run.getState();
    if (is_wanted && info && !is_broken && status.phase !== 'failed') await attempt(() => api().start());
  };

  /**
   * One request about the run after another: each begins from what the one before has left, and after the last of them the
   * run goes on. Throws `Cancelled` where the trainer was exchanged before its turn.
   */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const [from, before] = [link, line];
    joint = undefined;
    let end = () => {};
    line = new Promise((resolve) => {
      end = resolve;
    });
    num_asked++;
    try {
      await before;
      if (link !== from) throw new Cancelled('The trainer was started again.');
      return await work();
    } finally {
      num_asked--;
      if (num_asked === 0 && link === from) await goOn();
      end();
    }
  };

  /** Waits for a new run and takes it over; says whether there is one. */
  const build = (work: () => Promise<RunInfo>, engine = stands.engine, spread?: Spread): Promise<boolean> => {
    is_building = true;
    coming = (async () => {
      const info = await attempt(async () => spreadOver(await work(), spread));
      is_building = false;
      coming = undefined;
      if (info) adopt(info, true, engine);
      if (info && !run.getState().is_wanted) void session.look();
      return info !== undefined;
    })();
    return coming;
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

  /**
   * Opens the run that all of these ask for together; where that is refused, the one that all but the last ask for. Where nothing
   * is left goes back to the run that stood, and says why.
   */
  const openWished = async (openings: Opening[]): Promise<void> => {
    const [from, mine] = [link, era];
    const has_run = run.getState().info !== undefined;
    let refusal = '';
    for (let last = openings.at(-1); last; last = openings.at(-1)) {
      const asked = wishes.slice(0, wishes.indexOf(last.wish) + 1);
      const sent = wishes.slice(asked.length).filter(({ is_sent }) => is_sent);
      const { config, engine } = [...asked, ...sent].reduce((wanted, { apply }) => apply(wanted), stands);
      const spread = openings.findLast((opening) => opening.spread)?.spread; // a run that it does not fit leaves it
      const is_open = await build(() => api().open(config, engine), engine, spread);
      if (run.getState().is_broken) stands = { config, engine }; // for a restart
      for (const opening of is_open ? openings : [last]) {
        opening.is_open = is_open;
        settle(opening.wish);
      }
      show();
      if (is_open && refusal !== '') run.getState().setProblem(refusal);
      if (is_open || link !== from || run.getState().is_broken) return;
      if (mine !== era) break; // given up, with all that waited
      openings.pop();
      refusal ||= run.getState().problem;
    }
    if (has_run && run.getState().status.phase !== 'failed') return; // the worker still has the old run
    const is_former = has_run && mine === era; // what was given up at a restart is not begun once more
    const back = is_former ? stands : DEFAULT_SETUP;
    if (await build(() => api().open(back.config, back.engine), back.engine)) {
      run.getState().setProblem(`${refusal} The ${is_former ? 'former' : 'default'} run was opened instead.`.trim());
    } else {
      run.getState().setWanted(false);
      run.getState().setProblem(refusal);
    }
  };

  /** Opens a run with some of its configuration changed, see `openWished`; says whether it is open. */
  const openRun = async (change: Partial<RunConfig>, on?: EngineChoice, spread?: Spread): Promise<boolean> => {
    const wish = wishFor({
      apply: ({ config, engine }) => ({
        config: withoutDefaults(catalogue, { ...config, ...change }),
        engine: on ?? engine,
      }),
      is_sent: false,
    });
    const opening: Opening = { wish, spread, is_open: false };
    if (joint) joint.openings.push(opening);
    else {
      const openings = [opening];
      const mine = era;
      const served = inTurn(async () => {
        if (joint?.openings === openings) joint = undefined;
        if (mine === era) await openWished(openings);
      });
      joint = { openings, served };
    }
    await attempt(() => joint!.served);
    settle(wish); // also where it was called off
    show();
    return opening.is_open;
  };

  /** Calls off the openings that are under way or wait; what is not of a new run stays in line. */
  const callOff = () => {
    era++;
    joint = undefined;
    for (const wish of wishes.filter(({ is_sent }) => !is_sent)) settle(wish);
    show();
  };

  /** Exchanges parts. With a spread no step is taken between the exchange and the values of the replicas. */
  const swap = (change: Parameters<TrainerApi['swap']>[0]): Promise<void> =>
    inTurn(async () => {
      if (run.getState().spread) await api().pause();
      adopt(await spreadOver(await api().swap(change)), false);
    });

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
      stands = shown(); // what was asked for of the former trainer is opened by the next one
      callOff();
      run.getState().setWanted(true);
      run.getState().setProblem('');
      await session.begin();
    },
    open: async (change) => {
      await openRun(change);
    },
    setEngine: async (engine) => {
      await openRun({}, engine);
    },
    cancel: () => {
      callOff();
      return attempt(() => api().cancel());
    },
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
      const { metrics } = run.getState();
      const { generation } = metrics;
      const begin = () =>
        inTurn(async () => {
          const is_there = await build(() => api().reset());
          if (!is_there && run.getState().status.phase === 'failed') run.getState().setWanted(false);
        });
      const before = joint?.served ?? coming;
      await attempt(async () => {
        if (!before) return begin();
        await before; // and with it a run at step 0, unless that was refused
        if (metrics.generation === generation) await begin();
      });
    },
    openSpread: async (change, spread) => {
      await openRun(change, undefined, spread);
    },
    setHyper: async (name, value) => {
      const wish = wishFor({
        apply: ({ config, engine }) => ({ config: { ...config, hyper: { ...config.hyper, [name]: value } }, engine }),
        is_sent: true,
      });
      // one value for all replicas: they do not differ any more
      if (run.getState().spread?.some((row) => Object.hasOwn(row, name))) run.setState({ spread: undefined });
      // A value can add or remove metrics (a KL anchor that is switched on): then the worker answers with the new run.
      const info = await attempt(() => api().setHyper(name, value));
      settle(wish);
      if (info) adopt(info, false);
      else show();
    },
    swapAlgorithm: async (id) => {
      const from = link;
      try {
        await swap({ algorithm: id });
      } catch (error) {
        if (from !== link || isCancelled(error)) return;
        // Weights of another shape: the algorithm can only start from the beginning.
        if (await openRun({ algorithm: id, parts: {} }))
          run.getState().setProblem(`The run began again from step 0: ${sentenceOf(error)}`);
      }
    },
    swapPart: async (role, id) => {
      const from = link;
      try {
        await swap({ parts: { [role]: id } });
        return '';
      } catch (error) {
        return from === link && !isCancelled(error) ? sentenceOf(error) : '';
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
    checkpoint: () => inTurn(() => api().checkpoint()),
    load: (file, fill, signal) =>
      inTurn(async () => {
        const cancel = () => void attempt(() => api().cancel());
        signal.throwIfAborted();
        await api().pause(); // so that no row of the present run arrives behind those of the file
        signal.throwIfAborted();
        signal.addEventListener('abort', cancel);
        try {
          const info = await api().restore(transfer(file, [file]));
          run.getState().setWanted(false);
          fill(info);
          adopt(info, false);
          view.getState().setFollowed(undefined);
          void session.look();
        } finally {
          signal.removeEventListener('abort', cancel);
        }
      }),
    look: async () => {
      if (!run.getState().info) return;
      is_look_wanted = is_looking;
      if (is_looking) return;
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
      if (is_look_wanted || now.prompt_index !== prompt_index || now.replica !== replica) await session.look();
    },
    samples: () =>
      inTurn(async () => {
        const { replica } = view.getState();
        await api().pause(); // so that all groups are of one step
        const groups = [await api().sample(0, replica)];
        while (groups.length < groups[0].num_prompts) groups.push(await api().sample(groups.length, replica));
        return groups;
      }),
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
    timeDispatches: async (tell, signal) => {
      const goOn = (share: number) => {
        tell(share);
        return !signal.aborted;
      };
      const times = await api().timeDispatches(proxy(goOn));
      if (times) run.getState().setTimes(times);
    },
    selfTest: (onRow) => api().selfTest(proxy(onRow)),
    close: () => {
      link?.close();
      link = undefined;
    },
  };
  return session;
}
