import { defineOptions, type Values } from '../options.ts';
import { type PhysicsSettings, usualPhysics } from '../task.ts';

/** Options of a task whose joints are moved by motors: gravity, and how closely the world is solved. */
export const simulationOptions = defineOptions({
  gravity: { default: 9.81, low: 0, high: 100, description: 'm/s^2, downwards' },
  gravityCompensation: { default: true, description: 'the arm cancels gravity outside of its motors' },
  solverIterations: {
    default: 4,
    low: 1,
    high: 100,
    integer: true,
    description: "Rapier's solver iterations per world step",
  },
  internalIterations: {
    default: 8,
    low: 1,
    high: 100,
    integer: true,
    description: 'inner iterations of each solver iteration',
  },
});

/** Physics as these options have it, the rest the usual. */
export function physicsOf(
  { gravityCompensation, solverIterations, internalIterations }: Omit<Values<typeof simulationOptions>, 'gravity'>,
  pace: Partial<PhysicsSettings> = {},
): PhysicsSettings {
  return { ...usualPhysics, ...pace, gravityCompensation, solverIterations, internalIterations };
}
