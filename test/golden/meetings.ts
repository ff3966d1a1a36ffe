import { touchingBodiesOf } from '../../envs/model/free-body.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Scene } from '../../envs/model/types.ts';
import { contactWidth } from '../../envs/trajectory.ts';

/** At how many points of contact a link of the arm meets a body, or anything that is not of the arm. */
export function meetingsOf(scene: Scene, contacts: Float32Array, name?: string): number {
  const links = treeOf(scene.arm.model).bodies.length;
  const body = name === undefined ? undefined : touchingBodiesOf(scene).indexOf(name);
  let count = 0;
  for (let at = 0; at < contacts.length; at += contactWidth) {
    const [a, b] = [contacts[at], contacts[at + 1]];
    const isMeeting = a < links !== b < links;
    if (isMeeting && (body === undefined || a === body || b === body)) count++;
  }
  return count;
}
