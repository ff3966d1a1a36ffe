/** What the page and its workers tell each other; plain data. */

import type { Meshes } from '../../../envs/model/types.ts';
import type { OptionValue } from '../../../envs/options.ts';
import type { RecordingHeader } from '../../../envs/recording/header.ts';
import type { Field } from '../../../envs/spec.ts';
import type { Disturbance, Trajectory } from '../../../envs/trajectory.ts';
import type { PolicySnapshot } from '../../../src/rollout/acting-policy.ts';
import type { PolicyConfig } from '../../../src/rollout/policy-config.ts';
import type { RolloutRequest } from '../../../src/rollout/rollout.ts';
import type { PackedEpisodes } from '../../../src/rollout/workers/transfer.ts';
import type { TrainConfig } from '../../../src/train/training.ts';
import type { DrawnEpisode } from '../../derive/episode.ts';
import type { DirectoryHandle } from './handle-folder.ts';

/** How the arm is played with; what is left out stays as it is. */
export interface Control {
  readonly paused?: boolean;
  /** Seconds of the simulation for each second. */
  readonly speed?: number;
  /** Share of the policy's own sigma that actions are sampled by; 0 is its mean. */
  readonly spread?: number;
  /** Numbers of the world, by their names; null where they are as the episode has them. */
  readonly dynamics?: Readonly<Record<string, number | null>>;
  /** Where the goal is held, m; null where the task has it. */
  readonly goal?: readonly number[] | null;
  /** The orientation in which a goal that has one is held with it, a quaternion x y z w. */
  readonly turn?: readonly number[];
  readonly pull?: Pull | null;
}

/** A spring from a point of a body to where a hand is. */
export interface Pull {
  /** Control steps after which it lets go by itself, as a poke does; a hand holds on where it is not given. */
  readonly steps?: number;
  readonly body: string;
  /** In the body's own frame, m. */
  readonly local: readonly [number, number, number];
  /** In the world, m. */
  readonly target: readonly [number, number, number];
}

/** What a run of training is made from. */
export interface TrainingChoice {
  readonly env: string;
  readonly arm: string;
  readonly algorithm: string;
  readonly seed: number;
  readonly steps: number;
  /** Those that are not the defaults. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** The same of the environment's own; of a run that goes on, all of them. */
  readonly envOptions?: Readonly<Record<string, OptionValue>>;
}

/** What a training in the page begins with. */
export type Beginning =
  | { readonly kind: 'new'; readonly choice: TrainingChoice; readonly untilSolved: boolean }
  /** From where a run stands, whose policy's file this is, with other options. */
  | {
      readonly kind: 'fork';
      readonly run: string;
      readonly bytes: Uint8Array;
      readonly choice: TrainingChoice;
      readonly untilSolved: boolean;
    }
  /** A run that the browser keeps. */
  | { readonly kind: 'kept'; readonly run: string }
  /** A run's folder as a zip file, or a policy's file. */
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly name: string }
  /** A run's folder on the reader's disk. */
  | { readonly kind: 'folder'; readonly folder: DirectoryHandle };

/** Episodes that a worker is to run, of a rollout that several share. */
export interface EpisodesRequest {
  readonly type: 'episodes';
  /** Of the rollout. */
  readonly id: number;
  readonly snapshot: PolicySnapshot;
  readonly request: RolloutRequest;
  /** Their indices. */
  readonly episodes: readonly number[];
}

export type Request =
  | { readonly type: 'open'; readonly bytes: Uint8Array; readonly name: string; readonly meshes?: Meshes }
  | { readonly type: 'begin'; readonly config: TrainConfig; readonly meshes?: Meshes }
  | { readonly type: 'learned'; readonly snapshot: PolicySnapshot; readonly trainedSteps: number }
  | { readonly type: 'control'; readonly control: Control }
  | { readonly type: 'step' | 'reset' | 'new-goal' | 'keep' }
  /** Has the worker hold a lock of that name for as long as it lives. */
  | { readonly type: 'watch'; readonly lock: string }
  | { readonly type: 'catalogue'; readonly choice: Partial<TrainingChoice> }
  | { readonly type: 'train'; readonly beginning: Beginning; readonly workers: number }
  | { readonly type: 'hold'; readonly held: boolean }
  | { readonly type: 'save'; readonly what: Saved['what'] }
  | { readonly type: 'save-into'; readonly folder: DirectoryHandle }
  | { readonly type: 'batch' }
  | { readonly type: 'kept-runs' }
  | { readonly type: 'remove-run'; readonly run: string }
  /** Has so many of the workers for episodes rest, at most all but one: the page needs their cores. */
  | { readonly type: 'leave'; readonly cores: number }
  /** Has so many workers for episodes load what they need, ahead of a training. */
  | { readonly type: 'prepare'; readonly members: number }
  /** Has a worker run episodes of such a policy. */
  | { readonly type: 'join'; readonly policy: PolicyConfig }
  | EpisodesRequest;

/** A policy in its environment, ready to be played with. */
export interface Opened {
  readonly type: 'opened';
  readonly header: RecordingHeader;
  readonly meshes?: Meshes;
  /** Where some episodes begin, by which the space is known that the arm moves in: each of one step in which nothing moves. */
  readonly samples: readonly Trajectory[];
  /** Whether it is the policy of a training that goes on. */
  readonly isInTraining: boolean;
  /** Whether a goal can be moved, and where goals of the task are, m. */
  readonly goals: { readonly low: readonly number[]; readonly high: readonly number[] } | null;
  /** How far the tip gets from the arm's first joint, m, and what the arm weighs, kg. */
  readonly reach: number;
  readonly mass: number;
  /** Whether the task itself moves the goal. */
  readonly goalMoves: boolean;
  /** Numbers of the world that can be changed. */
  readonly dynamics: readonly Field[];
}

/** A control step and what it led to. */
export interface Stepped {
  readonly type: 'stepped';
  /** Control steps since the episode began; 0 for its first state, which no step led to. */
  readonly t: number;
  readonly success: boolean;
  /** Whether the episode is over: what there is stands still for a moment, and another begins. */
  readonly isOver: boolean;
  readonly isLost: boolean;
  readonly isKept: boolean;
  readonly isGoalHeld: boolean;
  /** What was done to the world in the step. */
  readonly disturbances: readonly Disturbance[];
  /** What the numbers of the world are in this episode by themselves; with its first state. */
  readonly usual?: Readonly<Record<string, number>>;
  /** Rows of a trajectory's columns: of the state, and of the step that led there, or of the episode with its first state. */
  readonly rows: Readonly<Partial<Record<keyof Trajectory, Float32Array | Float64Array>>>;
}

/** An option of training, or of an environment, as a form shows it. */
export interface FormOption {
  readonly name: string;
  readonly description: string;
  readonly default: OptionValue;
  readonly choices?: readonly string[];
  readonly low?: number;
  readonly high?: number;
  readonly integer?: boolean;
}

/** What can be trained, and what the rest would be with what is chosen. */
export interface Catalogue {
  readonly type: 'catalogue';
  readonly tasks: readonly { readonly name: string; readonly description: string; readonly arms: readonly string[] }[];
  readonly algorithms: readonly { readonly name: string; readonly description: string }[];
  readonly choice: TrainingChoice;
  /** Whether its steps are the task's budget, and not asked for. */
  readonly hasUsualSteps: boolean;
  readonly options: readonly FormOption[];
  /** Of the environment, as a new run has them. */
  readonly envOptions: readonly FormOption[];
}

/** The goal of some episode: its position, m, and of a goal with an orientation the quaternion x y z w. */
export interface DrawnGoal {
  readonly goal: readonly number[];
  readonly turn?: readonly number[];
}

/** A row of the learning curve. */
export interface CurvePoint {
  readonly iteration: number;
  readonly envSteps: number;
  /** Of the training episodes. */
  readonly meanReturn: number;
  readonly success: number | null;
  readonly sigma: number;
  /** On held-out goals, where they were tried. */
  readonly evaluated: { readonly success: number | null; readonly meanReturn: number } | null;
}

/** A training as it begins, or goes on. */
export interface Begun {
  readonly type: 'begun';
  /** The name of its folder. */
  readonly run: string;
  /** Whether its files outlast the page. */
  readonly isLasting: boolean;
  readonly config: TrainConfig;
  readonly meshes?: Meshes;
  readonly choice: TrainingChoice;
  /** The iterations before. */
  readonly curve: readonly CurvePoint[];
  readonly envSteps: number;
  readonly solved: boolean;
  readonly snapshot: PolicySnapshot;
}

/** An iteration, and the policy that it came to. */
export interface Trained extends CurvePoint {
  readonly type: 'trained';
  readonly solved: boolean;
  readonly snapshot: PolicySnapshot;
}

/** A run that the browser keeps. */
export interface KeptRun {
  readonly run: string;
  readonly algorithm: string;
  readonly arm: string;
  readonly envSteps: number;
  readonly steps: number;
  /** Of held-out goals, as far as they were tried. */
  readonly success: number | null;
}

/** The run's folder as a zip file, or its policy's file. */
export interface Saved {
  readonly type: 'saved';
  readonly what: 'run' | 'policy';
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
}

/** A run has been written into a folder of this name, within the one that was picked. */
export interface SavedInto {
  readonly type: 'saved-into';
  readonly name: string;
}

/** The episodes that were last learned from. */
export interface Batch {
  readonly type: 'batch';
  /** That learned from them; 0 where none has yet. */
  readonly iteration: number;
  /** Of all. */
  readonly count: number;
  readonly successes: number;
  /** Some of them. */
  readonly episodes: readonly DrawnEpisode[];
}

export type Answer =
  | Opened
  | Stepped
  | Catalogue
  | Begun
  | Trained
  | Saved
  | SavedInto
  | Batch
  /** The goal that was drawn, m, with its orientation where it has one: it is held there. */
  | ({ readonly type: 'goal' } & DrawnGoal)
  | { readonly type: 'kept'; readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string }
  /** Training stands still, with all that there is written; or goes on. */
  | { readonly type: 'held'; readonly held: boolean }
  | { readonly type: 'ended' }
  | { readonly type: 'warned'; readonly message: string }
  /** Why the browser does not keep the run; no words once it does again. */
  | { readonly type: 'keeping'; readonly problem: string }
  | { readonly type: 'kept-runs'; readonly runs: readonly KeptRun[] }
  | { readonly type: 'joined' | 'beat' }
  /** The lock by which the worker is watched is held. */
  | { readonly type: 'watched' }
  /** Said in place of a worker that has died without a word. */
  | { readonly type: 'gone' }
  | { readonly type: 'episodes'; readonly id: number; readonly packed: PackedEpisodes }
  | { readonly type: 'failed'; readonly of: Request['type'] | 'episode'; readonly message: string };
