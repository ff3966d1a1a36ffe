import { Group } from 'three';
import type { Recording } from '../../envs/recording/header.ts';
import { disposeTree } from '../scene/materials.ts';
import type { Palette } from '../scene/palette.ts';
import type { Workspace } from '../scene/workspace.ts';
import { maxInstances } from '../state/session.ts';
import type { Moment } from '../state/state.ts';
import { gridWorkspace } from './grid-layout.ts';
import { coarse, fine, InstancedArms } from './instanced-arms.ts';

/** Arms that a processor can draw in detail. */
const fewArms = 32;

/** All episodes of a recording in the scene: arms are built when they are asked for, and removed when they are not. */
export class AllEpisodes {
  readonly object = new Group();
  readonly #software: boolean;
  #palette?: Palette;
  #shown?: { readonly recording: Recording; readonly arms: InstancedArms };

  /** @param software whether the processor draws */
  constructor(software: boolean) {
    this.#software = software;
  }

  get isOn(): boolean {
    return this.#shown !== undefined;
  }

  /** @param workspace of a single arm */
  show({ recording, player, state }: Moment, workspace: Workspace): void {
    if (!state.swarm || this.#shown?.recording !== recording) {
      if (this.#shown) disposeTree(this.#shown.arms.object);
      this.#shown = undefined;
    }
    if (!state.swarm) return;
    this.#shown ??= { recording, arms: this.#build(recording, workspace) };
    this.#shown.arms.show(player.position);
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    this.#shown?.arms.paint(palette);
  }

  /** The space that is to be in view, from the workspace of a single arm. */
  workspace(single: Workspace): Workspace {
    return this.#shown ? gridWorkspace(this.#shown.arms.layout, single) : single;
  }

  #build(recording: Recording, workspace: Workspace): InstancedArms {
    const episodes = recording.episodes.slice(0, maxInstances);
    const detail = this.#software && episodes.length > fewArms ? coarse : fine;
    const arms = new InstancedArms(recording, episodes, workspace, detail);
    if (this.#palette) arms.paint(this.#palette);
    this.object.add(arms.object);
    return arms;
  }
}
