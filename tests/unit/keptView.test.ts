/** What of the view is kept over a reload: written when it changes, read back entry by entry, and never trusted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepView } from '../../src/state/keptView.ts';
import { followHash } from '../../src/state/panelHash.ts';
import { makeViewStore } from '../../src/state/viewStore.ts';

/** A browser's storage, as far as it is used here. */
const storageWith = (text?: string) => {
  const kept = new Map(text === undefined ? [] : [['rollout-lab-view', text]]);
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage;
  return { kept, storage: () => storage };
};
const opened = (text?: string) => {
  const view = makeViewStore();
  const { kept, storage } = storageWith(text);
  keepView(view, storage);
  return { view, kept };
};

describe('kept view', () => {
  test('comes back as it was left, without the window of a run', () => {
    const first = opened();
    const view = first.view.getState();
    view.setChart({ smoothing: 20, is_log: true, is_single: true });
    view.setChart({ zoom: { first: 1, last: 9, by: 'step', generation: 1 } });
    view.setCharted(['grad_norm', 'histogram']);
    view.setTokenColor('entropy');
    view.setKeys(false);
    view.setOpen('law', true);
    view.setOpen('batch', false);
    const { view: second } = opened(first.kept.get('rollout-lab-view'));
    expect(second.getState()).toMatchObject({
      chart: { smoothing: 20, is_log: true, is_single: true, zoom: undefined },
      charted: ['grad_norm', 'histogram'],
      token_color: 'entropy',
      has_keys: false,
      open: { law: true, batch: false, about: false },
    });
  });

  test('is written only where something of it changed', () => {
    const { view, kept } = opened();
    view.getState().readAt(5);
    view.getState().setPicker(true);
    view.getState().setChart({ zoom: { first: 1, last: 9, by: 'step', generation: 1 } });
    expect(kept.size).toBe(0);
    view.getState().setOpen('law', true);
    expect(kept.size).toBe(1);
  });

  test('garbage, whole or in one entry, leaves what is usual', () => {
    const usual = makeViewStore().getState();
    for (const text of ['', '{', 'null', '7', '[]', '{"open":7,"chart":null,"charted":"x","token_color":{}}'])
      expect(JSON.stringify(opened(text).view.getState())).toBe(JSON.stringify(usual));
    const { view } = opened(
      JSON.stringify({
        open: { law: true, about: 'yes', constructor: true },
        charted: ['entropy', 'entropy', 7, '<b>', 'a', 'b', 'c'],
        token_color: 'constructor',
        chart: { smoothing: 21, is_log: 1, is_single: true, zoom: {} },
      }),
    );
    expect(view.getState().open).toEqual({ ...usual.open, law: true });
    expect(view.getState().charted).toEqual(['entropy', 'a', 'b']);
    expect(view.getState().token_color).toBe('coef');
    expect(view.getState().chart).toEqual({ ...usual.chart, is_single: true });
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void opened(text)));
  });

  test('storage that is refused costs only the memory', () => {
    const view = makeViewStore();
    keepView(view, () => {
      throw new DOMException('denied', 'SecurityError');
    });
    view.getState().setOpen('law', true);
    expect(view.getState().open.law).toBe(true);
  });

  test('the address goes before what was kept', () => {
    const { view } = opened(JSON.stringify({ open: { papers: false, law: true } }));
    const page = Object.assign(new EventTarget(), { location: { hash: '#papers' } });
    followHash(view, page as unknown as Window);
    expect(view.getState().open).toMatchObject({ papers: true, law: true });
  });
});
