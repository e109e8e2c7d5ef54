/** What is open and looked at: nothing here changes the run. */
import { createStore, type StoreApi } from 'zustand/vanilla';

/** Ids of the sections that fold. */
export const PANELS = [
  'parts',
  'hyper',
  'task',
  'policy',
  'batch',
  'runs',
  'law',
  'samples',
  'metrics',
  'program',
  'about',
  'experiments',
  'papers',
  'take',
  'fullscale',
] as const;
/** One of `PANELS`. */
export type PanelId = (typeof PANELS)[number];

/** Which sections are open, and which sample is looked at. */
export interface ViewState {
  open: Record<PanelId, boolean>;
  is_help_open: boolean;
  /** the sample section is on the screen; only then are samples fetched while running */
  is_sample_seen: boolean;
  prompt_index: number;
  replica: number;
  /** the place on the charts' axis, a step or a second, at which they are read; undefined is the latest */
  read_step: number | undefined;
  /** metrics with a chart of their own beside reward and entropy */
  charted: readonly string[];
  /** the experiment that is looked at; undefined is the list of all */
  experiment: string | undefined;
  /** the section that a link led to, and how many links have been followed: it comes into sight each time */
  shown: { panel: PanelId; count: number } | undefined;
  setOpen(panel: PanelId, is_open: boolean): void;
  setHelp(is_open: boolean): void;
  setSampleSeen(is_seen: boolean): void;
  lookAt(prompt_index: number, replica: number): void;
  readAt(step: number | undefined): void;
  setCharted(ids: readonly string[]): void;
  setExperiment(id: string | undefined): void;
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
      samples: true,
      metrics: true,
      program: false,
      law: false,
      about: false,
      experiments: false,
      papers: false,
      take: false,
      fullscale: false,
    },
    is_help_open: false,
    is_sample_seen: false,
    prompt_index: 0,
    replica: 0,
    read_step: undefined,
    charted: [],
    experiment: undefined,
    shown: undefined,
    setOpen: (panel, is_open) => set((state) => ({ open: { ...state.open, [panel]: is_open } })),
    setHelp: (is_help_open) => set({ is_help_open }),
    setSampleSeen: (is_sample_seen) => set({ is_sample_seen }),
    readAt: (read_step) => set({ read_step }),
    setCharted: (charted) => set({ charted }),
    setExperiment: (experiment) => set({ experiment }),
    show: (panel, item) =>
      set((state) => ({
        open: { ...state.open, [panel]: true },
        shown: { panel, count: (state.shown?.count ?? 0) + 1 },
        ...(panel === 'experiments' ? { experiment: item } : {}),
      })),
    lookAt: (prompt_index, replica) => set({ prompt_index, replica }),
  }));
}
