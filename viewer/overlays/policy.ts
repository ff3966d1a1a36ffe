import { Group, Mesh, MeshBasicMaterial, SphereGeometry } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { actionColumns, cholesky3, displacement, drivenJoints, tipCovariance } from '../derive/kinematics.ts';
import { actionScale } from '../derive/policy.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import { glassMaterial } from '../scene/materials.ts';
import type { Moment } from '../state/state.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/**
 * The policy's Gaussian at the end effector: ellipsoids of one and two sigma around where the mean action sends it, with a line
 * to the mean (ball) and a dashed line to the sampled action (diamond).
 */
export const policy: OverlayEntry = {
  name: 'policy',
  title: 'Policy',
  description: 'where the action would take the end effector: mean (ball) with 1 and 2 sigma, and sample (diamond)',
  create,
};

/** Where the actions at a moment would move the tip, in the world, m. */
function actionAtTip({ recording, episode, step, derived }: Moment) {
  const { scene, spec, policy } = recording.header;
  const t = Math.min(step, episode.steps - 1);
  const width = episode.act.length / episode.steps;
  const bodies = spec.bodies.length * 7;
  const tip = Array.from(derived.tips.subarray(t * 3, t * 3 + 3)) as [number, number, number];
  const pose = episode.pose.subarray(t * bodies, (t + 1) * bodies);
  const columns = actionColumns(scene, spec.controller, pose, tip, width);
  return {
    tip,
    mean: displacement(columns, episode.mean.subarray(t * width, (t + 1) * width)),
    sample: displacement(columns, episode.act.subarray(t * width, (t + 1) * width)),
    covariance: tipCovariance(columns, actionScale(episode, t, policy.squashed)),
  };
}

function create({ scene, spec }: RecordingHeader): Overlay {
  const actions = spec.act.reduce((sum, { size }) => sum + size, 0);
  const movers = spec.controller.kind === 'end-effector-step' ? 3 : drivenJoints(scene).length;
  // A gripper has an action more, or is among the joints.
  const isDrawable = actions === movers || actions === movers + 1;
  const sphere = new SphereGeometry(1, 40, 26);
  const shells = [1, 2].map((sigma) => {
    const material = glassMaterial(sigma === 1 ? 0.5 : 0.26);
    // The ellipsoid begins inside of the hand, which would hide it.
    material.depthTest = false;
    const mesh = new Mesh(sphere, material);
    mesh.matrixAutoUpdate = false;
    mesh.renderOrder = 3 - sigma;
    return { sigma, mesh, material };
  });
  const radius = goalRadiusOf(spec) || 0.02;
  const dash = radius * 0.09;
  const toMean = new Arrow(new SphereGeometry(radius * 0.11, 16, 12), { linewidth: 2.5 });
  const dashed = { linewidth: 1.6, dashed: true, dashSize: dash, gapSize: dash };
  const toSample = new Arrow(new SphereGeometry(radius * 0.1, 4, 2), dashed);
  const content = new Group().add(...shells.map(({ mesh }) => mesh), toMean.object, toSample.object);
  content.visible = isDrawable;
  return {
    object: new Group().add(content),
    // How far a torque moves the tip depends on inertia and speed, which a recording does not hold.
    note:
      spec.controller.kind === 'joint-torque'
        ? 'Policy: which way the torques push the tip; lengths are not to scale'
        : undefined,
    show(moment) {
      if (!isDrawable) return;
      const { tip, mean, sample, covariance } = actionAtTip(moment);
      const [a, b, c, d, e, f] = cholesky3(covariance);
      const [x, y, z] = [0, 1, 2].map((i) => tip[i] + mean[i]);
      for (const { sigma: s, mesh } of shells) {
        mesh.matrix.set(s * a, 0, 0, x, s * b, s * c, 0, y, s * d, s * e, s * f, z, 0, 0, 0, 1);
        mesh.matrixWorldNeedsUpdate = true;
      }
      toMean.show(tip, mean);
      toSample.show(tip, sample);
    },
    paint({ policy: color, accent }) {
      for (const { material } of shells) material.uniforms.color.value.setHex(color);
      toMean.paint(color);
      toSample.paint(accent);
    },
  };
}

/** A line from the tip to where an action would take it, with a solid at its end. */
class Arrow {
  readonly object = new Group();
  readonly #material: LineMaterial;
  readonly #line: LineSegments2;
  readonly #end: Mesh<SphereGeometry, MeshBasicMaterial>;

  constructor(end: SphereGeometry, line: ConstructorParameters<typeof LineMaterial>[0]) {
    this.#material = new LineMaterial({ ...line, depthTest: false });
    this.#line = new LineSegments2(new LineSegmentsGeometry(), this.#material);
    this.#line.frustumCulled = false;
    this.#line.renderOrder = 4;
    this.#end = new Mesh(end, new MeshBasicMaterial({ toneMapped: false, depthTest: false }));
    this.#end.renderOrder = 5;
    this.object.add(this.#line, this.#end);
  }

  show(tip: readonly number[], displacement: readonly number[]): void {
    const end = tip.map((x, k) => x + displacement[k]);
    this.#line.geometry.setPositions([...tip, ...end]);
    this.#line.computeLineDistances();
    this.#end.position.fromArray(end);
  }

  paint(color: number): void {
    this.#material.color.setHex(color);
    this.#end.material.color.setHex(color);
  }
}
