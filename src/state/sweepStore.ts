/** The sweep of a playground: its plan, its rows replica by replica, and its place in the address. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { needs } from '../trainer/needs.ts';
import { runningParts } from './about.ts';
import { own } from './catalogue.ts';
import type { Lab } from './lab.ts';
import type { RunState } from './runStore.ts';
import { sentenceOf } from './session.ts';
import { complainPlan, planOf, readPlan, replicasOf, type SweepPlan, spreadOf, sweepName, writePlan } from './sweep.ts';
import { ReplicaRows } from './sweepRows.ts';
import { versioned } from './urlState.ts';

/** What is known of the sweep. */
export interface SweepState {
  plan: SweepPlan | undefined;
  rows: ReplicaRows;
  /** the replicas differ now; false before a sweep and after it was ended by a change of the run */
  is_going: boolean;
  /** one sentence about what was refused or has ended, '' when there is nothing to say */
  problem: string;
  /** Opens the run again with replicas that differ. */
  begin(plan: SweepPlan): Promise<void>;
  /** Opens the run again with one replica. */
  end(): Promise<void>;
  /** Begins the sweep that the address names, if it names one. */
  resume(): Promise<void>;
}
/** The store of the sweep. */
export type SweepStore = StoreApi<SweepState>;

type Page = Pick<Window, 'location' | 'history'>;

/** Why the replicas of a run cannot differ, one sentence; '' when they can. */
export function complainSweep({ catalogue, setup }: Pick<Lab, 'catalogue' | 'setup'>): string {
  const { config } = setup.getState();
  const parts = runningParts(catalogue, config);
  if (!parts || !needs(parts, 'common_prompts')) return '';
  return `The replicas of ${own(catalogue.algorithms, config.algorithm)?.title} learn from each other, so a sweep would compare nothing; choose another algorithm, or another reward.`;
}

function writeAddress({ location, history }: Page, plan: SweepPlan | undefined): void {
  const query = new URLSearchParams(location.search);
  if (plan) query.set('sweep', writePlan(plan));
  else query.delete('sweep');
  history.replaceState(history.state, '', location.pathname + versioned(query.toString()) + location.hash);
}

function makeSweepStore(lab: Lab, page: Page): SweepStore {
  const { run, runs, session, setup } = lab;
  let is_opening = false;
  let begins = 0;
  let generation = run.getState().metrics.generation;

  const store = createStore<SweepState>()((set, get) => ({
    plan: undefined,
    rows: new ReplicaRows(1),
    is_going: false,
    problem: '',
    begin: async (plan) => {
      const complaint = complainSweep(lab) || complainPlan(plan, run.getState().info?.hyper ?? []);
      if (complaint) {
        set({ problem: complaint });
        if (!get().is_going) writeAddress(page, undefined);
        return;
      }
      const spread = spreadOf(plan);
      const { plan: before, rows, is_going: was_going } = get();
      const mine = ++begins;
      set({ plan, rows: new ReplicaRows(replicasOf(plan)), problem: '' });
      run.getState().setWanted(true);
      is_opening = true;
      try {
        await session.openSpread({ batch: { ...setup.getState().config.batch, replicas: spread.length } }, spread);
      } finally {
        is_opening = false;
      }
      const is_going = run.getState().spread === spread;
      const goes_on = was_going && run.getState().spread !== undefined;
      if (mine !== begins) return; // another one was begun meanwhile, and says how it went
      set(is_going ? { is_going, plan } : { is_going: goes_on, plan: before, rows });
      writeAddress(page, is_going ? plan : goes_on ? before : undefined);
      follow(run.getState());
    },
    end: async () => {
      set({ is_going: false, plan: undefined, problem: '' });
      writeAddress(page, undefined);
      await session.openSpread({ batch: { ...setup.getState().config.batch, replicas: 1 } }, []);
    },
    resume: async () => {
      const text = new URLSearchParams(page.location.search).get('sweep');
      if (text === null || get().plan) return;
      try {
        await get().begin(readPlan(text, run.getState().info?.hyper ?? []));
      } catch (error) {
        set({ problem: sentenceOf(error) });
        writeAddress(page, undefined);
      }
    },
  }));

  /** Gives the kept run its name when the kept runs have noticed the new run too. */
  const nameAfter = (plan: SweepPlan) =>
    queueMicrotask(() => {
      const { live, rename } = runs.getState();
      if (live) rename(live.id, sweepName(plan));
    });

  /** Takes a run that was opened with replicas that differ, as from a file, for the sweep that it is. */
  const adopt = ({ spread, metrics, info }: RunState) => {
    const plan = spread && planOf(spread);
    if (!plan || complainPlan(plan, info?.hyper ?? []) !== '') return;
    const rows = new ReplicaRows(replicasOf(plan));
    let row = 0;
    for (const { ids, num_replicas, count, values } of metrics.every.soFar() ?? []) {
      const steps = metrics.steps.subarray(row, row + count);
      rows.append(ids, { num_metrics: ids.length, num_replicas, steps, seconds: new Float64Array(count), values });
      row += count;
    }
    store.setState({ plan, rows, is_going: true, problem: '' });
    writeAddress(page, plan);
    nameAfter(plan);
  };

  const follow = (state: RunState, before?: RunState) => {
    if (!is_opening && state.spread && before && state.spread !== before.spread) adopt(state);
    const { plan, is_going } = store.getState();
    if (state.metrics.generation !== generation) {
      generation = state.metrics.generation;
      if (plan && state.spread) {
        store.setState({ rows: new ReplicaRows(replicasOf(plan)) });
        nameAfter(plan);
      }
    }
    if (plan && is_going && !is_opening && !state.spread) {
      store.setState({
        is_going: false,
        problem:
          'The sweep has ended: after the last change all replicas have the same settings. Begin it again below.',
      });
      writeAddress(page, undefined);
      return;
    }
    const ids = state.info?.metrics.map((metric) => metric.id);
    if (before && plan && state.spread && ids && state.last_rows && state.last_rows !== before.last_rows)
      store.getState().rows.append(ids, state.last_rows);
  };
  run.subscribe(follow);
  adopt(run.getState());
  return store;
}

const stores = new WeakMap<Lab, SweepStore>();

/** The sweep of a playground; made when it is first looked at. */
export function sweepOf(lab: Lab, page: Page): SweepStore {
  let store = stores.get(lab);
  if (!store) {
    store = makeSweepStore(lab, page);
    stores.set(lab, store);
  }
  return store;
}
