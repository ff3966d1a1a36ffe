import { identity } from '../math/rotation.ts';
import { fixedBody } from '../model/free-body.ts';
import { type Arm, type Placed, type Scene, sceneOf, type Visual } from '../model/types.ts';
import { defineOptions, type Values } from '../options.ts';
import { type PhysicsSettings, usualPhysics } from '../task.ts';
import { simulationOptions } from './simulation-options.ts';

/** The table of panda-gym's tasks: its top is at height 0, the floor 0.4 m below, and the Panda stands on it. */

const height = 0.4;
const width = 0.7;
const thickness = 0.03;

/** How long a table is, and where its middle is along x, m. */
export interface Table {
  readonly length: number;
  readonly x: number;
}

/** @param object lies on the table, and on the floor when it has fallen off */
export function tableScene(arm: Arm, object: Placed, { length, x }: Table, gravity: number): Scene {
  const table = fixedBody({
    name: 'table',
    shape: { kind: 'box', center: [0, 0, -height / 2], size: [length, width, height] },
    position: [x, 0, 0],
  });
  const floor = fixedBody({
    name: 'floor',
    shape: { kind: 'box', center: [0, 0, -0.5], size: [20, 20, 1] },
    position: [0, 0, -height],
  });
  // A thin top is seen of the table, and nothing of the floor: whoever draws the scene draws a floor of its own, as under any arm.
  const top = {
    kind: 'box',
    center: [0, 0, -thickness / 2],
    size: [length, width, thickness],
    part: 'surface',
  } as const;
  const seen = (thing: Placed, visuals: readonly Visual[]): Placed => ({
    ...thing,
    model: { ...thing.model, bodies: [{ ...thing.model.bodies[0], visuals }] },
  });
  const scene = sceneOf(arm, { position: [-0.6, 0, 0], rotation: identity }, gravity);
  return { ...scene, objects: [object], fixed: [seen(table, [top]), seen(floor, [])], contacts: true };
}

const { gravity, solverIterations, internalIterations } = simulationOptions;

/** Options of how a world in which bodies touch is simulated. */
export const contactOptions = defineOptions({
  gravity,
  substeps: { default: 2, low: 1, high: 100, integer: true, description: 'world steps per control step' },
  solverIterations: { ...solverIterations, default: 2 },
  internalIterations,
});

export function contactPhysics(values: Omit<Values<typeof contactOptions>, 'gravity'>): PhysicsSettings {
  const { substeps, solverIterations, internalIterations } = values;
  return { ...usualPhysics, substeps, solverIterations, internalIterations };
}
