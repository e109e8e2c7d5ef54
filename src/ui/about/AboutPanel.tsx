import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { type Algorithm, type Part, type Parts, ROLES, type Role } from '../../algorithms/algorithm.ts';
import {
  batchHome,
  COEFFICIENT,
  commonLegend,
  type Difference,
  differences,
  isRecombined,
  partLegend,
  REFERENCE,
  runningParts,
  UPDATE,
} from '../../state/about.ts';
import { own, ROLE_QUESTIONS, ROLE_TITLES } from '../../state/catalogue.ts';
import { formatPlain, wordsOf } from '../../state/format.ts';
import { DEFAULT_SETUP } from '../../state/setupStore.ts';
import { foundTerms, meetingTerms, partTerms } from '../../state/terms.ts';
import { homeOf } from '../../trainer/home.ts';
import { useLab, useSetup, useView } from '../lab.tsx';
import { ArxivLink, RunLink } from '../links.tsx';
import { Legend } from './Legend.tsx';
import { LitTerm } from './LitTerm.tsx';
import { TermEquation, type TermEquationProps } from './TermEquation.tsx';
import { useLitKnobs } from './useLitKnobs.ts';
import './about.css';

const SourceBrowser = lazy(() => import('./SourceBrowser.tsx'));

/** A part in a table of differences. */
function PartCell({ part, of, is_other }: { part: Part; of: string | undefined; is_other: boolean }) {
  return (
    <td className={is_other ? 'difference is-other' : 'difference'} data-of={of}>
      <b>{part.title}</b>
      <span>{part.doc}</span>
    </td>
  );
}

/** Role by role what GRPO does, what this algorithm does instead, and what the run does where that is something else. */
function Differences({ algorithm, rows }: { algorithm: Algorithm; rows: Difference[] }) {
  const { catalogue } = useLab();
  const reference = own(catalogue.algorithms, REFERENCE);
  const is_reference = algorithm.id === REFERENCE;
  const is_mixed = isRecombined(rows);
  if (rows.length === 0) {
    return (
      <p>
        {is_reference
          ? 'This is the algorithm that the others are compared with. Exchange a part, and the difference appears here.'
          : `Every part is ${reference?.title}’s own; what differs are defaults.`}
      </p>
    );
  }
  return (
    <table className="differences" data-testid="differences">
      <thead>
        <tr>
          <th scope="col">Role</th>
          <th scope="col">{reference?.title}</th>
          {!is_reference && <th scope="col">{algorithm.title}</th>}
          {is_mixed && <th scope="col">This run</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ role, reference: theirs, declared, running }) => (
          <tr key={role}>
            <th scope="row" title={ROLE_QUESTIONS[role]}>
              {ROLE_TITLES[role]}
            </th>
            <PartCell part={theirs} of={reference?.title} is_other={false} />
            {!is_reference && <PartCell part={declared} of={algorithm.title} is_other={declared.id !== theirs.id} />}
            {is_mixed && <PartCell part={running} of="This run" is_other={running.id !== declared.id} />}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The equations in which all parts meet. */
const MEETING = [
  { tex: COEFFICIENT, label: 'Coefficient of a token' },
  { tex: UPDATE, label: 'Update of the weights' },
] as const;

/** The equation of every part with its symbols, then those of the optimiser and the sampler. */
function Equations({ parts }: { parts: Parts }) {
  const { catalogue } = useLab();
  const config = useSetup((state) => state.config);
  const common = commonLegend(catalogue, config);
  const unnamed = common.filter(({ symbol }) => symbol === '');
  const equations = useMemo(
    (): TermEquationProps[] => [
      ...MEETING.map((one) => ({ ...one, place: 'shared' as const, terms: foundTerms(one.tex, meetingTerms) })),
      ...ROLES.map((role) => {
        const { equation: tex, title } = parts[role];
        return { tex, label: `Equation of ${title}`, place: role, terms: foundTerms(tex, partTerms(parts[role])) };
      }),
    ],
    [parts],
  );
  useLitKnobs(equations);
  const equationOf = (role: Role) => equations[MEETING.length + ROLES.indexOf(role)];
  return (
    <>
      <h3>Where the parts meet</h3>
      <p className="about-text">
        Every algorithm ends in one number per token, the coefficient of ∇ log π. Each brace is a role; the parts that
        play them stand below, with their symbols and what those are set to. Point at a symbol, or walk through an
        equation with the arrow keys: its setting, its metric and the lines that compute it light up. A click or Enter
        holds it.
      </p>
      {equations.slice(0, MEETING.length).map((equation) => (
        <TermEquation key={equation.label} {...equation} />
      ))}
      <Legend entries={common.filter(({ symbol }) => symbol !== '')} label="Symbols of the update" />
      {unnamed.length > 0 && (
        <details className="about-more">
          <summary>{unnamed.length} more settings of the optimiser</summary>
          <Legend entries={unnamed} label="Other settings of the optimiser" />
        </details>
      )}
      {ROLES.map((role) => {
        const part = parts[role];
        return (
          <section key={role} className="about-part" aria-label={`${ROLE_TITLES[role]}: ${part.title}`}>
            <div>
              <h4>
                <span className="muted">{ROLE_TITLES[role]}:</span> {part.title}
              </h4>
              <p>{part.doc}</p>
            </div>
            <TermEquation {...equationOf(role)} />
            <Legend entries={partLegend(catalogue, config, part)} label={`Symbols of ${part.title}`} />
          </section>
        );
      })}
    </>
  );
}

/** Everything about an algorithm on one card: paper, differences, equations bound to the sliders, departures, code. */
export default function AboutPanel() {
  const { catalogue } = useLab();
  const config = useSetup((state) => state.config);
  const [is_opened, setCodeOpen] = useState(false);
  const code = useView((state) => state.code);
  const is_code_open = is_opened || code !== undefined;
  const algorithm = own(catalogue.algorithms, config.algorithm);
  const rows = useMemo(() => differences(catalogue, config), [catalogue, config]);
  // The same object while no part changes: a moved slider must not take the reader's place in the code away.
  const played = ROLES.map((role) => own(config.parts, role) ?? '').join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `played` is all of the configuration that parts depend on
  const parts = useMemo(() => runningParts(catalogue, config), [catalogue, config.algorithm, played]);
  const code_section = useRef<HTMLHeadingElement>(null);
  const showLines = () => {
    setCodeOpen(true);
    code_section.current?.scrollIntoView({ block: 'start' });
  };
  if (!algorithm || !parts) return null;
  const home = batchHome(algorithm);
  const { paper, departures = [] } = algorithm;
  return (
    <div className="about" data-testid="about">
      <p className="about-summary">{algorithm.summary}</p>
      <p className="about-text">
        {paper.title}, {paper.equation}
        {paper.arxiv && (
          <>
            {', '}
            <ArxivLink id={paper.arxiv} />
          </>
        )}
      </p>
      <h3>
        {algorithm.id === REFERENCE ? 'Differences' : `Differences from ${catalogue.algorithms[REFERENCE]?.title}`}
      </h3>
      <Differences algorithm={algorithm} rows={rows} />
      {home.length > 0 && (
        <p className="about-text">
          At home with{' '}
          {home.map(({ name, value, usual, doc }, index) => (
            <span key={name} title={doc}>
              {index > 0 && ', '}
              {wordsOf(name)} {formatPlain(value)} (usually {formatPlain(usual)})
            </span>
          ))}
          .
        </p>
      )}
      {algorithm.home && (
        <p className="about-text">
          Its idea shows on {own(catalogue.tasks, algorithm.home.task)?.title}:{' '}
          <RunLink config={{ ...DEFAULT_SETUP.config, ...homeOf(algorithm) }}>open it there</RunLink>.
        </p>
      )}
      <Equations parts={parts} />
      <h3>Departures from the paper</h3>
      {departures.length === 0 ? (
        <p className="about-text">None is noted, apart from the scale.</p>
      ) : (
        <ul className="about-departures">
          {departures.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <h3 ref={code_section} className="about-code">
        Code, as it runs
      </h3>
      {is_code_open ? (
        <Suspense fallback={<p className="muted">Loading</p>}>
          <SourceBrowser parts={parts} code={code} />
        </Suspense>
      ) : (
        <button type="button" onClick={() => setCodeOpen(true)}>
          Show the shaders and their twins
        </button>
      )}
      <LitTerm onShow={showLines} />
    </div>
  );
}
