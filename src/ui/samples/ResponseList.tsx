import { type KeyboardEvent, useRef, useState } from 'react';
import { formatNumber } from '../../state/format.ts';
import { coefLevel, coefLimit } from '../../state/sampleScale.ts';
import type { SampleGroup, SampleToken } from '../../trainer/protocol.ts';
import { TokenReading } from './TokenReading.tsx';

/** Place of a token in a group. */
export interface Place {
  response: number;
  token: number;
}

const signOf = (token: SampleToken) => (token.mask === 0 || token.coef === 0 ? '' : token.coef > 0 ? '+' : '−');

/** A token in words, for those who hear it. */
function spoken(token: SampleToken): string {
  if (token.mask === 0) return `${token.symbol}, masked`;
  return `${token.symbol}, coef ${formatNumber(token.coef)}${token.clipped ? ', clipped' : ''}`;
}

/** The responses of a group, one line each; one token at a time can be reached by keyboard and shows its numbers. */
export function ResponseList({ sample }: { sample: SampleGroup }) {
  const [focused, setFocused] = useState<Place>({ response: 0, token: 0 });
  const [hovered, setHovered] = useState<Place>();
  const list = useRef<HTMLTableElement>(null);
  const limit = coefLimit(sample);
  const last_response = sample.responses.length - 1;
  const at = (place: Place) => sample.responses[place.response]?.tokens[place.token];
  const home = at(focused) ? focused : { response: 0, token: 0 };
  const shown = hovered && at(hovered) ? hovered : home;

  const focus = (response: number, token: number) => {
    const r = Math.min(last_response, Math.max(0, response));
    const t = Math.min(sample.responses[r].tokens.length - 1, Math.max(0, token));
    setFocused({ response: r, token: t });
    setHovered(undefined);
    list.current?.querySelector<HTMLElement>(`[data-place="${r}.${t}"]`)?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const { response: r, token: t } = home;
    const move = {
      ArrowLeft: () => focus(r, t - 1),
      ArrowRight: () => focus(r, t + 1),
      ArrowUp: () => focus(r - 1, t),
      ArrowDown: () => focus(r + 1, t),
      Home: () => focus(r, 0),
      End: () => focus(r, Number.MAX_SAFE_INTEGER),
    }[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return (
    <>
      <TokenReading token={at(shown)} place={shown} />
      <div className="responses-scroll">
        <table className="responses" ref={list} onKeyDown={onKey} onMouseLeave={() => setHovered(undefined)}>
          <thead>
            <tr>
              <th scope="col" className="is-number">
                Reward
              </th>
              <th scope="col">Response, token by token</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {sample.responses.map((response, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a member of the group is its place
              <tr key={r}>
                <td className="is-number">{formatNumber(response.reward)}</td>
                <td>
                  {response.tokens.map((token, t) => (
                    <button
                      // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
                      key={t}
                      type="button"
                      className={`token${token.mask === 0 ? ' is-masked' : ''}${token.clipped ? ' is-clipped' : ''}`}
                      data-place={`${r}.${t}`}
                      data-level={token.mask === 0 ? undefined : coefLevel(token.coef, limit)}
                      data-sign={signOf(token)}
                      tabIndex={home.response === r && home.token === t ? 0 : -1}
                      aria-label={spoken(token)}
                      onMouseEnter={() => setHovered({ response: r, token: t })}
                      onFocus={() => setFocused({ response: r, token: t })}
                    >
                      {token.symbol}
                    </button>
                  ))}
                </td>
                <td className="verdict">{response.verdict}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
