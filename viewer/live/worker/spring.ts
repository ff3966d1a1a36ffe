import type { Env } from '../../../envs/env.ts';
import { add, rotate, type Vec3 } from '../../../envs/math/rotation.ts';
import { freeBodiesOf } from '../../../envs/model/free-body.ts';
import { treeOf } from '../../../envs/model/tree.ts';
import { reachOf } from '../../../envs/model/workspace.ts';
import type { Disturbance } from '../../../envs/trajectory.ts';
import type { Pull } from './messages.ts';

/** Of what the whole arm weighs: how hard it is pulled at most, and the share of its reach that this takes. */
const [hardest, stretch] = [2, 0.4];
/** Seconds of the spring's own motion that its damper takes up. */
const damping = 0.02;
/** A body that nothing carries is pulled by its own weight: 1/s^2, 1/s and times g. */
const free = { stiffness: 60, damping: 12, hardest: 4 };
const g = 9.81;

/** The force by which a hand pulls on a body, as a disturbance: a spring that is damped, and no stronger than the arm can bear. */
export function createSpring({ scene, spec }: Env) {
  const { model } = scene.arm;
  const links = treeOf(model).bodies;
  const objects = freeBodiesOf(scene).map(({ body }) => body);
  const weight = g * links.reduce((sum, { inertial }) => sum + (inertial?.mass ?? 0), 0);
  const stiffness = (hardest * weight) / (stretch * reachOf(model));
  let before: { readonly key: string; readonly point: Vec3 } | null = null;
  const gainsOf = (body: number) => {
    const mass = objects[body - links.length]?.inertial?.mass;
    if (mass === undefined) return { k: stiffness, c: damping * stiffness, most: hardest * weight };
    return { k: mass * free.stiffness, c: mass * free.damping, most: mass * free.hardest * g };
  };
  return {
    forget() {
      before = null;
    },
    /** @param pose of the moving bodies [B, 7] */
    force(pull: Pull | null | undefined, pose: Float32Array): Omit<Disturbance, 't'> | null {
      const body = pull ? spec.bodies.indexOf(pull.body) : -1;
      if (!pull || body < 0) {
        before = null;
        return null;
      }
      const [x, y, z, i, j, k, w] = pose.subarray(7 * body, 7 * body + 7);
      const point = add([x, y, z], rotate([i, j, k, w], pull.local));
      const key = `${pull.body} ${pull.local}`;
      const speed = point.map((x, i) => (before?.key === key ? (x - before.point[i]) / spec.dt : 0));
      before = { key, point: [...point] };
      const { k: gain, c, most } = gainsOf(body);
      const force = pull.target.map((x, i) => gain * (x - point[i]) - c * speed[i]);
      const size = Math.sqrt(force.reduce((sum, x) => sum + x * x, 0));
      // No negative zero: a text has none.
      const bounded = force.map((x) => (size > most ? (x * most) / size : x) + 0);
      return { kind: 'force', target: pull.body, values: [...bounded, ...point.map((x) => x + 0)] };
    },
  };
}
