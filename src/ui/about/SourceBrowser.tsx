import { useEffect, useId, useMemo, useState } from 'react';
import type { Parts } from '../../algorithms/algorithm.ts';
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
  const source = sources.find(({ key }) => key === wanted) ?? sources[0];
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
        <CodeView title="WGSL" code={source.wgsl} />
        <CodeView title="Twin" code={source.twin} />
      </div>
    </div>
  );
}
