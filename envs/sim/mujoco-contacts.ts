import type { MainModule, MjContact, MjData, MjModel } from '@mujoco/mujoco';
import { contactWidth, mostContacts } from '../trajectory.ts';
import type { Contacts } from './contacts.ts';
import type { Things } from './mujoco-things.ts';

/** What touches in MuJoCo, as a state has it. */
export interface MujocoContacts {
  /** Names of the bodies that can touch. */
  readonly bodies: readonly string[];
  /** Reads the points of contact of the latest step. */
  read(data: MjData, out: Contacts): void;
  /** The bodies of each point of contact, by their places among those that can touch. */
  bodiesIn(data: MjData): (readonly [number, number])[];
  /** Multiplies the nominal friction of all pairs. */
  rub(model: MjModel, factor: number): void;
}

/** @param nominal the model of these things, of which all that are read are copies */
export function openContacts(
  mujoco: MainModule,
  nominal: MjModel,
  { geoms }: Things,
  bodies: readonly string[],
): MujocoContacts {
  const bodyOf = new Map(
    geoms.map(({ name, body }) => [mujoco.mj_name2id(nominal, mujoco.mjtObj.mjOBJ_GEOM.value, name), body]),
  );
  const bodiesOf = ({ geom1, geom2 }: MjContact) => [bodyOf.get(geom1) ?? -1, bodyOf.get(geom2) ?? -1] as const;
  const friction = Float64Array.from(nominal.pair_friction as Float64Array);
  return {
    bodies,
    read(data, out) {
      const { rows } = out;
      const forces: Float64Array = data.efc_force;
      out.count = 0;
      forEachContact(data, (contact) => {
        if (out.count === mostContacts || contact.efc_address < 0) return;
        const [first, second] = bodiesOf(contact);
        // The normal points from the first to the second.
        const [a, b, sign] = first <= second ? [first, second, 1] : [second, first, -1];
        const force = sign * forces[contact.efc_address];
        const at = out.count++ * contactWidth;
        rows[at] = a;
        rows[at + 1] = b;
        rows.set(contact.pos, at + 2);
        for (let k = 0; k < 3; k++) rows[at + 5 + k] = force * contact.frame[k];
      });
    },
    bodiesIn(data) {
      const found: (readonly [number, number])[] = [];
      forEachContact(data, (contact) => found.push(bodiesOf(contact)));
      return found;
    },
    rub(model, factor) {
      const pairs: Float64Array = model.pair_friction;
      for (let i = 0; i < friction.length; i++) pairs[i] = factor * friction[i];
    },
  };
}

function forEachContact(data: MjData, visit: (contact: MjContact) => void): void {
  const found = data.contact;
  for (let i = 0; i < found.size(); i++) {
    const contact = found.get(i);
    if (contact) visit(contact);
    contact?.delete();
  }
  found.delete();
}
