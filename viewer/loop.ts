/** Asks for frames only while there is something to show, and for one more, as good as can be, when all is still. */
export class Loop {
  readonly #frame: (seconds: number, real: number) => boolean;
  readonly #draw: (moving: boolean, seconds?: number) => void;
  #requested = false;
  #drawn = false;
  #last?: number;
  #rest?: ReturnType<typeof setTimeout>;

  /**
   * @param frame moves on by that many seconds, of those that really passed; whether there is more to come
   * @param draw draws the frame
   */
  constructor(frame: (seconds: number, real: number) => boolean, draw: (moving: boolean, seconds?: number) => void) {
    this.#frame = frame;
    this.#draw = draw;
  }

  /** Something changed. */
  request(): void {
    if (this.#requested) return;
    this.#requested = true;
    requestAnimationFrame((now) => this.#run(now));
  }

  /** Draws at once where something was drawn before: a resized canvas is empty until it is drawn again. */
  now(): void {
    if (this.#drawn) this.#draw(true);
    this.request();
  }

  #run(now: number): void {
    this.#drawn = true;
    this.#requested = false;
    const seconds = this.#last === undefined ? undefined : (now - this.#last) / 1000;
    // After a hidden tab the replay goes on where it was.
    const more = this.#frame(Math.min(seconds ?? 0, 0.25), seconds ?? 0);
    this.#draw(true, seconds);
    this.#last = more ? now : undefined;
    clearTimeout(this.#rest);
    if (more) this.request();
    else this.#rest = setTimeout(() => this.#draw(false), 180);
  }
}
