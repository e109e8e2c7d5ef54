import { Component, type ReactNode, Suspense } from 'react';
import { sentenceOf } from '../state/session.ts';

/** Says in one sentence what went wrong inside a section; the rest of the page goes on. */
class SectionFallback extends Component<{ what: string; children: ReactNode }, { problem: string }> {
  override state = { problem: '' };
  static getDerivedStateFromError(error: unknown) {
    return { problem: sentenceOf(error) };
  }
  override render() {
    const { what, children } = this.props;
    if (this.state.problem === '') return children;
    // What could not be fetched is not asked for again by the same page: the site may have been built anew since.
    return (
      <p role="alert">
        {what.charAt(0).toUpperCase() + what.slice(1)} could not be shown: {this.state.problem} Save what you want to
        keep and load the page again.
      </p>
    );
  }
}

/** Something whose code is fetched when it is first shown; `what` names it in a sentence: “the responses”. */
export function Loaded({ what, waiting, children }: { what: string; waiting?: ReactNode; children: ReactNode }) {
  return (
    <SectionFallback what={what}>
      <Suspense fallback={waiting ?? <p className="muted">Loading {what}</p>}>{children}</Suspense>
    </SectionFallback>
  );
}
