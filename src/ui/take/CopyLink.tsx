import { useEffect, useRef, useState } from 'react';
import { DEFAULT_SETUP } from '../../state/defaultSetup.ts';
import { writeLink } from '../../state/urlState.ts';
import { useLab } from '../lab.tsx';
import { copyText } from './copy.ts';
import './copyLink.css';

const SHOWN_MS = 2500;

/** Copies the address of the present setup. Where the clipboard is refused, shows it, selected. */
export function CopyLink() {
  const { catalogue, setup } = useLab();
  const [said, setSaid] = useState('');
  const [shown, setShown] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (shown !== '') field.current?.select();
  }, [shown]);
  useEffect(() => {
    if (said === '' || shown !== '') return;
    const timer = setTimeout(() => setSaid(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said, shown]);
  const close = () => {
    setShown('');
    setSaid('');
  };
  const copy = async () => {
    const link =
      location.origin + location.pathname + writeLink(catalogue, DEFAULT_SETUP, setup.getState(), location.search);
    const is_copied = await copyText(link);
    setSaid(is_copied ? 'Link copied.' : 'The browser did not allow copying; the link is selected, copy it by hand.');
    setShown(is_copied ? '' : link);
  };
  return (
    <span className="copy-link">
      <button
        ref={button}
        type="button"
        className="quiet"
        onClick={() => void copy()}
        title="An address that opens this setup, seed included"
      >
        {said !== '' && shown === '' ? 'Copied' : 'Copy link'}
      </button>
      <span role="status" className="unseen">
        {said}
      </span>
      {shown !== '' && (
        <span className="copy-by-hand">
          <input
            ref={field}
            aria-label="Link to this setup"
            readOnly
            value={shown}
            onBlur={close}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              close();
              button.current?.focus();
            }}
          />
          <span>Copying was refused: press Ctrl+C (⌘C).</span>
        </span>
      )}
    </span>
  );
}
