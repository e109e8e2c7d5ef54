import { type CSSProperties, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { sentenceOf } from '../../state/session.ts';
import type { CodeFile } from '../../state/sources.ts';

const SAID_MS = 2500;
const ABOVE = 2; // lines of context above the line at which reading begins

/** Puts a text on the clipboard and says so. */
function CopyButton({ text, file }: { text: string; file: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      (error: unknown) => setSaid(sentenceOf(error)),
    );
  return (
    <>
      <span role="status">{said}</span>
      <button type="button" className="quiet" aria-label={`Copy ${file}`} onClick={() => void copy()}>
        Copy
      </button>
    </>
  );
}

/** Line numbers from one up to another, each with its line end. */
const numbers = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => `${from + i}\n`).join('');

const NONE: readonly number[] = [];

/** A file as it is in the repository, with line numbers; scrolls by keyboard. The lines of `lit` are marked. */
export function CodeView({ title, code, lit = NONE }: { title: string; code: CodeFile; lit?: readonly number[] }) {
  const view = useRef<HTMLElement>(null);
  const count = useMemo(() => code.text.replace(/\n$/, '').split('\n').length, [code]);
  useLayoutEffect(() => {
    const element = view.current;
    const height = element?.querySelector('.code-lines')?.getBoundingClientRect().height ?? 0;
    if (element) element.scrollTop = Math.max(0, code.line - 1 - ABOVE) * (height / count);
  }, [code, count]);
  useLayoutEffect(() => {
    const element = view.current;
    const marks = [...(element?.querySelectorAll<HTMLElement>('.code-lit') ?? [])];
    if (!element || marks.length === 0 || marks.length !== lit.length) return;
    const { scrollTop, clientHeight } = element;
    const isSeen = ({ offsetTop, offsetHeight }: HTMLElement) =>
      offsetTop >= scrollTop && offsetTop + offsetHeight <= scrollTop + clientHeight;
    if (!marks.some(isSeen)) element.scrollTop = marks[0].offsetTop - clientHeight / 3;
  }, [lit]);
  return (
    <figure className="code">
      <figcaption>
        <b>{title}</b> <code title={code.file}>{code.file}</code>
        <CopyButton text={code.text} file={code.file} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section ref={view} className="code-view" tabIndex={0} aria-label={`${title}, ${code.file}`}>
        <pre className="code-lines" aria-hidden="true">
          {numbers(1, code.line)}
          {code.line > 1 ? <b>{code.line}</b> : code.line}
          {'\n'}
          {numbers(code.line + 1, count + 1)}
        </pre>
        {lit.map((line) => (
          <i key={line} className="code-lit" style={{ '--line': line - 1 } as CSSProperties} aria-hidden="true" />
        ))}
        <pre className="code-text">
          <code>{code.text}</code>
        </pre>
      </section>
    </figure>
  );
}
