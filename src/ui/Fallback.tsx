import { Component, type ReactNode } from 'react';
import { sentenceOf } from '../state/session.ts';

/** Shows one sentence and a way on where a component has thrown. */
export class Fallback extends Component<{ children: ReactNode }, { problem: string }> {
  override state = { problem: '' };
  static getDerivedStateFromError(error: unknown) {
    return { problem: sentenceOf(error) };
  }
  override render() {
    if (this.state.problem === '') return this.props.children;
    return (
      <main className="fallback" role="alert">
        <h1>Rollout Lab</h1>
        <p>The page could not be drawn: {this.state.problem}</p>
        <p>
          <a href="./">Open it with the default run</a>
        </p>
      </main>
    );
  }
}
