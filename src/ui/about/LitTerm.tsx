import { useEffect } from 'react';
import { own, SETTING_PLACES, settingTables } from '../../state/catalogue.ts';
import { formatNumber, formatValue, knobTitle } from '../../state/format.ts';
import type { Lit } from '../../state/viewStore.ts';
import type { RunConfig } from '../../trainer/protocol.ts';
import { useFrame, useLab, useRun, useSetup, useView } from '../lab.tsx';
import { TexSymbol } from './Equation.tsx';

const REDRAW_MS = 250;

/** What a term is, with the present values of its setting and its metric. */
function Reading({ lit, config }: { lit: Lit; config: RunConfig }) {
  const { catalogue, run } = useLab();
  useFrame(REDRAW_MS);
  const metric = useRun((state) => state.info?.metrics.find(({ id }) => id === lit.metric));
  const { knob } = lit;
  const tables = settingTables(catalogue, config);
  const place = SETTING_PLACES.find((one) => knob !== undefined && own(tables[one], knob));
  const setting = place && knob !== undefined ? tables[place][knob] : undefined;
  const value = place && knob !== undefined && setting ? (own(config[place], knob) ?? setting.value) : undefined;
  const latest = metric && run.getState().metrics.latest(metric.id);
  return (
    <>
      <span>
        <TexSymbol tex={lit.symbol} /> {lit.doc}
      </span>
      {setting && knob !== undefined && value !== undefined && (
        <span>
          setting <b>{knobTitle(knob, setting)}</b> {formatValue(setting, value)}
        </span>
      )}
      {metric && (
        <span>
          metric <b>{metric.label}</b> {latest ? formatNumber(latest.mean) : 'not yet'}
        </span>
      )}
      <span>
        in the code <code>{lit.names[0]}</code>
      </span>
    </>
  );
}

/** The term that is lit, in words, above the lower edge of the window: nothing moves when it comes or goes. */
export function LitTerm({ onShow }: { onShow(): void }) {
  const { view } = useLab();
  const lit = useView((state) => state.lit);
  const config = useSetup((state) => state.config);
  const is_held = lit?.is_held === true;
  useEffect(() => {
    if (!is_held) return;
    const release = (event: globalThis.KeyboardEvent) => event.key === 'Escape' && view.getState().setLit(undefined);
    window.addEventListener('keydown', release);
    return () => window.removeEventListener('keydown', release);
  }, [is_held, view]);
  return (
    <div className="lit-term">
      <div className={is_held ? 'is-held' : undefined} hidden={!lit}>
        <p role="status" data-testid="lit-term">
          {lit && <Reading lit={lit} config={config} />}
        </p>
        {is_held && (
          <span className="lit-buttons">
            <button type="button" onClick={onShow}>
              Show its lines
            </button>
            <button type="button" onClick={() => view.getState().setLit(undefined)}>
              Let go
            </button>
          </span>
        )}
      </div>
    </div>
  );
}
