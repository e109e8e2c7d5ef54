import { type CSSProperties, memo, useEffect, useMemo, useRef, useState } from 'react';
import { shaderLibrary } from '../../engine/library.ts';
import { printProgram } from '../../engine/program.ts';
import {
  type DispatchLine,
  dispatchLines,
  dispatchTable,
  NO_TIMESTAMPS,
  timeCells,
  timesSentence,
  timesSource,
} from '../../state/dispatches.ts';
import { formatCount } from '../../state/format.ts';
import { sentenceOf } from '../../state/session.ts';
import type { DispatchTimes, RunInfo } from '../../trainer/protocol.ts';
import { LateProgress } from '../LateProgress.tsx';
import { useLab, useRun } from '../lab.tsx';
import { copyText } from '../take/copy.ts';
import './program.css';

interface LineProps {
  line: DispatchLine;
  /** undefined where nothing was timed */
  cell: ReturnType<typeof timeCells>[number] | undefined;
}

const Line = memo(({ line, cell }: LineProps) => (
  <tr>
    <td className="is-number">{line.index}</td>
    <th scope="row">{line.kernel}</th>
    {cell && <td className="is-number">{cell.us}</td>}
    {cell && (
      <td className="is-number dispatch-share" style={{ '--bar': `${(100 * cell.bar).toFixed(1)}%` } as CSSProperties}>
        {cell.share}
      </td>
    )}
    <td>{line.launch}</td>
    <td className="is-number">{formatCount(line.invocations)}</td>
    <td>{line.at}</td>
    <td>{line.reads}</td>
    <td>{line.writes}</td>
    <td>{line.parts}</td>
    <td>{line.note}</td>
  </tr>
));

/** Drawn again only where its numbers change: a network's step has many hundreds of lines. */
const Lines = memo(({ lines, times }: { lines: readonly DispatchLine[]; times: DispatchTimes | undefined }) => {
  const cells = useMemo(() => times && timeCells(times), [times]);
  return (
    <table aria-label="Dispatches of one step">
      <thead>
        <tr>
          <th scope="col" className="is-number">
            #
          </th>
          <th scope="col">Kernel</th>
          {times && (
            <th scope="col" className="is-number">
              µs
            </th>
          )}
          {times && (
            <th scope="col" className="is-number">
              Share
            </th>
          )}
          <th scope="col">Launched over</th>
          <th scope="col" className="is-number">
            Invocations
          </th>
          <th scope="col">At</th>
          <th scope="col">Reads</th>
          <th scope="col">Writes</th>
          <th scope="col">Parts</th>
          <th scope="col">What for</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Line key={line.index} line={line} cell={cells?.[line.index]} />
        ))}
      </tbody>
    </table>
  );
});

/** Asks for the times; leaving the section calls it off. */
function useTiming() {
  const { session } = useLab();
  const [share, setShare] = useState<number>(); // undefined while nothing is timed
  const [said, setSaid] = useState({ text: '', is_problem: false });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const begin = async () => {
    const mine = new AbortController();
    stop.current = mine;
    setSaid({ text: '', is_problem: false });
    setShare(0);
    try {
      await session.timeDispatches(setShare, mine.signal);
      if (mine.signal.aborted) setSaid({ text: 'The timing was cancelled.', is_problem: false });
    } catch (error) {
      setSaid({ text: `The dispatches could not be timed: ${sentenceOf(error)}`, is_problem: true });
    } finally {
      setShare(undefined);
    }
  };
  return { share, said, begin, cancel: () => stop.current?.abort() };
}

function Dispatches({ program, engine }: Pick<RunInfo, 'program' | 'engine'>) {
  const measured = useRun((state) => state.times);
  const timing = useTiming();
  const [is_sorted, setSorted] = useState(false);
  const [copied, setCopied] = useState('');
  const begin = useRef<HTMLButtonElement>(null);
  const lines = useMemo(() => dispatchLines(program, shaderLibrary), [program]);
  const times = measured && measured.microseconds.length > 0 ? measured : undefined;
  const shown = useMemo(() => {
    const us = times?.microseconds;
    return is_sorted && us ? [...lines].sort((a, b) => us[b.index] - us[a.index]) : lines;
  }, [lines, times, is_sorted]);
  const copy = async (what: string, text: string) =>
    setCopied((await copyText(text)) ? `${what} copied.` : 'The browser did not allow copying.');
  const cancel = () => {
    timing.cancel();
    begin.current?.focus(); // the button that was pressed goes
  };
  return (
    <div className="dispatches" data-testid="dispatches">
      <div className="dispatch-tools">
        <button
          ref={begin}
          type="button"
          aria-disabled={timing.share !== undefined}
          onClick={() => timing.share === undefined && void timing.begin()}
        >
          Time each dispatch
        </button>
        {times && (
          <button type="button" aria-pressed={is_sorted} onClick={() => setSorted(!is_sorted)}>
            Slowest first
          </button>
        )}
        <button type="button" className="quiet" onClick={() => void copy('Table', dispatchTable(lines, times))}>
          Copy the table
        </button>
        <span role="status">{copied}</span>
      </div>
      <div role="status" className={timing.said.is_problem ? 'dispatch-said is-problem' : 'dispatch-said'}>
        {timing.share !== undefined ? (
          <LateProgress what="Timing the dispatches" share={timing.share} onCancel={cancel} />
        ) : (
          <>
            {timing.said.text !== '' && <p>{timing.said.text}</p>}
            {times && <p data-testid="times">{timesSentence(times, lines)}</p>}
            {times && <p className="muted">{timesSource(times, engine)}</p>}
            {measured && !times && <p>{NO_TIMESTAMPS}</p>}
          </>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="dispatch-box" tabIndex={0} aria-label="Dispatches of one step">
        <Lines lines={shown} times={times} />
      </section>
      <p className="muted">
        ⌈22/4⌉ counts blocks of 4. A buffer stands with its sizes; one that is changed in place is both read and
        written.
      </p>
      <details>
        <summary>As text, with repeats</summary>
        <button type="button" className="quiet" onClick={() => void copy('Text', printProgram(program))}>
          Copy the text
        </button>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section className="dispatch-box" tabIndex={0} aria-label="Program of one step as text">
          <pre>{printProgram(program)}</pre>
        </section>
      </details>
    </div>
  );
}

/** Every dispatch of one step in order, with its sizes and, where the reader asks, its time. */
export default function DispatchTable() {
  const program = useRun((state) => state.info?.program);
  const engine = useRun((state) => state.info?.engine);
  return program && engine ? (
    <Dispatches program={program} engine={engine} />
  ) : (
    <p className="muted">It appears when the run is built.</p>
  );
}
