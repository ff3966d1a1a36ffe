/** Why a backend cannot be used. */
export type Obstacle = 'not installed' | 'no native addon' | 'no libtensorflow' | 'no GPU' | 'Node version' | 'broken';

/** A backend that cannot be used here. Its message is one line for the user: what is wrong, and what to do. */
export class UnusableBackend extends Error {
  override readonly name = 'UnusableBackend';
  readonly obstacle: Obstacle;
  /** What is wrong. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(backend: string, obstacle: Obstacle, reason: string, remedy: string) {
    super(`backend ${backend} cannot be used: ${reason}; ${remedy}`);
    this.obstacle = obstacle;
    this.reason = reason;
    this.remedy = remedy;
  }
}
