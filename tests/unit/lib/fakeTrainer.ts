import { makeLab } from '../../../src/state/lab.ts';
import { registries } from '../../../src/state/registries.ts';
import type { Connection } from '../../../src/state/session.ts';
import type { RunConfig, TrainerApi, TrainerEvents } from '../../../src/trainer/protocol.ts';
import { info } from './rows.ts';

/** A trainer that answers at once and remembers what it was asked. */
export function fakeTrainer(change: Partial<TrainerApi> = {}) {
  const asked: string[] = [];
  let events: TrainerEvents | undefined;
  let config: RunConfig;
  const api = {
    listen: async (e: TrainerEvents) => {
      events = e;
    },
    open: async (c: RunConfig) => {
      config = c;
      return info({ config });
    },
    start: async () => {},
    pause: async () => {},
    step: async () => {},
    reset: async () => info({ config }),
    setHyper: async (name: string, value: number) => {
      config = { ...config, hyper: { ...config.hyper, [name]: value } };
      return info({ config });
    },
    swap: async ({ algorithm, parts }: { algorithm?: string; parts?: Record<string, string> }) => {
      config = algorithm ? { ...config, algorithm } : { ...config, parts: parts ?? {} };
      return info({ config });
    },
    checkpoint: async () => new ArrayBuffer(8),
    restore: async () => info({ config, step: 7 }),
    sample: async () => ({ step: 0, replica: 0, prompt_index: 0, num_prompts: 1, prompt: '', responses: [] }),
    setSpeed: async () => {},
    selfTest: async () => ({ adapter: '', num_failed: 0, num_left_out: 0 }),
    ...change,
  } as TrainerApi;
  const watched = new Proxy(api, {
    get: (target, name: keyof TrainerApi) => {
      const call = target[name] as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        asked.push(name);
        return call(...given);
      };
    },
  });
  let breakIt = (_sentence: string) => {};
  const connect = (): Connection => {
    const broken = new Promise<string>((resolve) => {
      breakIt = resolve;
    });
    return { api: watched, broken, close: () => void asked.push('close') };
  };
  return { asked, connect, breakIt: (sentence: string) => breakIt(sentence), events: () => events! };
}

/** A playground over such a trainer. */
export const labWith = (change: Partial<TrainerApi> = {}, search = '?speed=0') => {
  const trainer = fakeTrainer(change);
  return { trainer, lab: makeLab(registries, trainer.connect, search) };
};
