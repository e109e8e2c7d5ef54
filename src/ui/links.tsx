import type { MouseEvent, ReactNode } from 'react';
import { addressOf, canOpen, openConfig } from '../state/links.ts';
import { hashOf } from '../state/panelHash.ts';
import type { PanelId } from '../state/viewStore.ts';
import type { RunConfig } from '../trainer/protocol.ts';
import { useLab } from './lab.tsx';

/** Whether a click asks for this page, and not for another tab or window. */
export const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

/** A link to a section of the page; following it twice brings the section into sight twice. */
export function PlaceLink({ panel, item, children }: { panel: PanelId; item?: string; children: ReactNode }) {
  const { view } = useLab();
  return (
    <a href={hashOf({ panel, item })} onClick={(event) => isPlain(event) && view.getState().show(panel, item)}>
      {children}
    </a>
  );
}

/** A link that opens a run in the playground: here when it is clicked, elsewhere when the browser is asked to.
 * `missing` is said where this build does not have it. */
export function RunLink({ config, missing, children }: { config: RunConfig; missing?: string; children: ReactNode }) {
  const lab = useLab();
  if (!canOpen(lab, config)) return <span className="muted">{missing ?? <>{children} (not in this build)</>}</span>;
  const follow = (event: MouseEvent) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    void openConfig(lab, config);
    document.querySelector('main')?.scrollIntoView();
    document.querySelector<HTMLElement>('.pick')?.focus({ preventScroll: true });
  };
  return (
    <a href={addressOf(lab, config)} onClick={follow}>
      {children}
    </a>
  );
}

/** A link to a paper's page at arXiv; nothing is fetched before it is followed. */
export function ArxivLink({ id }: { id: string }) {
  return (
    <a href={`https://arxiv.org/abs/${id}`} rel="noreferrer">
      arXiv {id}
    </a>
  );
}
