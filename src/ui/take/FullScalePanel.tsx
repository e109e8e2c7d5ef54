import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { TRAINERS, type TrainerId } from '../../fullscale/launch.ts';
import { launchFile } from '../../fullscale/render.ts';
import { own } from '../../state/catalogue.ts';
import { plural } from '../../state/format.ts';
import { fullScaleRun, plainRun } from '../../state/take/fullScale.ts';
import { useLab, useSetup } from '../lab.tsx';
import { copyText } from './copy.ts';
import { download } from './download.ts';
import './fullScale.css';

const TITLES: Record<TrainerId, string> = { verl: 'verl', trl: 'TRL' };

/** The choice of a trainer, as tabs that the arrow keys move through. */
function Tabs({ chosen, onPick }: { chosen: TrainerId; onPick(trainer: TrainerId): void }) {
  const list = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent) => {
    const at = TRAINERS.indexOf(chosen);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: TRAINERS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + TRAINERS.length) % TRAINERS.length;
    onPick(TRAINERS[next]);
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label="Trainer" className="tabs">
      {TRAINERS.map((trainer) => (
        <button
          key={trainer}
          type="button"
          role="tab"
          id={`fullscale-tab-${trainer}`}
          aria-selected={trainer === chosen}
          aria-controls="fullscale-file"
          tabIndex={trainer === chosen ? 0 : -1}
          onClick={() => onPick(trainer)}
          onKeyDown={press}
        >
          {TITLES[trainer]}
        </button>
      ))}
    </div>
  );
}

/** The present algorithm and settings as a launch file for trainers of large models. */
export default function FullScalePanel() {
  const { catalogue } = useLab();
  const config = useSetup((state) => state.config);
  const [trainer, setTrainer] = useState<TrainerId>('verl');
  const [said, setSaid] = useState('');
  const file = useMemo(
    () => launchFile(trainer, fullScaleRun(catalogue, config), plainRun(catalogue, config)),
    [catalogue, config, trainer],
  );
  const { refusals, entries, set } = file.launch;
  const title = own(catalogue.algorithms, config.algorithm)?.title ?? config.algorithm;
  const num_lost = entries.filter(({ kind }) => kind === 'none').length;
  const copy = async () =>
    setSaid(
      (await copyText(file.text))
        ? `Copied ${file.name}.`
        : 'The browser did not allow copying: select the text and press Ctrl+C, or save the file.',
    );
  const pick = (next: TrainerId) => {
    setTrainer(next);
    setSaid('');
  };
  return (
    <div className="fullscale" data-testid="fullscale">
      <p className="panel-summary">
        A file to begin with, from the present parts and settings. It holds only keys that the named release has, and
        says of every setting whether it crosses. Nothing of it was run at full scale.
      </p>
      <Tabs chosen={trainer} onPick={pick} />
      <div id="fullscale-file" role="tabpanel" aria-labelledby={`fullscale-tab-${trainer}`}>
        {refusals.length > 0 ? (
          <div data-testid="fullscale-verdict">
            <p>
              No built-in option of {TITLES[trainer]} runs {title} as it is set:
            </p>
            <ul>
              {refusals.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        ) : (
          <p data-testid="fullscale-verdict">
            <b>{file.entry}</b> takes {title}: {plural(Object.keys(set).length, 'key')}, {plural(num_lost, 'setting')}{' '}
            without a counterpart.
          </p>
        )}
        <div className="fullscale-buttons">
          <button type="button" onClick={() => void copy()}>
            Copy
          </button>
          <button
            type="button"
            onClick={() => {
              download(file.name, [file.text], 'text/plain');
              setSaid(`Saved ${file.name}.`);
            }}
          >
            Save {file.name}
          </button>
          <span role="status">{said}</span>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard */}
        <section className="fullscale-text" tabIndex={0} aria-label={`${file.name} for ${TITLES[trainer]}`}>
          <pre>{file.text}</pre>
        </section>
      </div>
    </div>
  );
}
