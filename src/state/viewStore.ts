/** What is open and looked at: nothing here changes the run. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Role, Term } from '../algorithms/algorithm.ts';
import type { TokenColor } from './sampleScale.ts';
import { type ChartView, PLAIN_CHARTS } from './zoom.ts';

/** Ids of the sections that fold. */
export const PANELS = [
  'parts',
  'hyper',
  'task',
  'policy',
  'batch',
  'runs',
  'sweep',
  'law',
  'samples',
  'inside',
  'metrics',
  'program',
  'about',
  'experiments',
  'papers',
  'take',
  'embed',
  'fullscale',
] as const;
/** One of `PANELS`. */
export type PanelId = (typeof PANELS)[number];

/** A symbol of an equation that is pointed at: its setting, its metric and its lines of code are lit with it. */
export interface Lit extends Term {
  /** the equation it stands in: a role, or where all parts meet */
  place: Role | 'shared';
  /** it stays lit when the pointer goes */
  is_held: boolean;
}

/** Which sections are open, and which sample is looked at. */
export interface ViewState {
  open: Record<PanelId, boolean>;
  is_help_open: boolean;
  /** single letters do something anywhere on the page */
  has_keys: boolean;
  /** the list of algorithms is open */
  is_picker_open: boolean;
  /** the knob that was asked to be swept */
  swept: string | undefined;
  /** the sample section is on the screen; only then are samples fetched while running */
  is_sample_seen: boolean;
  prompt_index: number;
  replica: number;
  /** the place on the charts' axis, a step or a second, at which they are read; undefined is the latest */
  read_step: number | undefined;
  /** metrics with a chart of their own beside reward and entropy */
  charted: readonly string[];
  /** how all charts are drawn, and through which window */
  chart: ChartView;
  /** what colours the tokens of the samples */
  token_color: TokenColor;
  /** the earlier step whose sample is looked at; undefined is the latest */
  sample_step: number | undefined;
  /** the same prompt is looked at in every step that asks it; undefined: where it is asked often */
  is_following: boolean | undefined;
  /** the prompt that is followed, by its place among the task's prompts */
  followed: number | undefined;
  /** the experiment that is looked at; undefined is the list of all */
  experiment: string | undefined;
  /** the lesson that is read, and its part from 1 */
  lesson: { id: string; part: number } | undefined;
  /** the source that a link asked for, as `sourcesOf` names it */
  code: string | undefined;
  lit: Lit | undefined;
  /** the section that a link led to, and how many links have been followed: it comes into sight each time */
  shown: { panel: PanelId; count: number } | undefined;
  setOpen(panel: PanelId, is_open: boolean): void;
  setHelp(is_open: boolean): void;
  setKeys(has_keys: boolean): void;
  setPicker(is_open: boolean): void;
  setSampleSeen(is_seen: boolean): void;
  lookAt(prompt_index: number, replica: number): void;
  readAt(step: number | undefined): void;
  setCharted(ids: readonly string[]): void;
  setChart(change: Partial<ChartView>): void;
  setTokenColor(token_color: TokenColor): void;
  lookBack(step: number | undefined): void;
  setFollowing(is_following: boolean): void;
  setFollowed(prompt: number | undefined): void;
  setExperiment(id: string | undefined): void;
  /** '' is the list of lessons */
  setLesson(lesson: { id: string; part: number } | undefined): void;
  setLit(lit: Lit | undefined): void;
  /** Opens a section and brings it into sight, with one thing inside it where the section has several. */
  show(panel: PanelId, item?: string): void;
}
/** The store of what is open. */
export type ViewStore = StoreApi<ViewState>;

/** Makes the store with the sections open that a first-time visitor needs. */
export function makeViewStore(): ViewStore {
  return createStore<ViewState>()((set) => ({
    open: {
      parts: true,
      hyper: true,
      task: true,
      policy: true,
      batch: true,
      runs: true,
      sweep: false,
      samples: true,
      inside: false,
      metrics: true,
      program: false,
      law: false,
      about: false,
      experiments: false,
      papers: false,
      take: false,
      embed: false,
      fullscale: false,
    },
    is_help_open: false,
    has_keys: true,
    is_picker_open: false,
    swept: undefined,
    is_sample_seen: false,
    prompt_index: 0,
    replica: 0,
    read_step: undefined,
    charted: [],
    chart: PLAIN_CHARTS,
    token_color: 'coef',
    sample_step: undefined,
    is_following: undefined,
    followed: undefined,
    experiment: undefined,
    lesson: undefined,
    code: undefined,
    lit: undefined,
    shown: undefined,
    setOpen: (panel, is_open) => set((state) => ({ open: { ...state.open, [panel]: is_open } })),
    setHelp: (is_help_open) => set({ is_help_open }),
    setKeys: (has_keys) => set({ has_keys }),
    setPicker: (is_picker_open) => set({ is_picker_open }),
    setSampleSeen: (is_sample_seen) => set({ is_sample_seen }),
    readAt: (read_step) => set({ read_step }),
    setCharted: (charted) => set({ charted }),
    setLesson: (lesson) => set({ lesson }),
    setChart: (change) => set(({ chart }) => ({ chart: { ...chart, ...change } })),
    setTokenColor: (token_color) => set({ token_color }),
    lookBack: (sample_step) => set({ sample_step }),
    setFollowing: (is_following) => set({ is_following, followed: undefined, sample_step: undefined }),
    setFollowed: (followed) => set({ followed }),
    setExperiment: (experiment) => set({ experiment }),
    setLit: (lit) => set({ lit }),
    show: (panel, item) =>
      set((state) => ({
        open: { ...state.open, [panel]: true },
        shown: { panel, count: (state.shown?.count ?? 0) + 1 },
        ...(panel === 'experiments' ? { experiment: item } : {}),
        ...(panel === 'about' ? { code: item } : {}),
        ...(panel === 'sweep' && item !== undefined ? { swept: item } : {}),
      })),
    lookAt: (prompt_index, replica) => set({ prompt_index, replica, followed: undefined, sample_step: undefined }),
  }));
}
