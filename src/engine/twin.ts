/** What a twin sees: the kernel's bindings by name, its sizes, its `at` block, hyperparameters and slot functions. */

export type Numbers = Float32Array | Float64Array | Uint32Array;

/** A slot's twin; kernels know the signature of the slots they call. */
// biome-ignore lint/suspicious/noExplicitAny: slots of different signatures share one table
export type SlotTwin = (...args: any[]) => any;

export interface TwinCall {
  /** binding name -> the whole buffer */
  b: Record<string, Numbers>;
  /** every dimension and override of this launch */
  size: Record<string, number>;
  /** the kernel's `at` block */
  at: Record<string, number>;
  /** hyperparameters of one replica */
  hyper: (replica: number) => Record<string, number>;
  slot: Record<string, SlotTwin>;
}

/** Does one whole dispatch in plain loops. Written from the paper; the CPU engine and the tests run it. */
export type Twin = (call: TwinCall) => void;
