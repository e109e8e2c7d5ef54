import { useEffect, useRef } from 'react';
import { useLab, useView } from '../lab.tsx';
import { KEYS } from './keyboard.ts';

/** The list of keys, as a dialog. */
export function KeyHelp() {
  const { view } = useLab();
  const is_open = useView((state) => state.is_help_open);
  const has_keys = useView((state) => state.has_keys);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (is_open && !dialog.current?.open) {
      dialog.current?.showModal();
      heading.current?.focus(); // a key pressed out of habit changes nothing there
    }
    if (!is_open && dialog.current?.open) dialog.current.close();
  }, [is_open]);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={() => view.getState().setHelp(false)}>
      <div className="help-head">
        <h2 id="help-title" ref={heading} tabIndex={-1}>
          Keys
        </h2>
        <button type="button" onClick={() => view.getState().setHelp(false)}>
          Close
        </button>
      </div>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p>
        <label className="inline-field">
          <input
            type="checkbox"
            checked={has_keys}
            onChange={(event) => view.getState().setKeys(event.target.checked)}
          />
          Use single-key shortcuts
        </label>
      </p>
    </dialog>
  );
}
