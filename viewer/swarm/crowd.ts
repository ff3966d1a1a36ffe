import { Group } from 'three';
import type { Recording } from '../../envs/recording/types.ts';
import type { Workspace } from '../scene/bounds.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/types.ts';
import { mostArms } from './arrangement.ts';
import { coarse, fine, Swarm } from './swarm.ts';

/** As many as a processor can draw in detail. */
const fewArms = 32;

/** The swarm on the stage: built when it is asked for, and gone when it is not. */
export class Crowd {
  readonly object = new Group();
  readonly #software: boolean;
  #palette?: Palette;
  #shown?: { readonly recording: Recording; readonly swarm: Swarm };

  /** @param software whether the processor draws */
  constructor(software: boolean) {
    this.#software = software;
  }

  get isOn(): boolean {
    return this.#shown !== undefined;
  }

  /** Shows all episodes of a recording at a moment, where that is wanted. */
  show({ recording, player, state }: Moment, around: Workspace): void {
    if (!state.swarm || this.#shown?.recording !== recording) this.#clear();
    if (!state.swarm) return;
    this.#shown ??= { recording, swarm: this.#build(recording, around) };
    this.#shown.swarm.show(player.position);
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    this.#shown?.swarm.paint(palette);
  }

  /** The space that the swarm fills, from the space of one arm. */
  workspace({ points, margin }: Workspace): Workspace {
    const { offsets = new Float64Array() } = this.#shown?.swarm.arrangement ?? {};
    const box = corners(points);
    const filled: number[] = [];
    for (let i = 0; i < offsets.length; i += 2) {
      for (const [x, y, z] of box) filled.push(x + offsets[i], y + offsets[i + 1], z);
    }
    return { points: filled, margin };
  }

  #build(recording: Recording, around: Workspace): Swarm {
    const episodes = recording.episodes.slice(0, mostArms);
    const detail = this.#software && episodes.length > fewArms ? coarse : fine;
    const swarm = new Swarm(recording.header.scene, episodes, around, detail);
    if (this.#palette) swarm.paint(this.#palette);
    this.object.add(swarm.object);
    return swarm;
  }

  #clear(): void {
    this.#shown?.swarm.dispose();
    this.#shown = undefined;
  }
}

/** The eight corners of the box around points. */
function corners(points: readonly number[]): number[][] {
  const [low, high] = [points.slice(0, 3), points.slice(0, 3)];
  for (const [k, value] of points.entries()) {
    low[k % 3] = Math.min(low[k % 3], value);
    high[k % 3] = Math.max(high[k % 3], value);
  }
  return [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    low.map((value, axis) => (corner & (1 << axis) ? high[axis] : value)),
  );
}
