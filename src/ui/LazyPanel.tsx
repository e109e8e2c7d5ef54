import type { ComponentProps } from 'react';
import { Loaded } from './Loaded.tsx';
import { Panel } from './Panel.tsx';

/** A section whose inside is loaded when it is opened. */
export function LazyPanel({ children, ...panel }: ComponentProps<typeof Panel>) {
  return (
    <Panel {...panel}>
      <Loaded what="this section">{children}</Loaded>
    </Panel>
  );
}
