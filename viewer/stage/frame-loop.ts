/** What follows a frame: another; none before it is asked for, as something is about to move; or, all being still, one of best quality. */
export type Next = 'on' | 'wait' | 'rest';

/** Draws frames only while something changes, and a last frame of best quality when all is still. */
export class FrameLoop {
  readonly #advance: (seconds: number, real: number) => Next;
  readonly #draw: (moving: boolean, seconds?: number) => void;
  #frame?: number;
  #stopped = false;
  #drawn = false;
  #last?: number;
  #rest?: ReturnType<typeof setTimeout>;

  /**
   * @param advance takes the seconds to move on by, and those that really passed
   * @param draw draws a frame, in motion or still
   */
  constructor(advance: (seconds: number, real: number) => Next, draw: (moving: boolean, seconds?: number) => void) {
    this.#advance = advance;
    this.#draw = draw;
  }

  /** Has a frame drawn soon. */
  request(): void {
    if (this.#stopped) return;
    this.#frame ??= requestAnimationFrame((now) => this.#run(now));
  }

  /** Redraws at once what was drawn before: a resized canvas is empty until then. */
  now(): void {
    if (this.#drawn && !this.#stopped) this.#draw(true);
    this.request();
  }

  /** Draws nothing any more. */
  stop(): void {
    this.#stopped = true;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
  }

  #run(now: number): void {
    this.#drawn = true;
    this.#frame = undefined;
    const seconds = this.#last === undefined ? undefined : (now - this.#last) / 1000;
    // A tab that was hidden for a while goes on where it was.
    const next = this.#advance(Math.min(seconds ?? 0, 0.25), seconds ?? 0);
    this.#draw(true, seconds);
    this.#last = next === 'on' ? now : undefined;
    clearTimeout(this.#rest);
    if (next === 'on') this.request();
    else if (next === 'rest') this.#rest = setTimeout(() => this.#draw(false), 180);
  }
}
