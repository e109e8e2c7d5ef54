import { useEffect, useId, useMemo, useState } from 'react';
import type { Parts } from '../../algorithms/algorithm.ts';
import { linesOf } from '../../state/lines.ts';
import { sourcesOf } from '../../state/sources.ts';
import { useView } from '../lab.tsx';
import { CodeView } from './CodeView.tsx';

/** Every function of a run's parts: the shader as it runs beside its twin in TypeScript. */
export default function SourceBrowser({ parts, code }: { parts: Parts; code?: string }) {
  const id = useId();
  const sources = useMemo(() => sourcesOf(parts), [parts]);
  const [wanted, setWanted] = useState(code ?? '');
  const asked = useView((state) => state.shown?.count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link that is followed again asks again
  useEffect(() => {
    if (code !== undefined) setWanted(code);
  }, [code, asked]);
  const lit = useView((state) => state.lit);
  const found = useMemo(() => (lit ? linesOf(sources, lit.place, lit) : []), [sources, lit]);
  // a symbol that is pointed at is looked at where it is computed
  const lines = found.find(({ key }) => key === wanted) ?? found[0];
  const source = sources.find(({ key }) => key === (lines?.key ?? wanted)) ?? sources[0];
  useEffect(() => {
    if (lit?.is_held && lines) setWanted(lines.key);
  }, [lit, lines]);
  const groups = [...new Set(sources.map(({ group }) => group))];
  return (
    <div className="sources" data-testid="sources" data-aim={code}>
      <p className="source-picker">
        <label htmlFor={id}>Function</label>
        <select id={id} value={source.key} onChange={(event) => setWanted(event.target.value)}>
          {groups.map((group) => (
            <optgroup key={group} label={group}>
              {sources
                .filter((one) => one.group === group)
                .map(({ key, title }) => (
                  <option key={key} value={key}>
                    {title}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
        <span className="muted">{sources.length} functions make this run what it is.</span>
      </p>
      <div className="code-pair">
        <CodeView title="WGSL" code={source.wgsl} lit={lines?.wgsl} />
        <CodeView title="Twin" code={source.twin} lit={lines?.twin} />
      </div>
    </div>
  );
}
