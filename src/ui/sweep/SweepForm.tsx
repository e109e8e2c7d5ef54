import { useId, useState } from 'react';
import { formatPlain, knobTitle } from '../../state/format.ts';
import { sentenceOf } from '../../state/session.ts';
import {
  cellsOf,
  complainPlan,
  type Knobs,
  LEAST_VALUES,
  listText,
  MOST_REPLICAS,
  MOST_VALUES,
  parseValues,
  replicasOf,
  type Spacing,
  type SweepPlan,
  spacedValues,
  usualRange,
} from '../../state/sweep.ts';

/** What the reader has entered for one knob; `list` is what counts, the range only fills it. */
export interface AxisDraft {
  name: string;
  from: string;
  to: string;
  count: number;
  spacing: Spacing;
  list: string;
  /** why the range could not fill the list */
  problem: string;
}

/** A knob with a usual range around its present value. */
function draftOf(knobs: Knobs, values: Readonly<Record<string, number>>, name: string): AxisDraft | undefined {
  const knob = knobs.find((entry) => entry.name === name)?.knob;
  if (!knob) return undefined;
  const { from, to, spacing, count } = usualRange(knob, values[name] ?? knob.value);
  return {
    ...{ name, spacing, count, problem: '' },
    from: formatPlain(from),
    to: formatPlain(to),
    list: listText(knob, spacedValues(knob, from, to, count, spacing)),
  };
}

/** One knob with its values: typed, or cut from a range. */
function AxisFields({
  title,
  knobs,
  draft,
  others,
  onPick,
  onChange,
}: {
  title: string;
  knobs: Knobs;
  draft: AxisDraft | undefined;
  /** the entry that stands for no knob */
  others?: string;
  onPick(name: string): void;
  onChange(draft: AxisDraft): void;
}) {
  const id = useId();
  const knob = knobs.find((entry) => entry.name === draft?.name)?.knob;
  const range = (change: Partial<AxisDraft>) => {
    if (!draft || !knob) return;
    const next = { ...draft, ...change };
    const [from, to] = [Number(next.from), Number(next.to)];
    if (next.from.trim() === '' || next.to.trim() === '' || Number.isNaN(from) || Number.isNaN(to)) {
      onChange({ ...next, problem: `The range is from '${next.from}' to '${next.to}'; wanted two numbers.` });
      return;
    }
    try {
      const list = listText(knob, spacedValues(knob, from, to, next.count, next.spacing));
      onChange({ ...next, list, problem: '' });
    } catch (error) {
      onChange({ ...next, problem: sentenceOf(error) });
    }
  };
  return (
    <fieldset className="sweep-axis">
      <legend>{title}</legend>
      <div className="sweep-fields">
        <label>
          <span>Hyperparameter</span>
          <select value={draft?.name ?? ''} onChange={(event) => onPick(event.target.value)}>
            {others !== undefined && <option value="">{others}</option>}
            {knobs.map(({ name, knob }) => (
              <option key={name} value={name}>
                {knobTitle(name, knob)}
              </option>
            ))}
          </select>
        </label>
        {draft && (
          <>
            <label>
              <span>From</span>
              <input
                className="number"
                type="text"
                inputMode="decimal"
                autoComplete="off"
                value={draft.from}
                onChange={(event) => range({ from: event.target.value })}
              />
            </label>
            <label>
              <span>To</span>
              <input
                className="number"
                type="text"
                inputMode="decimal"
                autoComplete="off"
                value={draft.to}
                onChange={(event) => range({ to: event.target.value })}
              />
            </label>
            <label>
              <span>Values</span>
              <select value={draft.count} onChange={(event) => range({ count: Number(event.target.value) })}>
                {Array.from({ length: MOST_VALUES - LEAST_VALUES + 1 }, (_, k) => LEAST_VALUES + k).map((count) => (
                  <option key={count}>{count}</option>
                ))}
              </select>
            </label>
            <label>
              <span>Spacing</span>
              <select value={draft.spacing} onChange={(event) => range({ spacing: event.target.value as Spacing })}>
                <option value="linear">equal steps</option>
                <option value="log">equal ratios</option>
              </select>
            </label>
            <label className="sweep-list">
              <span>List of values</span>
              <input
                type="text"
                autoComplete="off"
                spellCheck={false}
                value={draft.list}
                aria-describedby={`${id}-doc`}
                onChange={(event) => onChange({ ...draft, list: event.target.value, problem: '' })}
              />
            </label>
          </>
        )}
      </div>
      {knob && (
        <p className="muted sweep-doc" id={`${id}-doc`}>
          {knob.doc}; {knob.choices ? knob.choices.join(', ') : `${formatPlain(knob.min)} to ${formatPlain(knob.max)}`}
        </p>
      )}
    </fieldset>
  );
}

/** The plan of what has been entered, or why there is none. */
function planOf(
  drafts: readonly AxisDraft[],
  repeats: number,
  knobs: Knobs,
): { plan?: SweepPlan; complaint: string; size: string } {
  try {
    const axes = drafts.map(({ name, list, problem }) => {
      if (problem) throw new Error(problem);
      return { name, values: parseValues(name, knobs.find((entry) => entry.name === name)!.knob, list) };
    });
    const plan = { axes, repeats };
    const parts = axes.map(({ values }) => `${values.length} values`);
    const count = replicasOf(plan);
    const size = `${parts.join(' × ')} × ${repeats} ${repeats === 1 ? 'seed' : 'seeds'} = ${count} of at most ${MOST_REPLICAS} replicas`;
    const complaint = complainPlan(plan, knobs);
    return complaint ? { complaint, size } : { plan, complaint, size };
  } catch (error) {
    return { complaint: sentenceOf(error), size: '' };
  }
}

/** What to sweep: one knob or two, and how many seeds for each combination. */
export function SweepForm({
  knobs,
  values,
  first,
  onBegin,
}: {
  knobs: Knobs;
  /** present values of the knobs that are not at their default */
  values: Readonly<Record<string, number>>;
  /** the knob that is swept to begin with */
  first: string;
  onBegin(plan: SweepPlan): void;
}) {
  const [one, setOne] = useState(() => draftOf(knobs, values, first));
  const [two, setTwo] = useState<AxisDraft>();
  const [repeats, setRepeats] = useState(1);
  const drafts = [one, two].filter((draft) => draft !== undefined);
  const { plan, complaint, size } = planOf(drafts, repeats, knobs);
  const num_cells = plan ? cellsOf(plan).length : 1;
  return (
    <form
      className="sweep-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (plan) onBegin(plan);
      }}
    >
      <AxisFields
        title="First knob"
        knobs={knobs}
        draft={one}
        onPick={(name) => setOne(draftOf(knobs, values, name))}
        onChange={setOne}
      />
      <AxisFields
        title="Second knob"
        knobs={knobs.filter(({ name }) => name !== one?.name)}
        draft={two}
        others="none"
        onPick={(name) => {
          const next = draftOf(knobs, values, name);
          const knob = knobs.find((entry) => entry.name === name)?.knob;
          // four by four at most
          const least = (draft: AxisDraft, of: Knobs[number]['knob']): AxisDraft => {
            const count = Math.min(4, draft.count);
            const list = spacedValues(of, Number(draft.from), Number(draft.to), count, draft.spacing);
            return { ...draft, count, list: listText(of, list) };
          };
          setTwo(next && knob ? least(next, knob) : undefined);
          const mine = knobs.find((entry) => entry.name === one?.name)?.knob;
          if (next && one && mine && one.count > 4 && !one.problem) setOne(least(one, mine));
        }}
        onChange={setTwo}
      />
      <div className="sweep-go">
        <label className="inline-field">
          Seeds for each
          <select value={repeats} onChange={(event) => setRepeats(Number(event.target.value))}>
            {Array.from({ length: 8 }, (_, k) => k + 1).map((count) => (
              <option key={count} disabled={count > 1 && count * num_cells > MOST_REPLICAS}>
                {count}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="primary" disabled={!plan}>
          Start the sweep
        </button>
        <p role="status" className={complaint ? 'is-bad' : 'muted'}>
          {complaint || `${size}; the run begins again from step 0.`}
        </p>
      </div>
    </form>
  );
}
