import { type Camera, Group, type Vector3 } from 'three';
import type { Recording } from '../../envs/recording/header.ts';
import { disposeTree } from '../scene/materials.ts';
import type { Palette } from '../scene/palette.ts';
import type { Workspace } from '../scene/workspace.ts';
import type { Moment } from '../state/state.ts';
import { episodesShown, maxInstances, type Shown } from '../state/swarm.ts';
import { columnsInView, type GridLayout, gridLayout, gridWorkspace } from './grid-layout.ts';
import { coarse, fine, InstancedArms, medium } from './instanced-arms.ts';

/** Arms that a processor can draw in detail. */
const fewArms = 32;

/** Pixels from an arm at which a press still means it. */
const nearEnough = 32;

type DistanceOf = (all: Workspace) => number;

interface Built extends Shown {
  readonly recording: Recording;
  readonly arms: InstancedArms;
  readonly columns: number;
}

/** All episodes of a recording in the scene: arms are built when they are asked for, and removed when they are not. */
export class AllEpisodes {
  readonly object = new Group();
  readonly #software: boolean;
  #palette?: Palette;
  #shown?: Built;

  /** @param software whether the processor draws */
  constructor(software: boolean) {
    this.#software = software;
  }

  get isOn(): boolean {
    return this.#shown !== undefined;
  }

  /** Where the arms stand; a new object whenever they stand elsewhere. */
  get layout(): GridLayout | undefined {
    return this.#shown?.arms.layout;
  }

  /**
   * @param workspace of a single arm
   * @param distanceOf how far off the camera must be for a workspace to be in view, m
   */
  show({ recording, player, state }: Moment, workspace: Workspace, distanceOf: DistanceOf): void {
    const { from, to } = episodesShown(state, player);
    const { recording: before, from: first, to: last } = this.#shown ?? { recording: undefined, from: 0, to: 0 };
    if (!state.swarm || before !== recording || first !== from || last !== to) this.#clear();
    if (!state.swarm) return;
    this.#shown ??= this.#build(recording, { from, to }, workspace, distanceOf);
    this.#shown.arms.show(player.position);
    this.#shown.arms.mark(player.episode - from);
  }

  /**
   * The episode whose arm is at a point of the picture, as from 0; undefined beside all of them.
   * @param pixels from that point to the line between two points in the camera's clip space
   */
  pick(camera: Camera, pixels: (a: Vector3, b: Vector3) => number): number | undefined {
    const arm = this.#shown?.arms.nearest(camera, pixels, nearEnough);
    return this.#shown && arm !== undefined ? this.#shown.from + arm : undefined;
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    this.#shown?.arms.paint(palette);
  }

  /** The space that is to be in view, from the workspace of a single arm. */
  workspace(single: Workspace): Workspace {
    return this.#shown ? gridWorkspace(this.#shown.arms.layout, single) : single;
  }

  /** Has the arms stand in other rows the next time, where a picture of another shape is better filled by these. */
  refit(workspace: Workspace, distanceOf: DistanceOf): void {
    if (!this.#shown) return;
    const { from, to, columns } = this.#shown;
    if (columnsInView(to - from, workspace, distanceOf) !== columns) this.#clear();
  }

  #clear(): void {
    if (this.#shown) disposeTree(this.#shown.arms.object);
    this.#shown = undefined;
  }

  #build(recording: Recording, { from, to }: Shown, workspace: Workspace, distanceOf: DistanceOf): Built {
    const episodes = recording.episodes.slice(from, to);
    const detail =
      this.#software && episodes.length > fewArms ? coarse : episodes.length > maxInstances ? medium : fine;
    const columns = columnsInView(episodes.length, workspace, distanceOf);
    const layout = gridLayout(episodes.length, workspace, columns);
    const arms = new InstancedArms(recording, episodes, workspace, detail, layout);
    if (this.#palette) arms.paint(this.#palette);
    this.object.add(arms.object);
    return { recording, from, to, arms, columns };
  }
}
