import type { Metric } from '../env.ts';
import { withColliders } from '../model/colliders.ts';
import { forwardKinematics } from '../model/kinematics.ts';
import type { Arm, Placed, Scene } from '../model/types.ts';
import { defineOptions, UsageError, type Values } from '../options.ts';
import { type PhysicsSettings, type TaskParts, usualPhysics } from '../task.ts';
import { contactWidth } from '../trajectory.ts';
import { leastTouch } from './ends.ts';
import { floorAt } from './panda-table.ts';

/**
 * Contacts of an arm with itself and with what stands, for tasks in which nothing else can be touched: what they cost, and whether they
 * end an episode. Without them bodies pass through one another.
 */

const whatItCosts =
  'what a newton costs with which the arm presses on itself or on what stands: the term "contact" of the reward';
const whatEnds = 'end the episode where the arm touches itself or what stands';

/** Options of a task that has contacts if asked for. */
export const armContactOptions = defineOptions({
  contacts: {
    default: false,
    description: 'the arm touches itself, and the floor or the table; it passes through them without',
  },
  contactCost: { default: 0, low: 0, high: 100, description: `with contacts: ${whatItCosts}` },
  endsOnContact: { default: false, description: `with contacts: ${whatEnds}` },
});

/** Those of one that always has them. */
export const costOptions = defineOptions({
  contactCost: { ...armContactOptions.contactCost, default: 0.01, description: whatItCosts },
  endsOnContact: { default: false, description: whatEnds },
});

/**
 * The task with contacts, if they are asked for.
 * @param around what stands in the scene then: the floor that the arm is on if not given
 * @throws UsageError for what contacts cost where there are none
 */
export function withContacts(
  parts: TaskParts & { readonly scene: Scene },
  { contacts, contactCost, endsOnContact }: Values<typeof armContactOptions>,
  around?: readonly Placed[],
): TaskParts & { readonly scene: Scene } {
  if (!contacts) {
    // A file that was written without these options has none of them.
    if (!contactCost && !endsOnContact) return parts;
    const given = contactCost > 0 ? `contactCost=${contactCost}` : 'endsOnContact=true';
    throw new UsageError(`${given} needs contacts=true: nothing touches without`);
  }
  const terms = parts.terms.length;
  return {
    ...parts,
    scene: touchingScene(parts.scene, around),
    physics: contactPhysics(parts.physics ?? usualPhysics),
    ...(contactCost > 0 && {
      terms: [...parts.terms, 'contact'],
      reward(state, params, action, out) {
        parts.reward(state, params, action, out.subarray(0, terms));
        out[terms] = -contactCost * state.contactSum();
      },
    }),
    ...(endsOnContact && {
      terminated: (state, params) => state.contactSum() > leastTouch || (parts.terminated?.(state, params) ?? false),
    }),
    metrics: [...(parts.metrics ?? []), contactForce],
  };
}

/**
 * A scene whose arm touches itself and what stands.
 * @throws DefinitionError for an arm that has no shapes to touch with
 */
export function touchingScene(scene: Scene, around: readonly Placed[] = [floorUnder(scene.arm)]): Scene {
  const arm = { ...scene.arm, model: withColliders(scene.arm.model) };
  return { ...scene, arm, fixed: [...scene.fixed, ...around], contacts: true, selfContacts: true };
}

/** Two world steps for each one, of half the solver iterations: what is fast does not get through what is thin. */
function contactPhysics(physics: PhysicsSettings): PhysicsSettings {
  const { substeps, solverIterations } = physics;
  return { ...physics, substeps: 2 * substeps, solverIterations: Math.ceil(solverIterations / 2) };
}

/** A floor at height 0, or under an arm that works below that: where its lowest body is at home. */
function floorUnder(arm: Placed<Arm>): Placed {
  const { bodies } = forwardKinematics(arm, arm.model.home);
  const height = bodies.reduce((least, { position }) => Math.min(least, position[2]), 0);
  return floorAt(height);
}

/** Force with which the arm touches anything, mean over the states of an episode. */
const contactForce: Metric = {
  name: 'contact_force',
  label: 'contact',
  unit: 'N',
  description: 'with which the arm presses on itself or on what stands, on average',
  of({ contacts, steps }) {
    let sum = 0;
    for (let at = 0; at < contacts.length; at += contactWidth) {
      const [x, y, z] = [contacts[at + 5], contacts[at + 6], contacts[at + 7]];
      sum += Math.sqrt(x * x + y * y + z * z);
    }
    return sum / (steps + 1);
  },
};
