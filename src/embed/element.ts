/**
 * `<rollout-lab>`: a poster that becomes a frame with a live run when the reader presses play, or, with `autoplay`, when it
 * is on the screen. Nothing is fetched before. What the two say to each other is in `protocol.ts`.
 */
import type { EmbedState, RolloutLab, RolloutLabEventMap } from './api.ts';
import { wantsPoster, watchTheme } from './host.ts';
import { isForwarded, type Options, readOptions, reservedHeight } from './options.ts';
import { makePoster, type Poster, posterSheet } from './poster.ts';
import { type Command, posted, readReport } from './protocol.ts';

const ANSWERS_WITHIN_MS = 30_000;
const SHEET = `
:host { display: block; contain: content; }
:host([hidden]) { display: none; }
.box { position: relative; min-width: 0; }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; border-radius: 6px; color-scheme: inherit; }
iframe[data-waiting] { visibility: hidden; }
`;

/** A request that the frame has not answered. */
interface Asked {
  resolve(state: EmbedState): void;
  reject(error: Error): void;
}

type WithoutId<C> = C extends { id?: number } ? Omit<C, 'id'> : never;

// Where pages are made on a server there is no HTMLElement, and the module must still load.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * The element. Its attributes are read by `readOptions`; all else is private by `#`, because frameworks set what they find as a
 * property instead of the attribute of that name.
 */
export class RolloutLabElement extends Base implements RolloutLab {
  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #box = document.createElement('div');
  #poster: Poster | undefined;
  #frame: HTMLIFrameElement | undefined;
  #is_ready = false;
  #query = '';
  #options: Options | undefined;
  #theme: 'light' | 'dark' = 'light';
  #natural = 0; // height of the frame's content
  #waiting: Command[] = []; // commands that the frame is not there for yet
  readonly #asked = new Map<number, Asked>();
  #num_asked = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #stops: (() => void)[] = [];

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    this.#root.adoptedStyleSheets = [sheet, posterSheet()];
    this.#box.className = 'box';
    this.#root.append(this.#box);
  }

  /** Starts the run, where the author wants that, as soon as the element is on the screen. */
  readonly #screen = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting) || !this.#options?.autoplay || this.#frame) return;
      if (!wantsPoster(new URLSearchParams(this.#options.setup))) this.#start('play');
    },
    { threshold: 0.25 },
  );

  connectedCallback(): void {
    const changed = new MutationObserver((changes) => {
      if (changes.some(({ attributeName }) => attributeName === 'lab' || isForwarded(attributeName ?? '')))
        this.#read();
    });
    changed.observe(this, { attributes: true });
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(this);
    const receive = (event: MessageEvent) => this.#receive(event);
    window.addEventListener('message', receive);
    this.#stops = [
      () => changed.disconnect(),
      () => resized.disconnect(),
      () => window.removeEventListener('message', receive),
      watchTheme(this, (theme) => this.#setTheme(theme)),
    ];
    this.#read();
    this.#stops.push(() => this.#screen.disconnect());
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop();
    this.#drop('The element was taken from the page.');
    this.#options = undefined;
  }

  play(): Promise<EmbedState> {
    return this.#ask({ type: 'play' });
  }
  pause(): Promise<EmbedState> {
    return this.#frame ? this.#ask({ type: 'pause' }) : this.get();
  }
  step(): Promise<EmbedState> {
    return this.#ask({ type: 'step' });
  }
  reset(): Promise<EmbedState> {
    return this.#frame ? this.#ask({ type: 'reset' }) : this.get();
  }
  set(name: string, value: string | number): Promise<EmbedState> {
    return this.#ask({ type: 'set', name, value });
  }
  get(): Promise<EmbedState> {
    if (this.#frame) return this.#ask({ type: 'get' });
    const setup = this.#options?.setup ?? '';
    return Promise.resolve({ setup, phase: 'poster', is_playing: false, step: 0, metrics: {} });
  }

  /** The folder of the playground: that of this module, or where `lab` says. */
  get #lab(): URL {
    const given = this.getAttribute('lab');
    const own = new URL(/* @vite-ignore */ import.meta.env.DEV ? '../../' : './', import.meta.url);
    if (given === null) return own;
    try {
      const url = new URL(given.endsWith('/') ? given : `${given}/`, document.baseURI);
      if (/^https?:$/.test(url.protocol)) return url;
    } catch {
      // no address at all
    }
    this.#fail(
      `'lab' is '${given.slice(0, 40)}'; wanted the http(s) address of the playground's folder. ${own} was used.`,
    );
    return own;
  }

  /** Reads the attributes again; other ones than before start the embed afresh. */
  #read(): void {
    const given = new URLSearchParams();
    for (const { name, value } of this.attributes) if (isForwarded(name)) given.append(name, value);
    const query = given.toString() + (this.getAttribute('lab') ?? '');
    if (this.#options && query === this.#query) return;
    this.#query = query;
    const { options, complaints } = readOptions(given);
    this.#options = options;
    this.#drop('The attributes were changed.');
    const open = new URL(`./${options.setup}`, this.#lab);
    this.#poster = makePoster(options, open.href, () => this.#start('play'));
    this.#box.append(this.#poster.element);
    this.#setTheme(this.#theme);
    this.#resize();
    for (const complaint of complaints) this.#fail(complaint);
    this.#screen.unobserve(this);
    this.#screen.observe(this); // tells anew whether it is on the screen
  }

  /** Throws frame and poster away. */
  #drop(why: string): void {
    clearTimeout(this.#patience);
    this.#frame = undefined;
    this.#is_ready = false;
    this.#natural = 0;
    this.#waiting = [];
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
    this.#box.replaceChildren();
  }

  /** Puts the frame behind the poster, which goes when the frame says that it is there. */
  #start(as: 'play' | 'pause'): void {
    if (this.#frame || !this.#options) return;
    const had_focus = this.#root.activeElement === this.#poster?.button;
    const address = new URL('./embed.html', this.#lab);
    for (const { name, value } of this.attributes) if (isForwarded(name)) address.searchParams.set(name, value);
    address.searchParams.set('theme', this.#wantedTheme);
    address.hash = as;
    const frame = document.createElement('iframe');
    frame.src = address.href;
    frame.title = `${this.#options.label}, live`;
    frame.referrerPolicy = 'no-referrer';
    frame.dataset.waiting = '';
    this.#frame = frame;
    this.#box.append(frame);
    this.#poster?.setLoading();
    if (had_focus) frame.dataset.focus = '';
    this.#patience = setTimeout(() => {
      const sentence = `The run at ${address.origin} did not answer within ${ANSWERS_WITHIN_MS / 1000} s. Try again, or open it in the playground.`;
      const poster = this.#poster;
      this.#drop(sentence);
      if (poster) this.#box.append(poster.element);
      poster?.setProblem(sentence);
      this.#fail(sentence);
    }, ANSWERS_WITHIN_MS);
  }

  #ask(command: WithoutId<Command>): Promise<EmbedState> {
    if (!this.#options)
      return Promise.reject(new Error('The element is not on a page. Put it into the document first.'));
    this.#start(command.type === 'play' ? 'play' : 'pause');
    const id = ++this.#num_asked;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#send({ ...command, id } as Command);
    });
  }

  #send(command: Command): void {
    if (!this.#is_ready) this.#waiting.push(command);
    else this.#frame?.contentWindow?.postMessage(posted(command), this.#lab.origin);
  }

  #receive(event: MessageEvent): void {
    if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== this.#lab.origin) return;
    const reading = readReport(event.data);
    if (!reading) return;
    if ('problem' in reading) {
      this.#fail(reading.problem);
      return;
    }
    const { message } = reading;
    switch (message.type) {
      case 'ready':
        this.#welcome(message.state);
        break;
      case 'state':
        this.#answer(message.id)?.resolve(message.state);
        break;
      case 'height':
        this.#natural = message.height;
        this.#resize();
        break;
      case 'step':
        this.#tell('step', { step: message.step, metrics: message.metrics });
        break;
      case 'edit':
        this.#tell('edit', { step: message.step, text: message.text });
        break;
      case 'error':
        this.#answer(message.id)?.reject(new Error(message.message));
        this.#fail(message.message);
    }
  }

  #answer(id: number | undefined): Asked | undefined {
    const found = id === undefined ? undefined : this.#asked.get(id);
    if (id !== undefined) this.#asked.delete(id);
    return found;
  }

  #welcome(state: EmbedState): void {
    const frame = this.#frame;
    if (!frame || this.#is_ready) return;
    clearTimeout(this.#patience);
    this.#is_ready = true;
    delete frame.dataset.waiting;
    this.#poster?.element.remove();
    if (frame.dataset.focus !== undefined) frame.focus();
    this.#send({ type: 'theme', theme: this.#wantedTheme });
    for (const command of this.#waiting.splice(0)) this.#send(command);
    this.#tell('ready', state);
  }

  get #wantedTheme(): 'light' | 'dark' {
    const wanted = this.#options?.theme ?? 'host';
    return wanted === 'host' ? this.#theme : wanted;
  }

  #setTheme(theme: 'light' | 'dark'): void {
    this.#theme = theme;
    this.#poster?.setTheme(this.#wantedTheme);
    if (this.#is_ready) this.#send({ type: 'theme', theme: this.#wantedTheme });
  }

  /** As high as was kept free from the beginning, and higher where the content is. */
  #resize(): void {
    if (!this.#options) return;
    const height = Math.max(reservedHeight(this.#options, this.clientWidth), this.#natural);
    this.#box.style.height = `${Math.ceil(height)}px`;
  }

  #tell<K extends keyof RolloutLabEventMap>(type: K, detail: RolloutLabEventMap[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
  #fail(message: string): void {
    this.#tell('error', { message });
  }
}
