import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { RefusalState } from '../../state/refusals.ts';
import { useLab, useRun, useSetup } from '../lab.tsx';

const REST_MS = 200;

/** What the present setup refuses, asked anew when the setup has come to rest. */
export function useRefusals(): RefusalState {
  const { refusals } = useLab();
  const config = useSetup((state) => state.config);
  const is_ready = useRun((state) => state.info !== undefined && !state.is_broken);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `config` is what is asked about
  useEffect(() => {
    if (!is_ready) return;
    const timer = setTimeout(() => void refusals.getState().ask(), REST_MS);
    return () => clearTimeout(timer);
  }, [refusals, config, is_ready]);
  return useStore(refusals);
}
