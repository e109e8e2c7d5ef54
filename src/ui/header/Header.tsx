import { adapterSentence } from '../../state/summary.ts';
import type { EngineChoice } from '../../state/urlState.ts';
import { useIsNarrow, useLab, useRun, useSetup } from '../lab.tsx';
import { PlaceLink } from '../links.tsx';
import { CopyLink } from '../take/CopyLink.tsx';
import { ThemePick } from './ThemePick.tsx';
import './header.css';

const ENGINE_TITLES: Record<EngineChoice, string> = {
  auto: 'Engine: automatic',
  webgpu: 'Engine: WebGPU',
  cpu: 'Engine: CPU',
};

/** Which hardware the run is on, and the choice of another engine. */
export function AdapterLine() {
  const { session } = useLab();
  const info = useRun((state) => state.info?.engine);
  const engine = useSetup((state) => state.engine);
  const sentence = adapterSentence(info);
  const is_slow = info && (info.kind === 'cpu' || info.is_software);
  return (
    <p className="adapter" data-testid="adapter">
      <span
        key={sentence}
        className={is_slow ? 'adapter-name is-slow' : 'adapter-name'}
        title={info?.adapter ?? sentence}
      >
        {sentence}
      </span>
      <label className="inline-field">
        <span className="unseen">Engine</span>
        <select value={engine} onChange={(event) => void session.setEngine(event.target.value as EngineChoice)}>
          {Object.entries(ENGINE_TITLES).map(([id, title]) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </p>
  );
}

/** The page's name, the hardware, what there is to read and to take along, and the theme. */
export function Header() {
  const { view } = useLab();
  const is_narrow = useIsNarrow();
  return (
    <header className="top">
      <h1>Rollout Lab</h1>
      {!is_narrow && <AdapterLine />}
      <nav className="top-links" aria-label="More">
        <button
          type="button"
          className="quiet"
          data-role="lessons"
          onClick={() => view.getState().setLesson({ id: '', part: 1 })}
        >
          Lessons
        </button>
        <PlaceLink panel="experiments">Experiments</PlaceLink>
        <PlaceLink panel="papers">Papers</PlaceLink>
        <PlaceLink panel="take">Export</PlaceLink>
        <CopyLink />
        <button type="button" className="quiet" data-role="keys" onClick={() => view.getState().setHelp(true)}>
          Keys <kbd>?</kbd>
        </button>
      </nav>
      <ThemePick />
    </header>
  );
}
