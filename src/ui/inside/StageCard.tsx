import { formatNumber, formatSigned } from '../../state/format.ts';
import { type Alternative, alternativesAt, type Stage, type TokenPlace } from '../../state/insideUpdate.ts';
import type { SampleGroup } from '../../trainer/protocol.ts';
import { Equation } from '../about/Equation.tsx';
import { PlaceLink } from '../links.tsx';

const SHOWN = 8;
/** A probability as a bar with its number. */
function Share({ value, kind }: { value: number; kind: 'before' | 'after' }) {
  if (!Number.isFinite(value)) return <span className="muted">–</span>;
  return (
    <span className="share">
      <span className="share-track" aria-hidden="true">
        <span className={`share-bar is-${kind}`} style={{ width: `${Math.max(0.5, 100 * value)}%` }} />
      </span>
      <span className="share-number">{formatNumber(value)}</span>
    </span>
  );
}

/** What could have stood at this place, with what is known of it at this stage. */
function Alternatives({ rows, stage }: { rows: Alternative[]; stage: Stage['id'] }) {
  const has_push = stage === 'gradient';
  const has_after = stage === 'policy' && rows.some(({ after }) => Number.isFinite(after));
  return (
    <table className="alternatives" aria-label="Tokens that could stand here">
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col">{has_after ? 'Before' : 'Probability'}</th>
          {has_push && (
            <th scope="col" className="is-number">
              Push on its logit
            </th>
          )}
          {has_after && <th scope="col">After</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ symbol, is_taken, before, push, after }) => (
          <tr key={symbol} className={is_taken ? 'is-taken' : undefined}>
            <th scope="row" className="alternative">
              <code>{symbol}</code>
              {is_taken && <span className="taken"> taken</span>}
            </th>
            <td>
              <Share value={before} kind="before" />
            </td>
            {has_push && (
              <td className="is-number">
                {push > 0 ? '▲ ' : push < 0 ? '▼ ' : ''}
                {formatSigned(push)}
              </td>
            )}
            {has_after && (
              <td>
                <Share value={after} kind="after" />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One stage: what happens, the formula with its numbers, and where in the code it happens. */
export function StageCard({ stage, sample, place }: { stage: Stage; sample: SampleGroup; place: TokenPlace }) {
  const rows = ['sample', 'gradient', 'policy'].includes(stage.id) ? alternativesAt(sample, place, SHOWN) : [];
  const [kind, name] = stage.source.split('/');
  return (
    <section className="inside-card" aria-labelledby="inside-stage-title">
      <h3 id="inside-stage-title">{stage.title}</h3>
      <p aria-live="polite" data-testid="inside-sentence">
        {stage.sentence}
      </p>
      {stage.formulas.map((tex, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the formula of a line
        <Equation key={index} tex={tex} label={index === 0 ? `Formula of ${stage.title}` : 'With its numbers'} />
      ))}
      {rows.length > 0 && <Alternatives rows={rows} stage={stage.id} />}
      <p className="inside-code muted">
        Happens in the {kind === 'kernel' ? 'kernel' : `slot ${kind}, function`}{' '}
        <PlaceLink panel="about" item={stage.source}>
          <code>{name}</code>
        </PlaceLink>
      </p>
    </section>
  );
}
