import type { Vec3, Vec3Out } from '../math/rotation.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { SiteState, State } from '../task.ts';
import { type Contacts, createContacts, forceBetween, pressBetween } from './contacts.ts';

/** A state that a simulation rewrites. */
export interface SimulatedState extends State {
  t: number;
  previousAction: Float64Array;
  actionBefore: Float64Array;
  /** In the order of the model's sites. */
  readonly sites: readonly SiteState[];
  /** What touches what; null where nothing can. */
  readonly contacts: Contacts | null;
  /** To be called whenever the rest was read anew: what is read on demand is out of date then. */
  refreshed(): void;
}

/** What of a state is read when somebody asks for it. */
export interface OnDemand {
  /** Writes the velocities of the moving bodies [B, 6]. */
  readVelocities(out: Float64Array): void;
  /** Of a world in which bodies touch: their names, and what writes where they do. */
  readonly touching?: { readonly bodies: readonly string[]; read(out: Contacts): void };
}

/** @param free bodies beside those of the arm */
export function createState(arm: Arm, free: number, { readVelocities, touching }: OnDemand): SimulatedState {
  const { bodies, degrees } = treeOf(arm);
  const moving = bodies.length + free;
  const velocity = new Float64Array(moving * 6);
  const contacts = touching ? createContacts() : null;
  let [isRead, isTouchRead] = [false, false];
  const sites = arm.sites.map(() => ({ position: new Float64Array(3), velocity: new Float64Array(3) }));
  const byName = new Map(arm.sites.map(({ name }, i) => [name, sites[i]]));
  const readTouching = (): Contacts | null => {
    if (contacts && !isTouchRead) touching?.read(contacts);
    isTouchRead = true;
    return contacts;
  };
  const bodyOf = (name: string): number => {
    const found = touching?.bodies.indexOf(name) ?? -1;
    if (found < 0) throw new Error(`the scene has no body "${name}"; it has: ${touching?.bodies.join(', ')}`);
    return found;
  };
  return {
    t: 0,
    previousAction: new Float64Array(0),
    actionBefore: new Float64Array(0),
    q: new Float64Array(degrees),
    dq: new Float64Array(degrees),
    pose: new Float32Array(moving * 7),
    sites,
    get velocity() {
      if (!isRead) readVelocities(velocity);
      isRead = true;
      return velocity;
    },
    site(name) {
      const found = byName.get(name);
      if (!found) throw new Error(`arm ${arm.name} has no site "${name}"; it has: ${[...byName.keys()].join(', ')}`);
      return found;
    },
    get contacts() {
      return readTouching();
    },
    contact(a, b) {
      const found = readTouching();
      return found ? pressBetween(found, bodyOf(a), bodyOf(b)) : 0;
    },
    contactSum() {
      const found = readTouching();
      return found ? pressBetween(found) : 0;
    },
    contactForce(a: string, b: string, out: Vec3Out = [0, 0, 0]): Vec3 {
      const found = readTouching();
      return found ? forceBetween(found, bodyOf(a), bodyOf(b), out) : [0, 0, 0];
    },
    refreshed() {
      isRead = false;
      isTouchRead = false;
    },
  };
}
