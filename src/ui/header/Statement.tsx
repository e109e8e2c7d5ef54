import { type KeyboardEvent, lazy, useEffect } from 'react';
import { own } from '../../state/catalogue.ts';
import { Loaded } from '../Loaded.tsx';
import { useLab, useSetup, useView } from '../lab.tsx';
import { PlaceLink } from '../links.tsx';

const loadPicker = () => import('../picker/AlgorithmPicker.tsx');
const AlgorithmPicker = lazy(loadPicker);
const LOAD_AFTER_MS = 3000;

interface Entry {
  id: string;
  title: string;
}

/** A choice inside a sentence. */
function Pick({
  label,
  value,
  entries,
  onPick,
}: {
  label: string;
  value: string;
  entries: Entry[];
  onPick(id: string): void;
}) {
  const sorted = [...entries].sort((a, b) => a.title.localeCompare(b.title, 'en'));
  return (
    <select
      className="pick"
      data-role={label.toLowerCase()}
      aria-label={label}
      value={value}
      onChange={(event) => onPick(event.target.value)}
    >
      {sorted.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** The algorithm, and the way to the list of all. */
function AlgorithmPick() {
  const { catalogue, view } = useLab();
  const algorithm = useSetup((state) => state.config.algorithm);
  const is_open = useView((state) => state.is_picker_open);
  const open = () => view.getState().setPicker(true);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    open();
  };
  return (
    <button
      type="button"
      role="combobox"
      className="pick pick-algorithm"
      data-role="algorithm"
      aria-label="Algorithm"
      aria-haspopup="dialog"
      aria-expanded={is_open}
      aria-controls="picker"
      onClick={open}
      onKeyDown={press}
    >
      {own(catalogue.algorithms, algorithm)?.title}
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <path d="M1.5 3 5 7 8.5 3" />
      </svg>
    </button>
  );
}

/** The list of all algorithms, loaded when it is opened. */
function AlgorithmList() {
  const is_open = useView((state) => state.is_picker_open);
  useEffect(() => {
    // fetched when the page has come to rest, so that what is typed behind P is not lost
    const timer = setTimeout(() => loadPicker().catch(() => undefined), LOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!is_open) return null;
  return (
    <Loaded what="the list of algorithms" waiting={null}>
      <AlgorithmPicker />
    </Loaded>
  );
}

/** One sentence that says what is being trained; its nouns are the pickers. */
export function Statement() {
  const { catalogue, session } = useLab();
  const { task, policy, algorithm } = useSetup((state) => state.config);
  const title = `${own(catalogue.algorithms, algorithm)?.title} on ${own(catalogue.tasks, task)?.title}`;
  useEffect(() => {
    document.title = `${title} · Rollout Lab`;
  }, [title]);
  const of = (table: Record<string, Entry>) => Object.values(table);
  return (
    <section className="statement" aria-labelledby="statement">
      <h2 id="statement" className="unseen">
        What is being trained
      </h2>
      <p className="statement-line">
        <AlgorithmPick />
        <span> trains a </span>
        <Pick
          label="Policy"
          value={policy}
          entries={of(catalogue.policies)}
          onPick={(id) => void session.open({ policy: id, policy_settings: {} })}
        />
        <span> policy on </span>
        <Pick
          label="Task"
          value={task}
          entries={of(catalogue.tasks)}
          onPick={(id) => void session.open({ task: id, task_settings: {} })}
        />
      </p>
      <AlgorithmList />
      <p className="statement-note">
        {own(catalogue.tasks, task)?.summary}{' '}
        <span className="wide-only">{own(catalogue.algorithms, algorithm)?.summary} </span>
        <PlaceLink panel="about">Equations and code of {own(catalogue.algorithms, algorithm)?.title}</PlaceLink>
      </p>
    </section>
  );
}
