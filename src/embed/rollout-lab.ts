/** The module that a page loads: it gives the page the element `<rollout-lab>`. Built to `rollout-lab.js`. */
import { RolloutLabElement } from './element.ts';

export type * from './api.ts';
export { RolloutLabElement };

if (globalThis.customElements && !customElements.get('rollout-lab'))
  customElements.define('rollout-lab', RolloutLabElement);
