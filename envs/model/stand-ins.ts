import { boneOf } from './bones.ts';
import { isMesh } from './meshes.ts';
import type { Arm, Body, Meshes, Scene, Visual } from './types.ts';
import { reachOf } from './workspace.ts';

/** The arm with other shapes for the meshes that are not at hand: a body's collision shapes, or a bone to what it carries. */
export function withStandIns(arm: Arm, meshes: Meshes = {}): Arm {
  const isMissing = (visual: Visual) => isMesh(visual) && !Object.hasOwn(meshes, visual.tensor);
  if (!arm.bodies.some(({ visuals }) => visuals.some(isMissing))) return arm;
  const reach = reachOf(arm);
  const bodies = arm.bodies.map((body, i): Body => {
    if (!body.visuals.some(isMissing)) return body;
    const part = i ? 'link' : 'base';
    const rest = body.visuals.filter((visual) => !isMissing(visual));
    const solids = body.colliders.flatMap((shape): Visual[] => (shape.kind === 'hull' ? [] : [{ ...shape, part }]));
    const visuals = [...rest, ...solids];
    return { ...body, visuals: visuals.length ? visuals : boneIn(arm, body, reach) };
  });
  return { ...arm, bodies };
}

/** The same of a scene's arm. */
export function sceneWithStandIns(scene: Scene, meshes?: Meshes): Scene {
  const model = withStandIns(scene.arm.model, meshes);
  return model === scene.arm.model ? scene : { ...scene, arm: { ...scene.arm, model } };
}

function boneIn({ joints, sites, tip }: Arm, { name }: Body, reach: number): Visual[] {
  const next = joints.find(({ parent }) => parent === name);
  const end = next?.frame ?? sites.find((site) => site.name === tip && site.body === name)?.frame;
  const axis = joints.find(({ child }) => child === name)?.axis;
  return boneOf({ axis, end: end?.position ?? [0, 0, 0], isLast: !next, reach });
}
