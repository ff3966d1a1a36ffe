import type { Metric } from '../env.ts';
import { withColliders, withLimbColliders } from '../model/colliders.ts';
import { forwardKinematics } from '../model/kinematics.ts';
import type { Arm, Placed, Scene } from '../model/types.ts';
import { defineOptions, UsageError, type Values } from '../options.ts';
import { type PhysicsSettings, type State, type TaskParts, usualPhysics } from '../task.ts';
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

/** Those of one in which a hand touches an object anyhow. */
export const limbContactOptions = defineOptions({
  ...armContactOptions,
  contacts: {
    default: false,
    description: 'every link of the arm touches, also the arm itself; only the hand and its fingers touch without',
  },
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
  checkAsked({ contacts, contactCost, endsOnContact });
  if (!contacts) return parts;
  return {
    ...parts,
    scene: touchingScene(parts.scene, around),
    physics: contactPhysics(parts.physics ?? usualPhysics),
    ...charged(parts, { contactCost, endsOnContact }, (state) => state.contactSum()),
    metrics: [...(parts.metrics ?? []), contactForce],
  };
}

/**
 * A task whose hand touches an object, with an arm of which every link touches, if that is asked for. What the arm presses on itself and
 * on what stands with has its cost, or is an end; what it presses on the object with is its work.
 * @throws UsageError for what contacts cost where they are not asked for
 */
export function withLimbContacts(
  parts: TaskParts & { readonly scene: Scene },
  values: Values<typeof limbContactOptions>,
): TaskParts & { readonly scene: Scene } {
  checkAsked(values);
  if (!values.contacts) return parts;
  const { arm, fixed } = parts.scene;
  const model = withLimbColliders(arm.model);
  const own = model.bodies.map(({ name }) => name);
  const standing = fixed.map((each) => each.model.bodies[0].name);
  const pairs = own.flatMap((a, i) => [...own.slice(i + 1), ...standing].map((b) => [a, b] as const));
  const press = (state: State) => pairs.reduce((sum, [a, b]) => sum + state.contact(a, b), 0);
  return {
    ...parts,
    scene: { ...parts.scene, arm: { ...arm, model }, selfContacts: true },
    ...charged(parts, values, press),
  };
}

/** What the force of contacts costs in a task, and whether it ends an episode. */
function charged(
  { terms, reward, terminated }: TaskParts,
  { contactCost, endsOnContact }: { readonly contactCost: number; readonly endsOnContact: boolean },
  press: (state: State) => number,
): Partial<TaskParts> {
  const others = terms.length;
  return {
    ...(contactCost > 0 && {
      terms: [...terms, 'contact'],
      reward(state, params, action, out) {
        reward(state, params, action, out.subarray(0, others));
        out[others] = -contactCost * press(state);
      },
    }),
    ...(endsOnContact && {
      terminated: (state, params) => press(state) > leastTouch || (terminated?.(state, params) ?? false),
    }),
  };
}

function checkAsked({ contacts, contactCost, endsOnContact }: Values<typeof armContactOptions>): void {
  // A file that was written without these options has none of them.
  if (contacts || (!contactCost && !endsOnContact)) return;
  const given = contactCost > 0 ? `contactCost=${contactCost}` : 'endsOnContact=true';
  throw new UsageError(`${given} needs contacts=true: nothing that it would be for touches without`);
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
