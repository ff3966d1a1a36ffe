import { Color, Group, Matrix4, Mesh, MeshBasicMaterial, SphereGeometry } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';
import type { RecordingHeader } from '../../envs/recording/types.ts';
import { actionScale } from '../derive/actions.ts';
import { actionColumns, displacement, root3, tipCovariance } from '../derive/jacobian.ts';
import type { Moment } from '../state/types.ts';
import { glassMaterial } from './glass.ts';
import type { Overlay, OverlayEntry } from './types.ts';

/**
 * The Gaussian where it acts: ellipsoids of one and two sigma around where the mean action sends the end effector, with a line to
 * the mean (ball) and a dashed one to the sampled action (diamond).
 */
export const mind: OverlayEntry = {
  name: 'mind',
  title: 'Policy',
  description: 'where the action would take the end effector: mean (ball) with 1 and 2 sigma, and sample (diamond)',
  create,
};

/** Where the policy would send the tip from a state, in the world: m. */
export function intent({ recording, episode, step, derived }: Moment) {
  const { scene, spec, policy } = recording.header;
  const t = Math.min(step, episode.steps - 1);
  const width = spec.act.reduce((sum, { size }) => sum + size, 0);
  const bodies = scene.bodies.length * 7;
  const tip = Array.from(derived.tips.subarray(t * 3, t * 3 + 3)) as [number, number, number];
  const columns = actionColumns(scene, episode.pose.subarray(t * bodies, (t + 1) * bodies), tip);
  return {
    tip,
    mean: displacement(columns, episode.mean.subarray(t * width, (t + 1) * width)),
    sample: displacement(columns, episode.act.subarray(t * width, (t + 1) * width)),
    covariance: tipCovariance(columns, actionScale(episode, t, policy.squashed)),
  };
}

function create({ scene, spec }: RecordingHeader): Overlay {
  const actions = spec.act.reduce((sum, { size }) => sum + size, 0);
  const drawable = actions === (scene.action.kind === 'end-effector-step' ? 3 : scene.joints.length);
  const sphere = new SphereGeometry(1, 40, 26);
  const shells = [1, 2].map((sigma) => {
    const material = glassMaterial(sigma === 1 ? 0.5 : 0.26);
    // It begins inside of the hand.
    material.depthTest = false;
    const mesh = new Mesh(sphere, material);
    mesh.matrixAutoUpdate = false;
    mesh.renderOrder = 3 - sigma;
    return { sigma, mesh, material };
  });
  const arrows = new Arrows(scene.goalRadius || 0.02);
  const object = new Group().add(...shells.map(({ mesh }) => mesh), arrows.object);
  return {
    object,
    // How far a torque moves the tip is up to the arm's inertia and speed, which a recording does not hold.
    note:
      scene.action.kind === 'joint-torque'
        ? 'Policy: which way the torques push the tip; lengths are not to scale'
        : undefined,
    show(moment) {
      arrows.object.visible = drawable;
      for (const { mesh } of shells) mesh.visible = drawable;
      if (!drawable) return;
      const { tip, mean, sample, covariance } = intent(moment);
      const [a, b, c, d, e, f] = root3(covariance);
      const [x, y, z] = [0, 1, 2].map((i) => tip[i] + mean[i]);
      for (const { sigma: s, mesh } of shells) {
        mesh.matrix.copy(new Matrix4().set(s * a, 0, 0, x, s * b, s * c, 0, y, s * d, s * e, s * f, z, 0, 0, 0, 1));
        mesh.matrixWorldNeedsUpdate = true;
      }
      arrows.show(tip, mean, sample);
    },
    paint({ mind: color, accent }) {
      for (const { material } of shells) material.uniforms.color.value = new Color(color);
      arrows.paint(color, accent);
    },
    dispose() {
      sphere.dispose();
      for (const { material } of shells) material.dispose();
      arrows.dispose();
    },
  };
}

/** Lines from the tip to where the mean and the sampled action would take it. */
class Arrows {
  readonly object = new Group();
  readonly #lines = [new LineMaterial({ linewidth: 2.5 }), new LineMaterial({ linewidth: 1.6, dashed: true })];
  readonly #segments: LineSegments2[];
  readonly #solids = [0, 1].map(() => new MeshBasicMaterial({ toneMapped: false, depthTest: false }));
  readonly #ends: Mesh[];

  constructor(radius: number) {
    this.#lines[1].dashSize = this.#lines[1].gapSize = radius * 0.09;
    this.#segments = this.#lines.map((material) => {
      material.depthTest = false;
      const segments = new LineSegments2(new LineSegmentsGeometry(), material);
      segments.frustumCulled = false;
      segments.renderOrder = 4;
      return segments;
    });
    const shapes = [new SphereGeometry(radius * 0.11, 16, 12), new SphereGeometry(radius * 0.1, 4, 2)];
    this.#ends = shapes.map((shape, i) => new Mesh(shape, this.#solids[i]));
    for (const end of this.#ends) end.renderOrder = 5;
    this.object.add(...this.#segments, ...this.#ends);
  }

  show(tip: readonly number[], ...displacements: readonly (readonly number[])[]): void {
    for (const [i, d] of displacements.entries()) {
      const end = [0, 1, 2].map((k) => tip[k] + d[k]);
      this.#segments[i].geometry.setPositions([...tip, ...end]);
      this.#segments[i].computeLineDistances();
      this.#ends[i].position.fromArray(end);
    }
  }

  paint(mean: number, sample: number): void {
    for (const [i, color] of [mean, sample].entries()) {
      this.#lines[i].color.setHex(color);
      this.#solids[i].color.setHex(color);
    }
  }

  dispose(): void {
    for (const { geometry } of [...this.#segments, ...this.#ends]) geometry.dispose();
    for (const material of [...this.#lines, ...this.#solids]) material.dispose();
  }
}
