/** What the arms, measures and metrics of experiments are called on the page. */
import { algorithms } from '../algorithms/index.ts';
import { fillTable } from '../engine/table.ts';
import type { Results } from '../experiments/results.ts';
import { tasks } from '../tasks/index.ts';
import { metricNamed } from '../trainer/metrics.ts';
import { own } from './catalogue.ts';
import { wordsOf } from './format.ts';

const longest_first = Object.keys(algorithms).sort((a, b) => b.length - a.length);
const ALGORITHM = new RegExp(`(?<![a-z0-9])(?:${longest_first.join('|')})(?![a-z0-9])`, 'g');
const PLAIN: Record<string, string> = { kl: 'KL', r2: 'R²' };

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
/** A title as it stands inside a sentence; abbreviations keep their capitals. */
export const inSentence = (title: string): string => title.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());

/** What an arm is called: its name in words, in which ids of algorithms are these algorithms' titles. */
export function armTitle(arm: string): string {
  const said = arm.replace(ALGORITHM, (id) => algorithms[id].title).replace(/pass_at_(\d+)/g, 'pass@$1');
  return capitalised(wordsOf(said).replace(/\b(?:kl|r2)\b/g, (word) => PLAIN[word]));
}

/** What a measure is called: as the metric where it has that name, else as an arm is. */
export const measureTitle = (measure: string): string => metricNamed(measure)?.label ?? armTitle(measure);

/** What a metric is called, `probe:metric` for that of a probe. */
export function metricTitle(id: string, kinds: readonly string[]): string {
  const [metric, probe] = id.split(':').reverse();
  const label = metricNamed(metric, kinds)?.label ?? armTitle(metric);
  return probe === undefined ? label : `${label}, ${wordsOf(probe)}`;
}

/** What a measure measures, with the metrics in it called as they are on the charts. */
export const measureSentence = (doc: string, kinds: readonly string[]): string =>
  doc.replace(/\b[a-z]\w*(?::\w+)?/gi, (word) =>
    metricNamed(word) || word.includes(':') ? inSentence(metricTitle(word, kinds)) : (PLAIN[word] ?? wordsOf(word)),
  );

/** The kinds of responses that the task of an experiment tells apart. */
export function kindsOf({ arms }: Pick<Results, 'arms'>): readonly string[] {
  const task = own(tasks, Object.values(arms)[0]?.config.task ?? '');
  return task?.build(fillTable('task setting', task.settings)).kinds ?? [];
}
