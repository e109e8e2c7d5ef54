/** Progress of a run on standard error: a bar on a terminal, a line every tenth elsewhere. */

const BAR_WIDTH = 16;
const REDRAW_MS = 100;

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

export class Progress {
  private readonly began = performance.now();
  private drawn_at = 0;
  private tenth = 0;
  private has_bar = false;

  constructor(
    private readonly total: number,
    private readonly is_quiet: boolean,
    private readonly out: { isTTY?: boolean; columns?: number; write(text: string): unknown } = process.stderr,
  ) {}

  /** `done` steps of the total are over; `text` says how it goes. */
  show(done: number, text: string): void {
    if (this.is_quiet) return;
    const now = performance.now();
    const is_last = done >= this.total;
    const left = done > 0 ? ((now - this.began) / 1000 / done) * (this.total - done) : Number.NaN;
    const rest = is_last || Number.isNaN(left) ? '' : `  ${duration(left)} left`;
    if (this.out.isTTY) {
      if (!is_last && now - this.drawn_at < REDRAW_MS) return;
      this.drawn_at = now;
      const full = Math.round((done / this.total) * BAR_WIDTH);
      const line = `[${'█'.repeat(full)}${'·'.repeat(BAR_WIDTH - full)}] ${done}/${this.total}  ${text}${rest}`;
      this.out.write(`\r${line.slice(0, (this.out.columns ?? 120) - 1)}\x1b[K`);
      this.has_bar = true;
      return;
    }
    const tenth = Math.floor((done / this.total) * 10);
    if (tenth === this.tenth) return;
    this.tenth = tenth;
    this.out.write(`${done}/${this.total}  ${text}${rest}\n`);
  }

  /** Ends the bar's line, so that the next text starts its own. */
  end(): void {
    if (this.has_bar) this.out.write('\n');
    this.has_bar = false;
  }
}
