import { useEffect, useRef, useState } from 'react';
import { formatNumber, plural } from '../../state/format.ts';
import { sentenceOf } from '../../state/session.ts';
import type { SelfTestResult, SelfTestRow } from '../../trainer/protocol.ts';
import { useLab } from '../lab.tsx';
import './selftest.css';

/** Compares every kernel with its twin on the visitor's own device, and shows each comparison. */
export default function SelfTestPage() {
  const { session } = useLab();
  const [rows, setRows] = useState<SelfTestRow[]>([]);
  const [result, setResult] = useState<SelfTestResult>();
  const [problem, setProblem] = useState('');
  const [is_stopped, setStopped] = useState(false);
  const was_stopped = useRef(false);
  useEffect(() => {
    let is_current = true;
    let waiting: SelfTestRow[] = [];
    const show = () => {
      const arrived = waiting;
      waiting = [];
      if (is_current && arrived.length > 0) setRows((old) => [...old, ...arrived]);
    };
    const timer = setInterval(show, 200);
    session
      .selfTest((row) => waiting.push(row))
      .then(
        (outcome) => is_current && setResult(outcome),
        (error: unknown) => is_current && !was_stopped.current && setProblem(sentenceOf(error)),
      )
      .finally(() => {
        show();
        clearInterval(timer);
      });
    return () => {
      is_current = false;
      clearInterval(timer);
    };
  }, [session]);
  const stop = () => {
    was_stopped.current = true; // what the closed session says then is no problem
    session.close(); // the worker and its device go with it
    setStopped(true);
  };
  const num_failed = result?.num_failed ?? rows.filter((row) => !row.is_ok).length;
  return (
    <main className="selftest">
      <h1>Self-test</h1>
      <p>
        Every kernel runs on this device and is compared with a plain program written from the paper.{' '}
        <a href="./">Back to the lab</a>
      </p>
      <p className="selftest-result" role="status" data-testid="selftest-result">
        {problem !== '' && <b className="is-bad">{problem}</b>}
        {problem === '' &&
          !result &&
          `${is_stopped ? 'Stopped' : 'Running'}: ${plural(rows.length, 'comparison')} so far, ${num_failed} failed.`}
        {result && (
          <>
            <b className={num_failed > 0 ? 'is-bad' : 'is-good'}>
              {num_failed > 0 ? `${num_failed} of ${rows.length} failed` : `All ${rows.length} passed`}
            </b>{' '}
            on {result.adapter}. Left out: {plural(result.num_left_out, 'outside case')} without an implementation here.
          </>
        )}
      </p>
      {problem === '' && !result && !is_stopped && (
        <p>
          <button type="button" onClick={stop}>
            Stop
          </button>
        </p>
      )}
      {(problem === '' || rows.length > 0) && (
        <div className="selftest-scroll">
          <table data-testid="selftest-rows">
            <thead>
              <tr>
                <th scope="col">Result</th>
                <th scope="col">Group</th>
                <th scope="col">Comparison</th>
                <th scope="col" className="is-number">
                  Worst difference
                </th>
                <th scope="col" className="is-number">
                  Allowed
                </th>
                <th scope="col">Note</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.group}/${row.name}`}>
                  <td className={row.is_ok ? 'is-good' : 'is-bad'}>{row.is_ok ? 'passed' : 'failed'}</td>
                  <td>{row.group}</td>
                  <th scope="row">{row.name}</th>
                  <td className="is-number">{formatNumber(row.worst)}</td>
                  <td className="is-number">{formatNumber(row.tolerance)}</td>
                  <td>{row.note}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
