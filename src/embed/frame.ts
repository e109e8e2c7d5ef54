/**
 * The frame's side before anything runs: reads the address, shows the poster where nobody else does, and loads the run when
 * it is wanted. A page may embed it directly, or `<rollout-lab>` does and says behind `#` how to begin.
 */
import { wantsPoster } from './host.ts';
import { type Options, readOptions } from './options.ts';
import { makePoster, type Poster, posterSheet } from './poster.ts';
import { type Command, posted, type Report, readCommand } from './protocol.ts';

/** The page around: only the window that embeds this one, and only in the origin that spoke first. */
export interface Around {
  tell(report: Report): void;
  /** Takes over the commands, those that have come already first. */
  serve(handler: (command: Command) => void): void;
}

/** What the run needs of its frame. */
export interface Beginning {
  options: Options;
  /** what the address asked for in vain */
  complaints: readonly string[];
  around: Around;
  root: HTMLElement;
  is_playing: boolean;
  /** what was asked before the run was there */
  commands: readonly Command[];
}

/** Listens to the page around; a message of anybody else is not even refused. */
export function makeAround(view: Window): Around {
  const { parent } = view;
  const is_alone = parent === view;
  let origin: string | undefined = view.location.ancestorOrigins?.[0];
  let handler: ((command: Command) => void) | undefined;
  const early: Command[] = [];
  const tell = (report: Report) => {
    // an origin without a name, such as that of a sandboxed page, cannot be addressed; what is told is no secret
    if (!is_alone) parent.postMessage(posted(report), origin === undefined || origin === 'null' ? '*' : origin);
  };
  view.addEventListener('message', (event) => {
    if (is_alone || event.source !== parent || (origin !== undefined && event.origin !== origin)) return;
    const reading = readCommand(event.data);
    if (!reading) return;
    origin = event.origin;
    if ('problem' in reading) tell({ type: 'error', message: reading.problem, ...idOf(reading) });
    else if (handler) handler(reading.message);
    else early.push(reading.message);
  });
  return {
    tell,
    serve: (next) => {
      handler = next;
      for (const command of early.splice(0)) next(command);
    },
  };
}

const idOf = ({ id }: { id?: number }) => (id === undefined ? {} : { id });

/** Opens the frame in a document. `load` fetches what runs; it is called once it is wanted. */
export function openFrame(root: HTMLElement, load: () => Promise<{ openRun(beginning: Beginning): void }>): void {
  const { options, complaints } = readOptions(new URLSearchParams(location.search));
  const around = makeAround(window);
  const { dataset } = document.documentElement;
  if (options.theme !== 'host') dataset.theme = options.theme;
  root.setAttribute('aria-label', options.label); // tells it from the page around, and from other embeds
  document.title = `${options.label} · Rollout Lab`;
  const commands: Command[] = []; // the run answers them once it is there
  let poster: Poster | undefined;
  let is_started = false;

  const start = (is_playing: boolean) => {
    if (is_started) return;
    is_started = true;
    poster?.setLoading();
    load().then(
      ({ openRun }) => {
        document.adoptedStyleSheets = [];
        openRun({ options, complaints, around, root, is_playing, commands });
      },
      () => {
        is_started = false;
        const message = 'The run could not be loaded. Check the connection and try again.';
        poster?.setProblem(message);
        around.tell({ type: 'error', message });
      },
    );
  };
  around.serve((command) => {
    if (command.type === 'theme') dataset.theme = command.theme;
    else if (command.type === 'get' && !is_started) {
      const state = { setup: options.setup, phase: 'poster' as const, is_playing: false, step: 0, metrics: {} };
      around.tell({ type: 'state', state, ...idOf(command) });
    } else {
      commands.push(command);
      start(command.type === 'play');
    }
  });
  if (location.hash === '#play' || location.hash === '#pause') {
    start(location.hash === '#play');
    return;
  }
  document.adoptedStyleSheets = [posterSheet()];
  poster = makePoster(options, `./${options.setup}`, () => start(true));
  root.append(poster.element);
  for (const message of complaints) around.tell({ type: 'error', message });
  if (!options.autoplay || wantsPoster(new URLSearchParams(options.setup))) return;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    start(true);
  });
  observer.observe(root);
}
