import { useId, useState } from 'react';
import { ROLES, type Role } from '../../algorithms/algorithm.ts';
import { own, partOf, ROLE_QUESTIONS, ROLE_TITLES } from '../../state/catalogue.ts';
import { useLab, useSetup } from '../lab.tsx';
import { PlaceLink } from '../links.tsx';
import { Panel } from '../Panel.tsx';
import './panels.css';

/** One part of the algorithm and what could stand in its place. */
function PartRow({ role, onLook }: { role: Role; onLook(role: Role): void }) {
  const { catalogue, session } = useLab();
  const id = useId();
  const config = useSetup((state) => state.config);
  const part = partOf(catalogue, config, role);
  const original = own(catalogue.algorithms, config.algorithm)?.[role];
  if (!part || !original) return null;
  const choices = catalogue.partsOf(role);
  const listed = choices.some((choice) => choice.id === part.id) ? choices : [part, ...choices];
  const is_exchanged = part.id !== original.id;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows what the select is described by anyway
    <div
      className={is_exchanged ? 'part is-exchanged' : 'part'}
      onMouseEnter={() => onLook(role)}
      onFocus={() => onLook(role)}
    >
      <label htmlFor={id}>{ROLE_TITLES[role]}</label>
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
      <span hidden id={`${id}-doc`}>
        {ROLE_QUESTIONS[role]} {part.doc}
      </span>
      {is_exchanged && (
        <button type="button" className="quiet" onClick={() => void session.swapPart(role, original.id)}>
          back to {original.title}
        </button>
      )}
    </div>
  );
}

/** The algorithm as its exchangeable parts; a swap keeps the weights. */
export function PartsPanel() {
  const { catalogue } = useLab();
  const config = useSetup((state) => state.config);
  const [looked_at, setLookedAt] = useState<Role>('advantage');
  const declared = own(catalogue.algorithms, config.algorithm);
  const num_exchanged = Object.keys(config.parts).length;
  const part = partOf(catalogue, config, looked_at);
  const paper = declared?.paper;
  return (
    <Panel
      id="parts"
      title={`Parts of ${declared?.title}`}
      note={num_exchanged > 0 ? `${num_exchanged} exchanged` : 'swap keeps the weights'}
    >
      {ROLES.map((role) => (
        <PartRow key={role} role={role} onLook={setLookedAt} />
      ))}
      <p className="part-doc">
        <span className="muted">{ROLE_QUESTIONS[looked_at]}</span> <b>{part?.title}:</b> {part?.doc}
      </p>
      <p className="panel-summary">
        <PlaceLink panel="about">About {declared?.title}</PlaceLink>: equations, differences, code
      </p>
      {paper && (
        <p className="panel-summary">
          {paper.title}, {paper.equation}
          {paper.arxiv && (
            <>
              {', '}
              <a href={`https://arxiv.org/abs/${paper.arxiv}`} rel="noreferrer">
                arXiv {paper.arxiv}
              </a>
            </>
          )}
        </p>
      )}
    </Panel>
  );
}
