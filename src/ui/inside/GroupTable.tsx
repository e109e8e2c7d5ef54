import { type KeyboardEvent, useRef } from 'react';
import { GROUP_COLUMNS, groupRows, STAGES, type StageId, type TokenPlace } from '../../state/insideUpdate.ts';
import type { SampleGroup, SampleToken } from '../../trainer/protocol.ts';

const COLUMN_TITLES: Record<(typeof GROUP_COLUMNS)[number], string> = {
  reward: 'Reward',
  advantage: 'Advantage',
  ratio: 'Ratio',
  mask: 'Mask',
  coef: 'coef',
};
/** The column that a stage is about. */
const COLUMN_OF: Partial<Record<StageId, (typeof GROUP_COLUMNS)[number]>> = {
  ...{ reward: 'reward', baseline: 'reward', advantage: 'advantage', ratio: 'ratio', mask: 'mask', coef: 'coef' },
};

interface Props {
  sample: SampleGroup;
  place: TokenPlace;
  stage: StageId;
  onChoose(place: TokenPlace): void;
}

const spoken = ({ symbol, mask }: SampleToken) => (mask === 0 ? `${symbol}, masked` : symbol);

/** The responses of the group: a token to choose, and the numbers of the tokens at its position as the stages fill them in. */
export function GroupTable({ sample, place, stage, onChoose }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const rows = groupRows(sample, place);
  const reached = STAGES.indexOf(stage);
  const is_known = (column: StageId) => STAGES.indexOf(column) <= reached;
  const current = COLUMN_OF[stage];
  const press = (event: KeyboardEvent) => {
    const { response: r, token: t } = place;
    const move = { ArrowLeft: [r, t - 1], ArrowRight: [r, t + 1], ArrowUp: [r - 1, t], ArrowDown: [r + 1, t] }[
      event.key
    ];
    if (!move) return;
    event.preventDefault();
    const response = Math.min(rows.length - 1, Math.max(0, move[0]));
    const token = Math.min(rows[response].tokens.length - 1, Math.max(0, move[1]));
    if (token < 0) return;
    onChoose({ response, token });
    table.current?.querySelector<HTMLElement>(`[data-place="${response}.${token}"]`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="inside-group" aria-label="The group" tabIndex={0}>
      <table ref={table} onKeyDown={press}>
        <caption>
          The group, with the numbers of token {place.token + 1} of each response. The columns fill in stage by stage: ·
          comes later. Arrow keys choose another token.
        </caption>
        <thead>
          <tr>
            <th scope="col">Response</th>
            {GROUP_COLUMNS.map((column) => (
              <th key={column} scope="col" className={column === current ? 'is-number is-current' : 'is-number'}>
                {COLUMN_TITLES[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ tokens, cells }, response) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a member of the group is its place
            <tr key={response} className={response === place.response ? 'is-chosen' : undefined}>
              <th scope="row" className="inside-response">
                {tokens.map((token, t) => {
                  const is_chosen = response === place.response && t === place.token;
                  return (
                    <button
                      // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
                      key={t}
                      type="button"
                      className={`inside-token${token.mask === 0 ? ' is-masked' : ''}${t === place.token ? ' is-column' : ''}`}
                      data-place={`${response}.${t}`}
                      aria-pressed={is_chosen}
                      aria-label={`Response ${response + 1}, token ${t + 1}: ${spoken(token)}`}
                      tabIndex={is_chosen ? 0 : -1}
                      onClick={() => onChoose({ response, token: t })}
                    >
                      {token.symbol}
                    </button>
                  );
                })}
              </th>
              {GROUP_COLUMNS.map((column) => (
                <td key={column} className={column === current ? 'is-number is-current' : 'is-number'}>
                  {is_known(column) ? cells[column] : <span className="muted">·</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
