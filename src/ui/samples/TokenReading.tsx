import { formatNumber, formatSigned } from '../../state/format.ts';
import { probabilityOf } from '../../state/sampleScale.ts';
import type { SampleToken } from '../../trainer/protocol.ts';
import type { Place } from './ResponseList.tsx';

/** The numbers of the token under the pointer or the focus. */
export function TokenReading({ token, place }: { token: SampleToken | undefined; place: Place }) {
  if (!token) return <p className="token-reading muted">This response is empty.</p>;
  const is_own = token.mask > 0;
  const numbers: [string, string][] = is_own
    ? [
        ['coef', formatSigned(token.coef)],
        ['advantage', formatSigned(token.advantage)],
        ['probability', formatNumber(probabilityOf(token))],
        ['logp', formatNumber(token.logp)],
        ['ratio', formatNumber(token.ratio)],
        ['entropy', formatNumber(token.entropy)],
      ]
    : [];
  return (
    <p className="token-reading" data-testid="token-reading">
      <span>
        response {place.response + 1}, token {place.token + 1}: <b>{token.symbol}</b>
      </span>
      {numbers.map(([name, value]) => (
        <span key={name}>
          <code>{name}</code> <b>{value}</b>
        </span>
      ))}
      {token.clipped && <span>clipped</span>}
      {!is_own && <span>masked: the task wrote it, so it is not trained</span>}
    </p>
  );
}
