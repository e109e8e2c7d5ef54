/** How components reach the playground they belong to. */
import {
  createContext,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useStore } from 'zustand';
import type { Lab } from '../state/lab.ts';
import type { MetricStore } from '../state/metricStore.ts';
import type { RunState } from '../state/runStore.ts';
import type { RunsState } from '../state/runsStore.ts';
import type { SetupState } from '../state/setupStore.ts';
import type { ViewState } from '../state/viewStore.ts';

const LabContext = createContext<Lab | undefined>(undefined);
/** Gives a playground to the components inside. */
export const LabProvider = LabContext.Provider;

/** The playground around this component. */
export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (!lab) throw new Error('A panel was drawn outside a LabProvider. Put one around it.');
  return lab;
}

/** A part of what the worker said. */
export const useRun = <T,>(select: (state: RunState) => T): T => useStore(useLab().run, select);
/** A part of what the user chose. */
export const useSetup = <T,>(select: (state: SetupState) => T): T => useStore(useLab().setup, select);
/** A part of what is known of the kept runs. */
export const useRuns = <T,>(select: (state: RunsState) => T): T => useStore(useLab().runs, select);
/** A part of what is open. */
export const useView = <T,>(select: (state: ViewState) => T): T => useStore(useLab().view, select);

const SHARE_OF_TIME = 4; // a component that takes 20 ms to draw waits at least 80 ms before it draws again

/**
 * Redraws the component when rows have arrived, at most once per interval, less often where drawing is slow, and not
 * at all in a hidden tab. Returns a number that changes with each redraw.
 */
export function useFrame(interval_ms: number): number {
  const { run } = useLab();
  const [frame, setFrame] = useState(() => run.getState().version);
  const cost_ms = useRef(0);
  const began_ms = useRef(0);
  useLayoutEffect(() => {
    if (began_ms.current > 0) cost_ms.current = performance.now() - began_ms.current;
    began_ms.current = 0;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let drawn_ms = 0;
    const draw = () => {
      timer = undefined;
      if (document.hidden) return;
      drawn_ms = performance.now();
      began_ms.current = drawn_ms;
      setFrame(run.getState().version);
    };
    const request = () => {
      if (timer !== undefined || document.hidden) return;
      const wait = Math.max(interval_ms, SHARE_OF_TIME * cost_ms.current);
      timer = setTimeout(draw, Math.max(0, drawn_ms + wait - performance.now()));
    };
    const stop = run.subscribe((state, before) => {
      if (state.version !== before.version) request();
    });
    document.addEventListener('visibilitychange', request);
    request();
    return () => {
      stop();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', request);
    };
  }, [run, interval_ms]);
  return frame;
}

/** What `read`, a stable function, makes of the rows so far; made again at most once per interval while they arrive. */
export function useRows<T>(interval_ms: number, read: (metrics: MetricStore) => T): T {
  const { run } = useLab();
  const frame = useFrame(interval_ms);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `frame` says that the rows, kept outside React, have grown
  return useMemo(() => read(run.getState().metrics), [run, read, frame]);
}

const APART_MS = 12;
const waiting = new Set<() => void>();
let is_serving = false;

/** Does what waits, one thing per task, so that slow drawings never share one. */
function serve(): void {
  const [next] = waiting;
  is_serving = next !== undefined;
  if (next === undefined) return;
  waiting.delete(next);
  next();
  setTimeout(serve, APART_MS);
}

/** The same value in a later task that no other late value has, so that slow drawings do not block the page together. */
export function useLate<T>(value: T): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const turn = () => setLate(() => value);
    waiting.add(turn);
    if (!is_serving) {
      is_serving = true;
      setTimeout(serve, 0);
    }
    return () => {
      waiting.delete(turn);
    };
  }, [value]);
  return late;
}

const NARROW = '(max-width: 860px), (max-height: 520px)'; // as in the style sheets
const narrow = typeof matchMedia === 'undefined' ? undefined : matchMedia(NARROW);
const onNarrow = (changed: () => void) => {
  narrow?.addEventListener('change', changed);
  return () => narrow?.removeEventListener('change', changed);
};

/** Whether the window is narrow or low, as on a phone or a zoomed projector: what is used less then stands behind the charts. */
export const useIsNarrow = (): boolean => useSyncExternalStore(onNarrow, () => narrow?.matches ?? false);

/** The size of an element on the page, for drawing that needs numbers. */
export function useSize<E extends Element>() {
  const ref = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const box = element.getBoundingClientRect();
      const next = { width: Math.floor(box.width), height: Math.floor(box.height) };
      setSize((old) => (old.width === next.width && old.height === next.height ? old : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, size };
}
