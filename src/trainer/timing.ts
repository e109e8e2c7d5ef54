/** How long each dispatch of a step takes. Dispatches are really run, and the run is put back as it was. */
import { changedInPlace } from '../engine/kernel.ts';
import { shaderLibrary } from '../engine/library.ts';
import { type Launch, launchesOf } from '../engine/program.ts';
import type { Numbers } from '../engine/twin.ts';
import type { DispatchTimes } from './protocol.ts';
import type { Run } from './run.ts';

/** Beyond the fewest rounds none is begun that would end later than this; a step that takes half of it is run once. */
const BUDGET_MS = 4000;
/** A median takes so many to leave out one that was disturbed. */
const MIN_ROUNDS = 3;
const MAX_ROUNDS = 5;
/** The repeats of a dispatch should last this long, so that a clock rounded to 0.1 ms is right to 5 %. */
const SPAN_US = 2000;
/** All of them together, in a round. */
const ROUND_US = 400_000;
const MAX_REPEATS = 1000;
/** A dispatch that changes a buffer in place needs its copy before each repeat. */
const MAX_REPEATS_IN_PLACE = 100;
/** Where a rounded clock read 0, the repeats may have lasted this long. */
const UNSEEN_US = 20;
/** Time between two words on how far it is. */
const TELL_MS = 50;

/** The listener has had enough. */
class Stopped extends Error {}

/** The middle of some numbers, of the middle two where they are even in number. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Every buffer that a dispatch of the step writes. */
function writtenBuffers(launches: readonly Launch[]): string[] {
  const names = launches.flatMap(({ kernel, bind }) =>
    shaderLibrary
      .kernel(kernel)
      .bindings.filter(({ access }) => access !== 'in')
      .map(({ name }) => bind[name] ?? name),
  );
  return [...new Set(names)];
}

/**
 * Times every dispatch. A round of single dispatches and a second one say how often each has to be repeated, then some rounds
 * count; each begins in the state that the run is in. `goOn` is told 0 … 1 now and then; where it answers false, the result
 * is undefined. All rows of the run must have been taken.
 */
export async function timeDispatches(
  run: Run,
  goOn: (share: number) => boolean | Promise<boolean>,
): Promise<DispatchTimes | undefined> {
  const { executor, loaded } = run;
  const launches = launchesOf(run.program);
  const most = launches.map(({ kernel, bind }) =>
    changedInPlace(shaderLibrary.kernel(kernel), bind).length > 0 ? MAX_REPEATS_IN_PLACE : MAX_REPEATS,
  );
  const span = Math.min(SPAN_US, ROUND_US / launches.length);
  const before: Record<string, Numbers> = {};
  // one by one: on their way they need room twice
  for (const name of writtenBuffers(launches)) before[name] = (await executor.read([name]))[name];
  const putBack = () => {
    for (const [name, data] of Object.entries(before)) executor.write(name, data);
  };
  const began = performance.now();
  let told = Number.NEGATIVE_INFINITY;
  let num_begun = 0;
  let repeats = launches.map(() => 1);
  const round = async () => {
    const times = await executor.profile(
      loaded,
      (index) => repeats[index],
      async (index) => {
        if (performance.now() - told < TELL_MS) return;
        const share = (num_begun + (index + 1) / launches.length) / (MAX_ROUNDS + 2);
        if (!(await goOn(share))) throw new Stopped();
        told = performance.now();
      },
    );
    num_begun++;
    putBack();
    return times?.map(({ microseconds }) => microseconds);
  };
  /** Repeats that make up the span, if they take as long as in the last round. */
  const refined = (times: readonly number[]) =>
    times.map((us, index) => {
      const wanted = Math.round(span / Math.max(us, UNSEEN_US / repeats[index]));
      return Math.min(most[index], Math.max(1, wanted));
    });
  try {
    const first = await round();
    if (!first) return { microseconds: [], repeats: [], rounds: 0 };
    let round_ms = performance.now() - began;
    if (round_ms > BUDGET_MS / 2) return { microseconds: first, repeats, rounds: 1 };
    repeats = refined(first);
    repeats = refined((await round()) ?? first);
    const rounds: number[][] = [];
    const isInTime = () => performance.now() - began + round_ms < BUDGET_MS;
    while (rounds.length < MIN_ROUNDS || (rounds.length < MAX_ROUNDS && isInTime())) {
      const start = performance.now();
      rounds.push((await round()) ?? first);
      round_ms = performance.now() - start;
    }
    const microseconds = launches.map((_, index) => median(rounds.map((times) => times[index])));
    return { microseconds, repeats, rounds: rounds.length };
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  } finally {
    putBack();
  }
}
