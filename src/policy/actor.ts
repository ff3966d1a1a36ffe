import type { ActorShape } from '../../envs/trajectory.ts';

/** Whatever drives an arm: a learned policy or a hand-written controller. */
export interface Actor extends ActorShape {
  /** The output for observations [n, O]. A row of it depends on its own observation alone. */
  forward(obs: Float32Array, n: number): ActorOutput;
}

/** What an actor makes of n observations. Valid until the next `forward`. */
export interface ActorOutput {
  /** The action to take when none is sampled [n, A]. */
  readonly mean: Float64Array;
  /** Standard deviations [n, A], or lower Cholesky factors [n, A, A]. */
  readonly scale: Float64Array;
  /** State values [n], NaN where there are none. */
  readonly value: Float64Array;
  /** Samples [n, A] for standard normal noise [n, A], or for zeros, which take what is most likely before squashing. */
  sample(noise: Float64Array): Float32Array;
  /** The actions that samples make [n, A]. */
  actionsOf(sampled: Float32Array): Float32Array;
  /** log pi(a | s) [n] of the actions that samples make. */
  logProbability(sampled: Float32Array): Float64Array;
}
