// node scripts/papers.mjs [FILE]
// Writes the page of papers from the cards in seeds/, to docs/papers.md or to FILE; '-' is standard output.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const runsHere = (card) => Object.values(card.runs).some((ids) => ids.length > 0);
const cell = (text) => text.replaceAll('|', '\\|');

/** What runs, by kind, or why nothing does. */
function runsCell(card) {
  if (!runsHere(card)) return card.role === 'reading' ? card.why_not : `Nothing yet. ${card.why_not}`;
  const kinds = Object.entries(card.runs).filter(([, ids]) => ids.length > 0);
  return kinds.map(([kind, ids]) => `${kind}: ${ids.map((id) => `\`${id}\``).join(', ')}`).join('; ');
}

/** How the paper's claims fared in the recorded experiments. */
function measuredCell(card, results) {
  return card.runs.experiments
    .flatMap((id) => {
      const claims = (results[id]?.claims ?? []).filter((claim) => claim.source === `arXiv ${card.arxiv}`);
      if (claims.length === 0) return [];
      const count = (verdict) => claims.filter((claim) => claim.verdict === verdict).length;
      const said = ['holds', 'opposite', 'undecided'].filter(count).map((verdict) => `${count(verdict)} ${verdict}`);
      return [`\`${id}\`: of ${claims.length} claims ${said.join(', ')}`];
    })
    .join('; ');
}

function row(card, results) {
  const paper = card.arxiv ? `[${card.title}](https://arxiv.org/abs/${card.arxiv})` : card.title;
  const cells = [paper, card.idea, runsCell(card), card.headline ?? '', measuredCell(card, results)];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** The whole page; within a topic what runs comes first, then the order of ids. */
export function papersPage(cards, topics, results) {
  const running = cards.filter(runsHere).length;
  const parts = [
    '# Papers',
    '',
    'The papers this playground is built around: the idea of each in two sentences, what of it runs here, what its authors',
    "report (the papers' own figures, at their scale), and how their claims fared in our [experiments](experiments.md) at",
    'toy scale: `holds`, `opposite`, or `undecided` within the seeds that were run.',
    '',
    `There are ${cards.length} papers, and something runs of ${running}. \`npm run papers\` writes this page from the cards in`,
    '`seeds/`.',
  ];
  for (const [topic, heading] of Object.entries(topics)) {
    const here = cards.filter((card) => card.topic === topic);
    here.sort((a, b) => Number(runsHere(b)) - Number(runsHere(a)) || (a.id < b.id ? -1 : 1));
    if (!here.length) continue;
    parts.push(
      '',
      `## ${heading}`,
      '',
      '| paper | idea | what runs here | reported | measured here |',
      '|---|---|---|---|---|',
    );
    parts.push(...here.map((card) => row(card, results)));
  }
  return `${parts.join('\n')}\n`;
}

/** Experiment id -> its recorded results. */
export function recorded() {
  const folder = join(root, 'public/results');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return Object.fromEntries(files.map((name) => [name.replace(/\.json$/, ''), read(`public/results/${name}`)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = readdirSync(join(root, 'seeds')).filter((name) => name.endsWith('.json'));
  const cards = files.map((name) => read(`seeds/${name}`));
  const page = papersPage(cards, read('src/corpus/topics.json'), recorded());
  const file = process.argv[2] ?? join(root, 'docs/papers.md');
  if (file === '-') process.stdout.write(page);
  else {
    writeFileSync(file, page);
    console.log(`papers: ${cards.length} cards, ${file}`);
  }
}
