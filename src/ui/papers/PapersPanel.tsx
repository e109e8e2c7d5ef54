import { useDeferredValue, useId, useMemo, useState } from 'react';
import { type Card, runsHere } from '../../corpus/card.ts';
import { cards } from '../../corpus/index.ts';
import { own } from '../../state/catalogue.ts';
import { plural, wordsOf } from '../../state/format.ts';
import { claimsOf, countVerdicts, findPapers, type TopicGroup } from '../../state/papers.ts';
import { verdictSentence } from '../../state/results.ts';
import { defaultRun } from '../../trainer/defaultRun.ts';
import { useResults } from '../experiments/useResults.ts';
import { VerdictWord } from '../experiments/VerdictWord.tsx';
import { useLab } from '../lab.tsx';
import { ArxivLink, PlaceLink, RunLink } from '../links.tsx';
import '../experiments/experiments.css';
import './papers.css';

const all = Object.values(cards);
const num_running = all.filter(runsHere).length;

/** What came out here for the claims of a paper. */
function Measured({ card, experiment }: { card: Card; experiment: string }) {
  const loaded = useResults(experiment);
  if (loaded?.is !== 'ready') return null;
  const claims = claimsOf(card, loaded.results);
  return (
    <div className="paper-row">
      <dt>Measured here</dt>
      <dd>
        {claims.length > 0
          ? verdictSentence(countVerdicts(claims))
          : `In ${wordsOf(experiment)}, none of whose claims is this paper’s: ${verdictSentence(countVerdicts(loaded.results.claims))}`}
        <ul>
          {claims.map(({ says, verdict }) => (
            <li key={says}>
              <VerdictWord verdict={verdict} /> {says}
            </li>
          ))}
        </ul>
      </dd>
    </div>
  );
}

/** Links to everything of a paper that runs. */
function RunsHere({ card }: { card: Card }) {
  const { catalogue } = useLab();
  const { algorithms, tasks, experiments, systems } = card.runs;
  return (
    <ul className="runs">
      {algorithms.map((id) => (
        <li key={id}>
          <RunLink config={defaultRun({ algorithm: id })}>{own(catalogue.algorithms, id)?.title ?? id}</RunLink>
        </li>
      ))}
      {tasks.map((id) => (
        <li key={id}>
          task <RunLink config={defaultRun({ task: id })}>{own(catalogue.tasks, id)?.title ?? id}</RunLink>
        </li>
      ))}
      {experiments.map((id) => (
        <li key={id}>
          experiment{' '}
          <PlaceLink panel="experiments" item={id}>
            {wordsOf(id)}
          </PlaceLink>
        </li>
      ))}
      {systems.map((id) => (
        <li key={id}>{wordsOf(id)}</li>
      ))}
    </ul>
  );
}

/** One paper. */
function PaperCard({ card }: { card: Card }) {
  return (
    <li className="paper" data-card={card.id}>
      <h4>{card.title}</h4>
      {card.arxiv && (
        <p>
          <ArxivLink id={card.arxiv} />
        </p>
      )}
      <p className="paper-idea">{card.idea}</p>
      <dl>
        <div className="paper-row">
          <dt>Runs here</dt>
          <dd>{runsHere(card) ? <RunsHere card={card} /> : <span>Nothing. {card.why_not}</span>}</dd>
        </div>
        {card.headline && (
          <div className="paper-row">
            <dt>Reported</dt>
            <dd>{card.headline}</dd>
          </div>
        )}
        {card.runs.experiments.map((id) => (
          <Measured key={id} card={card} experiment={id} />
        ))}
      </dl>
    </li>
  );
}

/** The papers of a topic; folded until it is opened or a search narrows the list. */
function Topic({ group, is_searched }: { group: TopicGroup; is_searched: boolean }) {
  const [is_open, setOpen] = useState(false);
  const is_shown = is_open || is_searched;
  return (
    <details
      className="topic"
      open={is_shown}
      onToggle={(event) => {
        if (!is_searched) setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <h3>{group.title}</h3>{' '}
        <span className="muted">
          {plural(group.cards.length, 'paper')}
          {group.num_running > 0 && `; ${group.num_running} with something that runs here`}
        </span>
      </summary>
      {is_shown && (
        <ul>
          {group.cards.map((card) => (
            <PaperCard key={card.id} card={card} />
          ))}
        </ul>
      )}
    </details>
  );
}

/** The corpus: what each paper is about, and what of it runs here. */
export default function PapersPanel() {
  const id = useId();
  const [search, setSearch] = useState('');
  const [only_running, setOnlyRunning] = useState(false);
  const late_search = useDeferredValue(search);
  const groups = useMemo(() => findPapers(all, late_search, only_running), [late_search, only_running]);
  const count = groups.reduce((sum, group) => sum + group.cards.length, 0);
  const is_searched = late_search.trim() !== '';
  return (
    <div className="papers" data-testid="papers">
      <div className="paper-search">
        <label htmlFor={id}>Search</label>
        <input
          id={id}
          type="search"
          className="search"
          value={search}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setSearch(event.target.value)}
        />
        <label className="inline-field">
          <input type="checkbox" checked={only_running} onChange={() => setOnlyRunning(!only_running)} />
          only what runs
        </label>
        <p role="status" data-testid="paper-count">
          {is_searched || only_running
            ? `${plural(count, 'paper')} of ${all.length}`
            : `${plural(all.length, 'paper')}; ${num_running} have something that runs here`}
        </p>
      </div>
      <p className="muted">
        Titles, ideas and ids are searched; every word must be found. What is reported is the papers’ own, at their
        scale.
      </p>
      {groups.map((group) => (
        <Topic key={group.topic} group={group} is_searched={is_searched} />
      ))}
      {count === 0 && <p>No paper has all of these words. Try fewer.</p>}
    </div>
  );
}
