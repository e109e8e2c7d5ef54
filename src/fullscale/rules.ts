/** Rules that the mappings of several trainers are made of: what is said of a setting, whatever the key is called there. */
import { type FullScaleRun, type Rule, rateOf, type Said, updatesOf, type Values } from './launch.ts';

/** A clip distance that no ratio reaches. */
export const WIDE = 1e9;

/** The same meaning and the same number. */
export const same = (set: Values = {}): Said => ({ kind: 'same', set });

/** No counterpart; the sentence says what becomes of it. */
export const none =
  (text: string): Rule =>
  () => ({ kind: 'none', text });

/** Nothing there can run it. */
export const refused =
  (refuse: string): Rule =>
  () => ({ kind: 'none', refuse });

/** Hyperparameters whose numbers are taken as they are: ours -> the key there. */
export const taken = (keys: Record<string, string>): Record<string, Rule> =>
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, ({ hyper }) => same({ [key]: hyper[name] })]));

/** Replaces the toy’s learning rate by a published one. */
export const publishedRate =
  (key: string): Rule =>
  (run) => {
    const [rate, source] = rateOf(run);
    return {
      kind: 'replaced',
      set: { [key]: rate },
      text: `The toy’s rate is far too large for a language model; ${rate.toExponential()}: ${source}.`,
    };
  };

/** What a ratio part does; with a single update there is no ratio yet. */
export const ofRatio = (run: FullScaleRun, said: Said): Said =>
  updatesOf(run) === 1
    ? { ...said, kind: 'approximate', text: 'With one update per rollout the ratio is 1, so it has no effect.' }
    : said;

/** A range for the mean ratio of a response, which shrinks with its length: GSPO’s own takes the place of the toy’s. */
export const SEQUENCE_CLIP = { low: 3e-4, high: 4e-4 } as const;
export const sequenceClip = (set: Values): Said => ({
  kind: 'replaced',
  set,
  text: 'The range of a response’s mean ratio shrinks with its length; 3e-4 and 4e-4 are GSPO’s own.',
});

/** Standard deviations that are always those of a sample. */
export const ofSample = (title: string): Record<string, Rule> => {
  const rule =
    (name: string): Rule =>
    ({ hyper }) => ({
      kind: hyper[name] === 0 ? 'same' : 'none',
      text: `${title} divides by n − 1, as for a sample.`,
    });
  return Object.fromEntries(['std_is_population', 'whiten_is_population'].map((name) => [name, rule(name)]));
};

/** Batch settings that stand in no launch file. */
export const OUTSIDE: Record<string, Rule> = {
  replicas: none('One launch for every seed; this file is the first.'),
  entropy_watch: none('A measurement of this page only.'),
};
