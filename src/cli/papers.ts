/** `npm run papers`: the page of papers, from the cards in seeds/ and the recorded results. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Card, runsHere, TOPICS } from '../corpus/card.ts';
import { cards } from '../corpus/index.ts';
import { type Results, readResults } from '../experiments/results.ts';
import { HELP, readOptions, type Usage, usageText } from './options.ts';
import { assertWritable } from './rows.ts';

const PAGE = 'docs/papers.md';
const RESULTS = 'public/results';
const USAGE: Usage = {
  command: 'npm run papers',
  options: { out: { value: 'FILE', doc: `where the page goes (${PAGE}); - is standard output` }, help: HELP },
};

type AllResults = Record<string, Results>;

const cell = (text: string) => text.replaceAll('|', '\\|');

/** What runs, by kind, or why nothing does. */
function runsCell(card: Card): string {
  if (!runsHere(card)) return card.role === 'reading' ? `${card.why_not}` : `Nothing yet. ${card.why_not}`;
  const kinds = Object.entries(card.runs).filter(([, ids]) => ids.length > 0);
  return kinds.map(([kind, ids]) => `${kind}: ${ids.map((id) => `\`${id}\``).join(', ')}`).join('; ');
}

/** How the paper's claims fared in the recorded experiments. */
function measuredCell(card: Card, results: AllResults): string {
  return card.runs.experiments
    .flatMap((id) => {
      const claims = (results[id]?.claims ?? []).filter((claim) => claim.source === `arXiv ${card.arxiv}`);
      if (claims.length === 0) return [];
      const count = (verdict: string) => claims.filter((claim) => claim.verdict === verdict).length;
      const said = ['holds', 'opposite', 'undecided'].filter(count).map((verdict) => `${count(verdict)} ${verdict}`);
      return [`\`${id}\`: of ${claims.length} claims ${said.join(', ')}`];
    })
    .join('; ');
}

function row(card: Card, results: AllResults): string {
  const paper = card.arxiv ? `[${card.title}](https://arxiv.org/abs/${card.arxiv})` : card.title;
  const cells = [paper, card.idea, runsCell(card), card.headline ?? '', measuredCell(card, results)];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** The whole page; within a topic what runs comes first, then the order of ids. */
function papersPage(all: readonly Card[], results: AllResults): string {
  const running = all.filter(runsHere).length;
  const parts = [
    '# Papers',
    '',
    'The papers this playground is built around: the idea of each in two sentences, what of it runs here, what its authors',
    "report (the papers' own figures, at their scale), and how their claims fared in our [experiments](experiments.md) at",
    'toy scale: `holds`, `opposite`, or `undecided` within the seeds that were run.',
    '',
    `There are ${all.length} papers, and something runs of ${running}. \`npm run papers\` writes this page from the cards in`,
    '`seeds/`.',
  ];
  for (const [topic, heading] of Object.entries(TOPICS)) {
    const here = all.filter((card) => card.topic === topic);
    here.sort((a, b) => Number(runsHere(b)) - Number(runsHere(a)) || (a.id < b.id ? -1 : 1));
    if (here.length === 0) continue;
    parts.push(
      '',
      `## ${heading}`,
      '',
      '| paper | idea | what runs here | reported | measured here |',
      '|---|---|---|---|---|',
      ...here.map((card) => row(card, results)),
    );
  }
  return `${parts.join('\n')}\n`;
}

/** Experiment id -> its recorded results. */
function recorded(): AllResults {
  const files = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => name.endsWith('.json')) : [];
  const read = (name: string) => readResults(readFileSync(`${RESULTS}/${name}`, 'utf8'));
  return Object.fromEntries(files.map((name) => [name.replace(/\.json$/, ''), read(name)]));
}

/** Writes the page. */
export async function main(argv: string[]): Promise<number> {
  const { found } = readOptions(USAGE, argv);
  if (found.has('help')) {
    process.stdout.write(usageText(USAGE, 'Writes the page of papers from the cards in seeds/.'));
    return 0;
  }
  const all = Object.values(cards);
  const page = papersPage(all, recorded());
  const out = found.get('out')?.[0] ?? PAGE;
  if (out === '-') process.stdout.write(page);
  else {
    assertWritable('--out', out);
    writeFileSync(out, page);
    console.log(`papers: ${all.length} cards, ${out}`);
  }
  return 0;
}
