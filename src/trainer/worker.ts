/** The worker's entry: exposes the trainer to the page. */
import * as Comlink from 'comlink';
import { Trainer } from './trainer.ts';

Comlink.expose(new Trainer());
