import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { own, ROLE_TITLES } from '../../state/catalogue.ts';
import { plural } from '../../state/format.ts';
import { openConfig } from '../../state/links.ts';
import { findPicks, type Pick, pickGroups, rolesText } from '../../state/picks.ts';
import { DEFAULT_SETUP } from '../../state/setupStore.ts';
import { homeOf } from '../../trainer/home.ts';
import type { RunConfig } from '../../trainer/protocol.ts';
import { useLab, useSetup } from '../lab.tsx';
import { useRefusals } from './useRefusals.ts';
import './picker.css';

const PAGE = 5;

/** One algorithm: what it is called, what it does, where it is not GRPO, and why it cannot be had where it cannot. */
function Option({
  id,
  pick,
  is_active,
  is_chosen,
  refusal,
  home,
  onChoose,
}: {
  id: string;
  pick: Pick;
  is_active: boolean;
  is_chosen: boolean;
  refusal: string | undefined;
  /** the task on which it is opened where the present one refuses it */
  home: string | undefined;
  onChoose(pick: Pick): void;
}) {
  const classes = ['picker-option', is_active && 'is-active', refusal && 'is-refused'].filter(Boolean).join(' ');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are listened for in the search field, which keeps the focus
    // biome-ignore lint/a11y/useFocusableInteractive: see above; the field names the active option
    <div
      id={id}
      role="option"
      data-id={pick.id}
      className={classes}
      aria-selected={is_chosen}
      onClick={() => onChoose(pick)}
    >
      <span className="picker-title">
        <svg className="picker-tick" viewBox="0 0 12 12" aria-hidden="true">
          {is_chosen && <path d="M2 6.5 5 9.5 10 3" />}
        </svg>
        <b>{pick.title}</b>
      </span>
      <span className="picker-roles">
        <span className="unseen">{rolesText(pick.roles)}.</span>
        {pick.roles.map((role) => (
          <span key={role} className="role-label" aria-hidden="true">
            {ROLE_TITLES[role]}
          </span>
        ))}
      </span>
      <span className="picker-summary">{pick.summary}</span>
      {refusal && (
        <span className="picker-refusal">
          <b>Opens on {home}, as a new run.</b> {refusal}
        </span>
      )}
    </div>
  );
}

/** All algorithms in a dialog, searched while one types; the search field keeps the focus. */
export default function AlgorithmPicker() {
  const lab = useLab();
  const { catalogue, session, view } = lab;
  const id = useId();
  const present = useSetup((state) => state.config.algorithm);
  const task = useSetup((state) => own(catalogue.tasks, state.config.task)?.title);
  const refused = useRefusals().algorithms;
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(present);
  const groups = useMemo(() => pickGroups(catalogue), [catalogue]);
  const found = useMemo(() => findPicks(groups, query), [groups, query]);
  const picks = found.flatMap((group) => group.picks);
  const at = picks.findIndex((pick) => pick.id === active);
  const optionId = (pick: string) => `${id}-${pick}`;
  const { seed } = useSetup((state) => state.config);
  const homeConfig = (pick: string): RunConfig => ({
    ...DEFAULT_SETUP.config,
    seed,
    ...homeOf(catalogue.algorithms[pick]),
  });

  useEffect(() => {
    dialog.current?.showModal();
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'center' });
  }, []);
  const moveTo = (index: number) => {
    const next = picks[Math.min(picks.length - 1, Math.max(0, index))];
    if (!next) return;
    setActive(next.id);
    document.getElementById(optionId(next.id))?.scrollIntoView({ block: 'nearest' });
  };
  const search = (text: string) => {
    setQuery(text);
    const left = findPicks(groups, text).flatMap((group) => group.picks);
    setActive((left.find((pick) => refused[pick.id] === undefined) ?? left[0])?.id ?? '');
    list.current?.scrollTo(0, 0);
  };
  const choose = (pick: Pick | undefined) => {
    if (!pick) return;
    dialog.current?.close();
    if (refused[pick.id]) void openConfig(lab, homeConfig(pick.id));
    else if (pick.id !== present) void session.swapAlgorithm(pick.id);
  };
  const press = (event: KeyboardEvent) => {
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? picks.length - 1 : at - 1,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
      Home: 0,
      End: picks.length - 1,
    }[event.key];
    if (event.key === 'Enter') choose(picks[at]);
    else if (to !== undefined && !event.shiftKey) moveTo(to);
    else return;
    event.preventDefault();
  };
  const num_refused = picks.filter((pick) => refused[pick.id]).length;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it, as Escape does
    <dialog
      ref={dialog}
      id="picker"
      className="picker"
      aria-label="Choose an algorithm"
      onClose={() => view.getState().setPicker(false)}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="picker-inside">
        <div className="picker-head">
          <input
            className="picker-search"
            type="text"
            role="combobox"
            aria-label="Search algorithms"
            aria-expanded="true"
            aria-autocomplete="list"
            aria-controls={`${id}-list`}
            aria-activedescendant={at >= 0 ? optionId(picks[at].id) : undefined}
            placeholder="Search by name, idea, paper or arXiv number"
            autoComplete="off"
            spellCheck={false}
            value={query}
            onChange={(event) => search(event.target.value)}
            onKeyDown={press}
          />
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <p className="picker-said" role="status">
          {plural(picks.length, 'algorithm')}
          {num_refused > 0 && `, ${num_refused} of them not for ${task}`}. Labels: where the parts are not GRPO’s.
        </p>
        <div ref={list} id={`${id}-list`} className="picker-list" role="listbox" aria-label="Algorithms">
          {found.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a listbox
            <div key={group.id} role="group" className="picker-group" aria-labelledby={`${id}-group-${group.id}`}>
              <div className="picker-group-head" id={`${id}-group-${group.id}`}>
                <b>{group.title}</b> <span className="muted">{group.doc}</span>
              </div>
              <div className="picker-options" role="presentation">
                {group.picks.map((pick) => (
                  <Option
                    key={pick.id}
                    id={optionId(pick.id)}
                    pick={pick}
                    is_active={pick.id === picks[at]?.id}
                    is_chosen={pick.id === present}
                    refusal={refused[pick.id]}
                    home={own(catalogue.tasks, homeConfig(pick.id).task)?.title}
                    onChoose={choose}
                  />
                ))}
              </div>
            </div>
          ))}
          {picks.length === 0 && <p className="picker-none">No algorithm has all of these words.</p>}
        </div>
      </div>
    </dialog>
  );
}
