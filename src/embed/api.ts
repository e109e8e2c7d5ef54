/**
 * The types of `<rollout-lab>`. The build copies this file, as it stands, to `rollout-lab.d.ts` beside `rollout-lab.js`.
 */

/** Where an embed is. */
export interface EmbedState {
  /** the setup as the query of a link of the playground */
  setup: string;
  /** `poster` until the reader presses play; then what the run does */
  phase: 'poster' | 'empty' | 'compiling' | 'warming_up' | 'paused' | 'running' | 'failed';
  /** the run goes on, or will when it is on the screen */
  is_playing: boolean;
  step: number;
  /** the newest measured value of every metric, mean over replicas */
  metrics: Record<string, number>;
}

/** The events of the element; each carries its facts as `detail`. */
export interface RolloutLabEventMap {
  /** the run is there and answers */
  ready: CustomEvent<EmbedState>;
  /** steps were done; at most ten times a second */
  step: CustomEvent<{ step: number; metrics: Record<string, number> }>;
  /** the reader, or `set`, changed the run: in words */
  edit: CustomEvent<{ step: number; text: string }>;
  /** one sentence about what was refused or went wrong */
  error: CustomEvent<{ message: string }>;
}

/** What the element can do. Every call resolves with the state behind it, or rejects with one sentence. */
export interface RolloutLab extends HTMLElement {
  /** Loads the run where there is only a poster, and lets it go on. */
  play(): Promise<EmbedState>;
  pause(): Promise<EmbedState>;
  /** One step, then a pause. */
  step(): Promise<EmbedState>;
  /** Back to step 0. */
  reset(): Promise<EmbedState>;
  /** Changes what runs, by the name that a link uses: `set('set.learning_rate', 0.05)`, `set('algorithm', 'kl_cov')`. */
  set(name: string, value: string | number): Promise<EmbedState>;
  get(): Promise<EmbedState>;
  addEventListener<K extends keyof RolloutLabEventMap>(
    type: K,
    listener: (this: RolloutLab, event: RolloutLabEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'rollout-lab': RolloutLab;
  }
}
