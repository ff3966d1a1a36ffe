import { Group } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { bodyCountOf } from '../../envs/model/free-body.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { changeDetector } from '../derive/memo.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/state.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';
import { TrailPath } from './trail-path.ts';

/** The way of every object so far. */
export const objectTrails: OverlayEntry = {
  name: 'objects',
  title: 'Objects',
  description: 'the way of each object so far',
  isOf: ({ scene }) => scene.objects.length > 0,
  create: (header) => new ObjectTrails(header),
};

class ObjectTrails implements Overlay {
  readonly object = new Group();
  readonly #header: RecordingHeader;
  readonly #material = new LineMaterial({ linewidth: 2, vertexColors: true });
  readonly #isNew = changeDetector();
  readonly #paths: readonly TrailPath[];
  #palette?: Palette;

  constructor(header: RecordingHeader) {
    this.#header = header;
    this.#paths = header.scene.objects.map(() => new TrailPath());
    const lines = this.#paths.map(({ line }) => new LineSegments2(line, this.#material));
    for (const line of lines) line.frustumCulled = false;
    this.object.add(...lines);
  }

  show(moment: Moment): void {
    const { episode, step } = moment;
    if (this.#isNew(episode, this.#palette)) this.#layOut(episode);
    for (const path of this.#paths) path.show(step);
  }

  #layOut(episode: Trajectory): void {
    const colors = new Array<number>(episode.steps).fill(this.#palette?.parts.object.color ?? 0);
    for (const [i, path] of this.#paths.entries()) path.layOut(wayOf(episode, this.#header, i), colors);
  }

  paint(palette: Palette): void {
    this.#palette = palette;
  }
}

/** Positions of an object in all states [T+1, 3], m. */
function wayOf({ pose, steps }: Trajectory, { scene }: RecordingHeader, i: number): Float64Array {
  const bodies = bodyCountOf(scene);
  const body = bodies - scene.objects.length + i;
  const way = new Float64Array((steps + 1) * 3);
  for (let t = 0; t <= steps; t++) way.set(pose.subarray((t * bodies + body) * 7, (t * bodies + body) * 7 + 3), 3 * t);
  return way;
}
