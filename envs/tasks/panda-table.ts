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

/** Where the Panda stands: at the end of the table, m. */
const base = { position: [-0.6, 0, 0], rotation: identity } as const;

/** @param object lies on the table, and on the floor when it has fallen off */
export function tableScene(arm: Arm, object: Placed, table: Table, gravity: number): Scene {
  const scene = sceneOf(arm, base, gravity);
  return { ...scene, objects: [object], fixed: tableAndFloor(table), contacts: true };
}

/** What stands: of the table a thin top is seen. */
export function tableAndFloor({ length, x }: Table): Placed[] {
  const table = fixedBody({
    name: 'table',
    shape: { kind: 'box', center: [0, 0, -height / 2], size: [length, width, height] },
    position: [x, 0, 0],
  });
  const size = [length, width, thickness] as const;
  return [seenAs(table, [{ kind: 'box', center: [0, 0, -thickness / 2], size, part: 'surface' }]), floorAt(-height)];
}

/** A floor, of which nothing is seen: whoever draws a scene draws a floor of its own, as under any arm. */
export function floorAt(height: number): Placed {
  const shape = { kind: 'box', center: [0, 0, -0.5], size: [20, 20, 1] } as const;
  return seenAs(fixedBody({ name: 'floor', shape, position: [0, 0, height] }), []);
}

function seenAs(thing: Placed, visuals: readonly Visual[]): Placed {
  return { ...thing, model: { ...thing.model, bodies: [{ ...thing.model.bodies[0], visuals }] } };
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
