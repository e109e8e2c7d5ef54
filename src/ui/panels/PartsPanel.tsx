import { useEffect, useId, useState } from 'react';
import { ROLES, type Role } from '../../algorithms/algorithm.ts';
import { REFERENCE } from '../../state/about.ts';
import { own, partOf, ROLE_QUESTIONS, ROLE_TITLES } from '../../state/catalogue.ts';
import { plural } from '../../state/format.ts';
import { useLab, useSetup } from '../lab.tsx';
import { ArxivLink, PlaceLink } from '../links.tsx';
import { Panel } from '../Panel.tsx';
import { useRefusals } from '../picker/useRefusals.ts';
import './panels.css';

type Refused = Readonly<Record<string, string>>;
const NONE: Refused = {};

/** One part of the algorithm and what could stand in its place. */
function PartRow({ role, refused, onLook }: { role: Role; refused: Refused; onLook(role: Role): void }) {
  const { catalogue, session } = useLab();
  const id = useId();
  const config = useSetup((state) => state.config);
  const [problem, setProblem] = useState('');
  const part = partOf(catalogue, config, role);
  const original = own(catalogue.algorithms, config.algorithm)?.[role];
  const reference = own(catalogue.algorithms, REFERENCE)?.[role];
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was refused of another combination says nothing of this one
  useEffect(() => setProblem(''), [config.algorithm, config.parts, config.task]);
  if (!part || !original || !reference) return null;
  const choices = catalogue.partsOf(role);
  const listed = choices.some((choice) => choice.id === part.id) ? choices : [part, ...choices];
  const is_exchanged = part.id !== original.id;
  const is_other = part.id !== reference.id;
  const exchange = async (to: string) => setProblem(await session.swapPart(role, to));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows what the select is described by anyway
    <div
      className={`part${is_other ? ' is-other' : ''}${is_exchanged ? ' is-exchanged' : ''}`}
      data-role={role}
      onMouseEnter={() => onLook(role)}
      onFocus={() => onLook(role)}
    >
      <label htmlFor={id}>{ROLE_TITLES[role]}</label>
      <select
        id={id}
        value={part.id}
        aria-describedby={`${id}-doc ${id}-marks`}
        aria-invalid={problem !== ''}
        onChange={(event) => void exchange(event.target.value)}
      >
        {listed.map((choice) => {
          const why = own(refused, choice.id);
          return (
            <option key={choice.id} value={choice.id} disabled={why !== undefined} title={why}>
              {choice.title}
              {why !== undefined && ' (not here)'}
            </option>
          );
        })}
      </select>
      <span hidden id={`${id}-doc`}>
        {ROLE_QUESTIONS[role]} {part.doc}
      </span>
      <span className="part-marks" id={`${id}-marks`}>
        {is_other && <span className="part-mark">GRPO: {reference.title}</span>}
        {is_exchanged && (
          <span className="part-yours">
            <span className="part-mark is-yours">yours</span>
            <button
              type="button"
              className="quiet"
              aria-label={`${ROLE_TITLES[role]} back to ${original.title}`}
              onClick={() => void exchange(original.id)}
            >
              back to {original.title}
            </button>
          </span>
        )}
      </span>
      {problem && (
        <p className="part-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What a role's part does, and which others cannot be had with the rest. */
function PartDoc({ role, refused }: { role: Role; refused: Refused }) {
  const { catalogue } = useLab();
  const config = useSetup((state) => state.config);
  const part = partOf(catalogue, config, role);
  const choices = catalogue.partsOf(role);
  const not = choices.filter(({ id }) => own(refused, id) !== undefined);
  return (
    <div className="part-doc">
      <p>
        <span className="muted">{ROLE_QUESTIONS[role]}</span> <b>{part?.title}:</b> {part?.doc}
      </p>
      {not.length > 0 && (
        <details>
          <summary>
            {not.length} of {choices.length} cannot be combined with the rest
          </summary>
          <ul>
            {not.map(({ id, title }) => (
              <li key={id}>
                <b>{title}:</b> {refused[id]}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** The algorithm as its exchangeable parts; a swap keeps the weights. */
export function PartsPanel() {
  const { catalogue, session } = useLab();
  const config = useSetup((state) => state.config);
  const refused = useRefusals().parts;
  const [looked_at, setLookedAt] = useState<Role>('advantage');
  const declared = own(catalogue.algorithms, config.algorithm);
  const reference = own(catalogue.algorithms, REFERENCE);
  const num_exchanged = Object.keys(config.parts).length;
  const num_other = ROLES.filter((role) => partOf(catalogue, config, role)?.id !== reference?.[role].id).length;
  const paper = declared?.paper;
  return (
    <Panel
      id="parts"
      title={`Parts of ${declared?.title}`}
      note={num_exchanged > 0 ? `${num_exchanged} exchanged` : 'swap keeps the weights'}
    >
      <p className="part-legend" data-testid="part-legend">
        <span>
          {num_other === 0 ? 'All parts are GRPO’s' : `${plural(num_other, 'part')} other than in GRPO`}
          {num_exchanged > 0 && `, ${num_exchanged} yours`}
        </span>
        {num_exchanged > 0 && (
          <button type="button" className="quiet" onClick={() => void session.swapAlgorithm(config.algorithm)}>
            Reset all parts
          </button>
        )}
      </p>
      {ROLES.map((role) => (
        <PartRow key={role} role={role} refused={refused[role] ?? NONE} onLook={setLookedAt} />
      ))}
      <PartDoc role={looked_at} refused={refused[looked_at] ?? NONE} />
      <p className="panel-summary">
        <PlaceLink panel="about">About {declared?.title}</PlaceLink>: equations and code
        {paper?.arxiv && (
          <>
            {' · '}
            <ArxivLink id={paper.arxiv} />
          </>
        )}
      </p>
    </Panel>
  );
}
