import type { Recording } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { Derived } from '../derive/episode.ts';
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
export const trailColorings = ['plain', 'reward', 'advantage'] as const;
export type TrailColoring = (typeof trailColorings)[number];
export type Alignment = 'start' | 'success';
export type Arrangement = 'ghosts' | 'split';

/** Where the camera is and what it looks at: x y z twice, m. */
export type CameraPose = readonly [number, number, number, number, number, number];

/** A step of an episode that is worth a look. */
export interface Mark {
  readonly file: number;
  readonly episode: number;
  readonly step: number;
  readonly label: string;
}

/** How the scene is shown; a link carries all of it. */
export interface ViewOptions {
  readonly align: Alignment;
  readonly arrange: Arrangement;
  /** Names of overlays that are switched off. */
  readonly hidden: readonly string[];
  readonly trail: TrailColoring;
  /** Whether the camera moves along with the end effector. */
  readonly follow: boolean;
  /** Whether all episodes are shown at once, each on an arm of its own. */
  readonly swarm: boolean;
  /** Whether these are all there are, even where they are very many. */
  readonly everyEpisode: boolean;
  readonly theme: ThemeChoice;
}

/** Overlays that are switched off until they are asked for. */
export const hiddenAtFirst: readonly string[] = ['motors'];

/** The view options among other properties, with defaults where they are absent. */
export function viewOptions(chosen: Partial<ViewOptions>): ViewOptions {
  const { align = 'start', arrange = 'ghosts', hidden = hiddenAtFirst, trail = 'plain' } = chosen;
  const { follow = false, swarm = false, everyEpisode = false, theme = 'system' } = chosen;
  return { align, arrange, hidden, trail, follow, swarm, everyEpisode, theme };
}

interface FilmCaption {
  readonly title: string;
  readonly detail: string;
  /** Seconds of the recording for a second of the film. */
  readonly speed: number;
  /** The speed that the reader had chosen before; undefined for each recording's usual one. */
  readonly chosenSpeed?: number;
}

/** All that the page shows, but for what a recording implies. Plain data; a change makes a new one. */
export interface State extends ViewOptions {
  readonly files: readonly OpenFile[];
  /** Id of the file whose episodes play; -1 while nothing is open. */
  readonly file: number;
  readonly player?: Player;
  /** Episodes drawn as ghosts beside the one that plays. */
  readonly compare: readonly EpisodeRef[];
  /** Id of the file of a second policy, whose episode of the same number is shown with the one that plays. */
  readonly beside?: number;
  /** The state under the pointer, in control steps. */
  readonly hover?: number;
  readonly marks: readonly Mark[];
  /** Of the episodes of the file in view that were simulated again, whether that gave the recorded bits. */
  readonly verdicts: ReadonlyMap<number, boolean>;
  /** What is said of what is in view while a training is played as a film. */
  readonly film?: FilmCaption;
  /** Whether what is in view happens now. */
  readonly isLive?: boolean;
}

/** An episode at a position in time. */
export interface EpisodeView {
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

/** The episode that plays, and its ghosts: the second policy's first, then those of `State.compare` in their order. */
export interface Moment extends EpisodeView {
  readonly player: Player;
  readonly state: State;
  readonly ghosts: readonly EpisodeView[];
}
