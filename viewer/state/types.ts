import type { Recording } from '../../envs/recording/types.ts';
import type { Trajectory } from '../../envs/types.ts';
import type { Derived } from '../derive/derive.ts';
import type { Player } from './player.ts';

export interface OpenFile {
  readonly id: number;
  /** Text from the disk. */
  readonly name: string;
  readonly recording: Recording;
}

export interface EpisodeRef {
  /** Id of an open file. */
  readonly file: number;
  readonly episode: number;
}

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Trail = 'plain' | 'reward' | 'advantage';
export type Align = 'start' | 'success';
export type Arrange = 'ghosts' | 'split';

/** A place in an episode that is worth a look. */
export interface Mark {
  readonly file: number;
  readonly episode: number;
  readonly step: number;
  readonly label: string;
}

/** All that the page shows, but for what a recording implies. Plain data; reducers make new ones. */
export interface State {
  readonly files: readonly OpenFile[];
  /** Id of the file whose episodes play; -1 while nothing is open. */
  readonly file: number;
  readonly player?: Player;
  /** Episodes drawn as ghosts beside the one that plays. */
  readonly compare: readonly EpisodeRef[];
  readonly align: Align;
  readonly arrange: Arrange;
  /** A state that the pointer marks, in control steps. */
  readonly hover?: number;
  /** Names of overlays that are switched off. */
  readonly hidden: readonly string[];
  readonly trail: Trail;
  readonly follow: boolean;
  /** Whether all episodes are shown at once. */
  readonly swarm: boolean;
  readonly theme: ThemeChoice;
  readonly marks: readonly Mark[];
}

/** One episode at one moment. */
export interface Subject {
  readonly ref: EpisodeRef;
  /** Name of the file. */
  readonly name: string;
  readonly recording: Recording;
  readonly episode: Trajectory;
  readonly derived: Derived;
  /** In control steps, from 0 to T; between two states where not whole. */
  readonly position: number;
  /** The latest recorded state. */
  readonly step: number;
  readonly tip: readonly [number, number, number];
  /** Whether the tip is within the goal at `step`. */
  readonly reached: boolean;
}

/** The episode that plays, and its ghosts in the order of `State.compare`. */
export interface Moment extends Subject {
  readonly player: Player;
  readonly state: State;
  readonly ghosts: readonly Subject[];
}
