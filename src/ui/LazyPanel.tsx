import { Component, type ComponentProps, type ReactNode, Suspense } from 'react';
import { sentenceOf } from '../state/session.ts';
import { Panel } from './Panel.tsx';

/** Says in one sentence what went wrong inside a section; the rest of the page goes on. */
export class SectionFallback extends Component<{ children: ReactNode }, { problem: string }> {
  override state = { problem: '' };
  static getDerivedStateFromError(error: unknown) {
    return { problem: sentenceOf(error) };
  }
  override render() {
    if (this.state.problem === '') return this.props.children;
    return <p role="alert">This section could not be shown: {this.state.problem} Fold it and open it again.</p>;
  }
}

/** A section whose inside is loaded when it is opened. */
export function LazyPanel({ children, ...panel }: ComponentProps<typeof Panel>) {
  return (
    <Panel {...panel}>
      <SectionFallback>
        <Suspense fallback={<p className="muted">Loading</p>}>{children}</Suspense>
      </SectionFallback>
    </Panel>
  );
}
