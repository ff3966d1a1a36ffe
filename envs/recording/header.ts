/** What a saved set of rollouts says of itself: enough to replay, re-simulate and assess it with no other file. */
import type { Ease, EngineVersion, EnvConfig } from '../env.ts';
import type { Meshes, Scene } from '../model/types.ts';
import type { EnvSpec } from '../spec.ts';
import type { Trajectory } from '../trajectory.ts';

export interface RecordingHeader {
  readonly env: EnvConfig;
  readonly spec: EnvSpec;
  readonly scene: Scene;
  /** What simulated the episodes in place of Rapier; absent where Rapier did. */
  readonly engine?: EngineVersion;
  /** Discount and GAE parameter of the training that made the policy; advantages are derived from them. */
  readonly gamma: number;
  readonly lambda: number;
  /** Where training credited an action with so many steps and the value after them, in place of GAE. */
  readonly nSteps?: number;
  /** How training credited actions where that is not told by the rest; absent where it is. */
  readonly credit?: Credit;
  /** Steps after which training cut these episodes off, as by a time limit; absent where they are whole. */
  readonly cutAfter?: number;
  /** How much easier than the task's own training made their starts; absent where these are the task's. */
  readonly ease?: Ease;
  /** Who acted: a run's name and training steps, or the name of a controller. */
  readonly policy: {
    readonly name: string;
    readonly kind: string;
    readonly trainedSteps: number;
    /** Whether actions are tanh of a Gaussian: `scale` is then that of the Gaussian, and `mean` the tanh of its mean. */
    readonly squashed?: boolean;
  };
}

/** What training took in place of returns to go, values of states, and what those make of the time after a cut. */
export interface Credit {
  /** Whether the value of the last state continued a return that a time limit cut off; it did where absent. */
  readonly bootstrap?: boolean;
  /** Whether every action was credited with the return of the whole episode. */
  readonly whole?: boolean;
  /** What was subtracted from returns, by control step, where that knew no states; one number alone is that of every step. */
  readonly baseline?: readonly number[];
}

export interface Recording {
  readonly header: RecordingHeader;
  /** All that the header's scene names; absent where it names none. */
  readonly meshes?: Meshes;
  readonly episodes: readonly Trajectory[];
}
