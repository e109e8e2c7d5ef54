import { useEffect, useState } from 'react';
import { type Loaded, loadResults } from '../../state/results.ts';

/** The results of an experiment, undefined while they are on their way. */
export function useResults(id: string): Loaded | undefined {
  const [found, setFound] = useState<{ id: string; loaded: Loaded }>();
  useEffect(() => {
    let is_wanted = true;
    void loadResults(id).then((loaded) => is_wanted && setFound({ id, loaded }));
    return () => {
      is_wanted = false;
    };
  }, [id]);
  return found?.id === id ? found.loaded : undefined;
}
