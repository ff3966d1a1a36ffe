import { bodiesWithoutColliders } from '../../envs/model/colliders.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { type Arm, type Scene, sceneOf } from '../../envs/model/types.ts';
import { type Apart, apartIn } from '../../envs/sim/contact-simulation.ts';
import { touchingScene } from '../../envs/tasks/arm-contacts.ts';
import { plural } from '../report/format.ts';

/** What of an arm touches, where a task has contacts. */
export interface ArmContacts {
  /** Shapes to touch with, of all bodies. */
  readonly shapes: number;
  /** Pairs that pass through each other: a joint connects them. */
  readonly joined: readonly (readonly [string, string])[];
  /** Others that do: they overlap at home. */
  readonly overlaps: readonly (readonly [string, string])[];
  /** Bodies that nothing touches. */
  readonly without: readonly string[];
}

/**
 * On the floor that tasks for any arm have. Await `loadPhysics` before.
 * @returns or why the arm has no contacts
 */
export function contactsOf(arm: Arm): ArmContacts | string {
  try {
    return contactsIn(touchingScene(sceneOf(arm)));
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
}

/** The same of a scene whose arm touches itself. */
export function contactsIn(scene: Scene): ArmContacts {
  const { model } = scene.arm;
  const apart = apartIn(scene);
  const pairs = (of: Apart['reason']) => apart.flatMap(({ names, reason }) => (reason === of ? [names] : []));
  const shapes = model.bodies.reduce((sum, { colliders }) => sum + colliders.length, 0);
  return { shapes, joined: pairs('joint'), overlaps: pairs('overlap'), without: bodiesWithoutColliders(model) };
}

/** The same in words, a line each. */
export function contactNotes(found: ArmContacts | string): string[] {
  if (typeof found === 'string') return [`none: ${found}`];
  const { shapes, joined, overlaps, without } = found;
  const listed = (pairs: ArmContacts['joined']) => pairs.map((names) => names.join(' and ')).join(', ');
  return [
    `${plural(shapes, 'shape')} to touch one another and what stands`,
    ...(joined.length ? [`a joint connects them, and they pass through each other: ${listed(joined)}`] : []),
    ...(overlaps.length ? [`they overlap at home, and pass through each other: ${listed(overlaps)}`] : []),
    ...(without.length ? [`nothing to touch with: ${without.join(', ')}`] : []),
  ];
}
