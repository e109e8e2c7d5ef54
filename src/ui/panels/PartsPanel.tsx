import { useId } from 'react';
import { ROLES, type Role } from '../../algorithms/algorithm.ts';
import { own, partOf, ROLE_QUESTIONS, ROLE_TITLES } from '../../state/catalogue.ts';
import { useLab, useSetup } from '../lab.tsx';
import { Panel } from '../Panel.tsx';
import './panels.css';

/** One part of the algorithm and what could stand in its place. */
function PartRow({ role }: { role: Role }) {
  const { catalogue, session } = useLab();
  const id = useId();
  const config = useSetup((state) => state.config);
  const part = partOf(catalogue, config, role);
  const algorithm = own(catalogue.algorithms, config.algorithm);
  const original = algorithm?.[role];
  if (!part || !original) return null;
  const choices = catalogue.partsOf(role);
  const listed = choices.some((choice) => choice.id === part.id) ? choices : [part, ...choices];
  return (
    <div className={part.id === original.id ? 'part' : 'part is-exchanged'}>
      <label htmlFor={id} title={ROLE_QUESTIONS[role]}>
        {ROLE_TITLES[role]}
      </label>
      <select
        id={id}
        value={part.id}
        aria-describedby={`${id}-doc`}
        onChange={(event) => void session.swapPart(role, event.target.value)}
      >
        {listed.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.title}
          </option>
        ))}
      </select>
      <p className="part-doc" id={`${id}-doc`}>
        {part.doc}
        {part.id !== original.id && (
          <button type="button" className="quiet" onClick={() => void session.swapPart(role, original.id)}>
            back to {original.title}
          </button>
        )}
      </p>
    </div>
  );
}

/** The algorithm as its exchangeable parts; a swap keeps the weights. */
export function PartsPanel() {
  const { catalogue } = useLab();
  const { algorithm, parts } = useSetup((state) => state.config);
  const declared = own(catalogue.algorithms, algorithm);
  const num_exchanged = Object.keys(parts).length;
  const paper = declared?.paper;
  return (
    <Panel id="parts" title="Parts" note={num_exchanged > 0 ? `${num_exchanged} exchanged` : 'swap keeps the weights'}>
      {ROLES.map((role) => (
        <PartRow key={role} role={role} />
      ))}
      {paper && (
        <p className="panel-summary">
          {paper.title}
          {paper.arxiv && (
            <>
              {', '}
              <a href={`https://arxiv.org/abs/${paper.arxiv}`} rel="noreferrer">
                arXiv {paper.arxiv}
              </a>
            </>
          )}
          , {paper.equation}
        </p>
      )}
    </Panel>
  );
}
