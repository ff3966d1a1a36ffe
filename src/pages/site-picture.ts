import type { Env } from '../../envs/env.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { add, rotate } from '../../envs/math/rotation.ts';
import { siteOf } from '../../envs/model/tree.ts';
import { offsetOf } from '../../envs/spec.ts';
import { paramsAt, type Trajectory } from '../../envs/trajectory.ts';
import { drawScene, type Sight } from '../pictures/scene-picture.ts';
import { pngOf } from '../robots/raster.ts';

/** Sizes, px: of the gallery's pictures, and of what a link is shown with. */
export const pictureSize = { width: 640, height: 400 } as const;
export const previewSize = { width: 1200, height: 630 } as const;

/** Behind the preview, from its middle to its edge, as the viewer's scene in light. */
const stage = [0xfafafa, 0xdcdfe2] as const;

/** An arm on its way, with nothing behind it. */
export function pictureOf(env: Env, episode: Trajectory): Uint8Array {
  return pngOf(drawScene(sightOf(env, episode), pictureSize.width, pictureSize.height));
}

/** The same before a plain ground, as other sites show it beside a link. */
export function previewOf(env: Env, episode: Trajectory): Uint8Array {
  return pngOf(drawScene(sightOf(env, episode), previewSize.width, previewSize.height, stage));
}

/** How far an episode is when it is seen, and how many control steps of the tip's way are. */
const [share, longest] = [0.5, 20];

function sightOf({ scene, meshes = {}, spec }: Env, episode: Trajectory): Sight {
  const step = Math.round(share * episode.steps);
  const size = 7 * spec.bodies.length;
  const poseAt = (t: number) => episode.pose.subarray(t * size, (t + 1) * size);
  const { model, frame } = scene.arm;
  const { site, body } = siteOf(model, model.tip);
  const tipAt = (t: number): Vec3 => {
    const pose = poseAt(t);
    const at = body < 0 ? frame : { position: vec(pose, 7 * body), rotation: quat(pose, 7 * body + 3) };
    return add(at.position, rotate(at.rotation, site.frame.position));
  };
  const from = Math.max(0, step - longest);
  const trail = Array.from({ length: step - from + 1 }, (_, t) => tipAt(from + t)).flat();
  const [marker] = spec.markers;
  const goal = marker && vec(paramsAt(episode, spec, step), offsetOf(spec.params, marker.param));
  return {
    scene,
    meshes,
    pose: poseAt(step),
    ...(goal && { goal: { position: goal, radius: marker.radius ?? 0 } }),
    trail: Float32Array.from(trail),
  };
}

const vec = (numbers: Float32Array, at: number): Vec3 => [numbers[at], numbers[at + 1], numbers[at + 2]];
const quat = (numbers: Float32Array, at: number) => [...vec(numbers, at), numbers[at + 3]] as const;
