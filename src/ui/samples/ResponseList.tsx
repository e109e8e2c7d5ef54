import { type KeyboardEvent, memo, useRef, useState } from 'react';
import { formatNumber } from '../../state/format.ts';
import { coefLevel, coefLimit, signOf, TOKEN_SCALES, type TokenColor } from '../../state/sampleScale.ts';
import type { SampleGroup, SampleToken } from '../../trainer/protocol.ts';
import { TokenReading } from './TokenReading.tsx';

/** Place of a token in a group. */
export interface Place {
  response: number;
  token: number;
}

const SHOWN = 16;

/** A token in words, for those who hear it. */
function spoken(token: SampleToken, by: TokenColor): string {
  if (token.mask === 0) return `${token.symbol}, masked`;
  return `${token.symbol}, ${by} ${formatNumber(token[by])}${token.clipped ? ', clipped' : ''}`;
}

interface TokenProps {
  token: SampleToken;
  by: TokenColor;
  limit: number;
  place: Place;
  is_reachable: boolean;
  onLook(place: Place, is_focus: boolean): void;
}

/** One symbol, coloured by one of its numbers. */
function Token({ token, by, limit, place, is_reachable, onLook }: TokenProps) {
  const marks = `${token.mask === 0 ? ' is-masked' : ''}${token.clipped ? ' is-clipped' : ''}`;
  return (
    <button
      type="button"
      className={`token${marks}`}
      data-place={`${place.response}.${place.token}`}
      data-level={token.mask === 0 ? undefined : coefLevel(TOKEN_SCALES[by].of(token), limit)}
      data-sign={signOf(token, by, limit)}
      tabIndex={is_reachable ? 0 : -1}
      aria-label={spoken(token, by)}
      onMouseEnter={() => onLook(place, false)}
      onFocus={() => onLook(place, true)}
    >
      {token.symbol}
    </button>
  );
}

/** The responses of a group, one line each. One token can be reached by Tab, the others from there by arrow keys. */
export const ResponseList = memo(function ResponseList({ sample, by }: { sample: SampleGroup; by: TokenColor }) {
  const [focused, setFocused] = useState<Place>({ response: 0, token: 0 });
  const [hovered, setHovered] = useState<Place>();
  const [shows_all, setShowsAll] = useState(false);
  const list = useRef<HTMLTableElement>(null);
  const limit = coefLimit(sample, by);
  const responses = shows_all ? sample.responses : sample.responses.slice(0, SHOWN);
  const at = (place: Place) => responses[place.response]?.tokens[place.token];
  const home = at(focused) ? focused : { response: 0, token: 0 };
  const shown = hovered && at(hovered) ? hovered : home;

  const look = (place: Place, is_focus: boolean) => {
    if (is_focus) setFocused(place);
    setHovered(is_focus ? undefined : place);
  };
  const focus = (response: number, token: number) => {
    const r = Math.min(responses.length - 1, Math.max(0, response));
    const t = Math.min(responses[r].tokens.length - 1, Math.max(0, token));
    list.current?.querySelector<HTMLElement>(`[data-place="${r}.${t}"]`)?.focus();
  };
  const press = (event: KeyboardEvent) => {
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
      <table className="responses" ref={list} onKeyDown={press} onMouseLeave={() => setHovered(undefined)}>
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
          {responses.map((response, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a member of the group is its place
            <tr key={r}>
              <td className="is-number">{formatNumber(response.reward)}</td>
              <td>
                {response.tokens.map((token, t) => (
                  <Token
                    // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
                    key={t}
                    token={token}
                    by={by}
                    limit={limit}
                    place={{ response: r, token: t }}
                    is_reachable={home.response === r && home.token === t}
                    onLook={look}
                  />
                ))}
              </td>
              <td className="response-verdict">
                {response.is_demonstration && <span className="demonstration">demonstration</span>} {response.verdict}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sample.responses.length > SHOWN && (
        <button type="button" className="quiet show-all" onClick={() => setShowsAll(!shows_all)}>
          {shows_all ? `Show the first ${SHOWN}` : `Show all ${sample.responses.length} responses`}
        </button>
      )}
    </>
  );
});
