import { lazy, type MouseEvent, Suspense, useLayoutEffect, useRef, useState } from 'react';
import type { Block, Expectation, Lesson, Measured, Question, Task } from '../../lessons/lesson.ts';
import { wordsOf } from '../../state/format.ts';
import {
  commandOf,
  controlPlace,
  formatMeasured,
  formerRun,
  isRunOf,
  lessonConfig,
  makeChange,
  taskAddress,
} from '../../state/lessons.ts';
import { openConfig } from '../../state/links.ts';
import { useLab, useRun, useSetup } from '../lab.tsx';
import { isPlain } from '../links.tsx';
import { pointAt } from './pointing.ts';

const Equation = lazy(() => import('../about/Equation.tsx').then(({ Equation: shown }) => ({ default: shown })));

const BEING_SET = 'The run is being set.';

/** The link that sets a task's run, with its charts. */
function OpenLink({ task, onSay }: { task: Task; onSay: (said: string) => void }) {
  const lab = useLab();
  const follow = (event: MouseEvent) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    if (task.charts) lab.view.getState().setCharted(task.charts);
    onSay(BEING_SET);
    void openConfig(lab, lessonConfig(task.open ?? {})).then(() => onSay('The run was set.'));
  };
  return (
    <a className="lesson-link" href={taskAddress(lab, task)} onClick={follow}>
      {task.button ?? 'Start the run'}
    </a>
  );
}

/** Something to do: a link that sets the run, a button that changes it, and one that points at the control. */
function TaskBlock({ task }: { task: Task }) {
  const lab = useLab();
  const [said, setSaid] = useState('');
  const { catalogue, setup, view } = lab;
  const chart = () => {
    if (task.charts) view.getState().setCharted(task.charts);
  };
  const change = async () => {
    chart();
    const refusal = task.change ? await makeChange(lab, task.change) : '';
    setSaid(refusal || (task.change ? 'The run goes on with the change.' : 'The chart stands below the others.'));
  };
  const point = async () => {
    const place = task.at && controlPlace(catalogue, setup.getState().config, task.at);
    if (!place) return setSaid('This run has no such control. Start the lesson’s run first.');
    const is_there = await pointAt(view, place);
    setSaid(is_there ? `Outlined: ${place.words}.` : `It is ${place.words}, which is not on the page now.`);
  };
  return (
    <div className="lesson-task">
      <p>{task.text}</p>
      <div className="lesson-buttons">
        {task.open && <OpenLink task={task} onSay={setSaid} />}
        {task.button && !task.open && (
          <button type="button" onClick={() => void change()}>
            {task.button}
          </button>
        )}
        {task.at && (
          <button type="button" className="quiet" onClick={() => void point()}>
            Show me where
          </button>
        )}
        <span className="lesson-said" role="status">
          {said}
        </span>
      </div>
    </div>
  );
}

/**
 * Where a part has no run of its own and another one is open: which run it goes on from, and the link that sets it. Once
 * that was there its room stays, so that nothing moves when it goes.
 */
export function GoesOn({ lesson, part }: { lesson: Lesson; part: number }) {
  const lab = useLab();
  const [said, setSaid] = useState('');
  const [has_room, setRoom] = useState(false);
  const room = useRef<HTMLDivElement>(null);
  const former = formerRun(lesson, part);
  const is_other = useSetup(() => former !== undefined && !isRunOf(lab, former.task));
  const is_asking = is_other && said !== BEING_SET;
  useLayoutEffect(() => {
    const element = room.current;
    if (!is_asking && element?.contains(document.activeElement)) element.focus({ preventScroll: true });
  }, [is_asking]);
  if (is_other && !has_room) setRoom(true);
  if (!former || !has_room) return null;
  return (
    <div ref={room} className="lesson-goes-on" tabIndex={-1} data-testid="goes-on">
      <p className={is_asking ? undefined : 'is-gone'}>
        <span>This part goes on from the run of part {former.part}.</span>
        <OpenLink task={former.task} onSay={setSaid} />
      </p>
      <p role="status">{is_asking ? '' : said}</p>
    </div>
  );
}

/** A question that keeps its answer until it is asked for. */
function QuestionBlock({ ask, answer }: Question) {
  return (
    <details className="lesson-question">
      <summary>
        <span>{ask}</span> <span className="lesson-reveal">Think, then open the answer</span>
      </summary>
      <p>{answer}</p>
    </details>
  );
}

/** A metric's name as the charts give it, where the run has it. */
function useLabels() {
  const infos = useRun((state) => state.info?.metrics);
  return (id: string) =>
    infos?.find((info) => info.id === id)?.label ?? wordsOf(id).replace(/^./, (c) => c.toUpperCase());
}

/** What was measured beforehand, so that the reader knows whether his run is an ordinary one. */
function ExpectBlock({ text, runs, seeds }: Expectation) {
  const { catalogue } = useLab();
  const labelOf = useLabels();
  const last = (numbers: readonly Measured[]) => Math.max(...numbers.map(({ step }) => step));
  return (
    <details className="lesson-expect">
      <summary>What to expect: measured over {seeds} seeds</summary>
      <p>{text}</p>
      <table aria-label="What to expect">
        <thead>
          <tr>
            <th scope="col">Run and metric</th>
            <th scope="col" className="is-number">
              Step
            </th>
            <th scope="col" className="is-number">
              Mean (lowest to highest)
            </th>
          </tr>
        </thead>
        {runs.map(({ title, numbers }) => (
          <tbody key={title}>
            <tr>
              <th scope="rowgroup" colSpan={3} className="lesson-run">
                {title}
              </th>
            </tr>
            {numbers.map(({ metric, step, mean, low, high }) => (
              <tr key={`${metric} ${step}`}>
                <th scope="row">{labelOf(metric)}</th>
                <td className="is-number">{step}</td>
                <td className="is-number">{formatMeasured(mean, low, high)}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      <details className="lesson-measured">
        <summary>How to measure it again</summary>
        {runs.map(({ title, setup, numbers, is_ensemble }) => (
          <p key={title}>
            {title}
            {is_ensemble && `, with the seeds 1 to ${seeds} one after another`}:{' '}
            <code>{commandOf(catalogue, setup, last(numbers), seeds, is_ensemble)}</code>
          </p>
        ))}
      </details>
    </details>
  );
}

/** One block of a page. */
export function LessonBlock({ block }: { block: Block }) {
  switch (block.kind) {
    case 'text':
      return <p>{block.text}</p>;
    case 'equation':
      return (
        <div className="lesson-equation">
          <Suspense fallback={<p className="muted">{block.label}</p>}>
            <Equation tex={block.tex} label={block.label} />
          </Suspense>
        </div>
      );
    case 'task':
      return <TaskBlock task={block} />;
    case 'question':
      return <QuestionBlock {...block} />;
    case 'expect':
      return <ExpectBlock {...block} />;
  }
}
