import { lazy, useMemo } from 'react';
import type { Experiment } from '../../experiments/experiment.ts';
import { experiments } from '../../experiments/index.ts';
import type { Estimate } from '../../experiments/lib/statistics.ts';
import type { Results } from '../../experiments/results.ts';
import { own } from '../../state/catalogue.ts';
import { plural } from '../../state/format.ts';
import {
  armConfig,
  changeSentence,
  claimNumbers,
  claimTerms,
  commandOf,
  formatEstimate,
  madeSentence,
} from '../../state/results.ts';
import { armTitle, kindsOf, measureSentence, measureTitle } from '../../state/resultWords.ts';
import { Loaded } from '../Loaded.tsx';
import { useView } from '../lab.tsx';
import { PlaceLink, RunLink } from '../links.tsx';
import { useResults } from './useResults.ts';
import { VerdictWord } from './VerdictWord.tsx';
import './experiments.css';

const CurveChart = lazy(() => import('./CurveChart.tsx'));

/** Every experiment with its question and what is claimed. */
function ExperimentList() {
  return (
    <ul className="experiment-list">
      {Object.values(experiments).map(({ id, title, question, claims }) => (
        <li key={id}>
          <h3>
            <PlaceLink panel="experiments" item={id}>
              {title}
            </PlaceLink>
          </h3>
          <p>{question}</p>
          {claims.length > 0 && (
            <p className="muted">
              Claimed: {claims[0].says}
              {claims.length > 1 && ` And ${claims.length - 1} more.`}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Every claim, with its verdict where it was measured. */
function Claims({ declared, results }: { declared: Experiment; results: Results | undefined }) {
  return (
    <ul className="claims" data-testid="claims">
      {results
        ? results.claims.map((claim) => (
            <li key={claim.says}>
              <VerdictWord verdict={claim.verdict} />
              <p>
                {claim.says} <span className="muted">({claim.source})</span>
              </p>
              <p className="claim-numbers">{claimNumbers(claim, results.arms)}</p>
            </li>
          ))
        : declared.claims.map((claim) => (
            <li key={claim.says}>
              <span className="verdict muted">Not measured</span>
              <p>
                {claim.says} <span className="muted">({claim.source})</span>
              </p>
              <p className="claim-numbers">{claimTerms(claim)}</p>
            </li>
          ))}
    </ul>
  );
}

/** A number with its interval, which may stand on a second line. */
const cellText = (estimate: Estimate | undefined): string =>
  estimate ? formatEstimate(estimate).replace('± ', '±\u00a0') : '–';

/** What every arm measured. */
function ResultTable({ results }: { results: Results }) {
  const kinds = useMemo(() => kindsOf(results), [results]);
  const arms = Object.entries(results.arms);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="result-scroll" tabIndex={0} aria-label="Measured results">
      <table data-testid="results">
        <thead>
          <tr>
            <th scope="col">Measure</th>
            {arms.map(([arm]) => (
              <th key={arm} scope="col" className="is-number">
                {armTitle(arm)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(results.measures).map(([measure, doc]) => (
            <tr key={measure}>
              <th scope="row">
                {measureTitle(measure)}
                <span className="measure-doc">{measureSentence(doc, kinds)}</span>
              </th>
              {arms.map(([arm, { estimates }]) => (
                <td key={arm} className="is-number">
                  {cellText(own(estimates, measure))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What was trained, each a click away from running here. */
function Arms({ declared }: { declared: Experiment }) {
  return (
    <ul className="arms" data-testid="arms">
      {Object.entries(declared.arms).map(([arm, { doc, schedule = [] }]) => (
        <li key={arm}>
          <p>
            <b>{armTitle(arm)}</b> <span className="muted">{doc}</span>
            {schedule.map((change) => (
              <span key={change.at} className="muted">
                {'; '}
                {changeSentence(change)}, which is yours to do here
              </span>
            ))}
          </p>
          <RunLink config={armConfig(declared, arm)} missing="This build lacks what it takes.">
            Open<span className="unseen"> {armTitle(arm)}</span> in the playground
          </RunLink>
        </li>
      ))}
    </ul>
  );
}

/** One experiment: its question, what came out, and its arms. */
function ExperimentView({ declared }: { declared: Experiment }) {
  const loaded = useResults(declared.id);
  const results = loaded?.is === 'ready' ? loaded.results : undefined;
  return (
    <article className="experiment" data-testid="experiment">
      <p>
        <PlaceLink panel="experiments">All experiments</PlaceLink>
      </p>
      <h3>{declared.title}</h3>
      <p className="experiment-question">{declared.question}</p>
      {!loaded && <p className="muted">Loading the results</p>}
      {loaded?.is === 'missing' && (
        <p className="experiment-missing" data-testid="missing">
          This page holds no results of it yet. <code>{commandOf(declared.id)}</code> trains its{' '}
          {plural(Object.keys(declared.arms).length, 'arm')} with {plural(declared.seeds, 'seed')} each and writes them.
        </p>
      )}
      {loaded?.is === 'bad' && (
        <p className="experiment-missing" role="alert">
          {loaded.problem}
        </p>
      )}
      <h4>{results ? 'Claims, measured here' : 'Claims'}</h4>
      <Claims declared={declared} results={results} />
      {results && (
        <>
          <h4>Curves</h4>
          <Loaded what="the chart">
            <CurveChart results={results} />
          </Loaded>
          <h4>Numbers</h4>
          <p className="muted">Mean over seeds ± half width of its 95 % interval.</p>
          <ResultTable results={results} />
          <p className="muted" data-testid="made">
            {madeSentence(results)} <code>{results.made.command}</code>
          </p>
        </>
      )}
      <h4>Arms</h4>
      <Arms declared={declared} />
    </article>
  );
}

/** The experiments: what papers claim, and what came out here. */
export default function ExperimentsPanel() {
  const id = useView((state) => state.experiment);
  const declared = id === undefined ? undefined : own(experiments, id);
  return declared ? <ExperimentView key={declared.id} declared={declared} /> : <ExperimentList />;
}
