import { bodiesWithoutColliders } from '../../envs/model/colliders.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import { apartIn } from '../../envs/sim/contact-simulation.ts';
import { touchingScene } from '../../envs/tasks/arm-contacts.ts';
import { plural } from '../report/format.ts';

/** What of an arm touches, where a task has contacts. */
export interface ArmContacts {
  /** Shapes to touch with, of all bodies. */
  readonly shapes: number;
  /** Pairs that pass through each other though no joint connects them: they overlap at home. */
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
    const scene = touchingScene(sceneOf(arm));
    const { model } = scene.arm;
    const overlaps = apartIn(scene).flatMap(({ names, reason }) => (reason === 'overlap' ? [names] : []));
    const shapes = model.bodies.reduce((sum, { colliders }) => sum + colliders.length, 0);
    return { shapes, overlaps, without: bodiesWithoutColliders(model) };
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
}

/** The same in words, a line each. */
export function contactNotes(found: ArmContacts | string): string[] {
  if (typeof found === 'string') return [`none: ${found}`];
  const { shapes, overlaps, without } = found;
  const pairs = overlaps.map((names) => names.join(' and ')).join(', ');
  return [
    `${plural(shapes, 'shape')} to touch one another and what stands; bodies that a joint connects do not`,
    ...(pairs ? [`they overlap at home, and pass through each other: ${pairs}`] : []),
    ...(without.length ? [`nothing to touch with: ${without.join(', ')}`] : []),
  ];
}
