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

const none = new Float64Array(0);

/** Every episode begins with one: an object literal with getters would be laid out anew each time, which takes V8 long. */
export class ArmState implements SimulatedState {
  t = 0;
  previousAction = none;
  actionBefore = none;
  readonly q: Float64Array;
  readonly dq: Float64Array;
  readonly pose: Float32Array;
  readonly sites: readonly SiteState[];
  private readonly arm: Arm;
  private readonly demand: OnDemand;
  private readonly velocities: Float64Array;
  private readonly touches: Contacts | null;
  private isRead = false;
  private isTouchRead = false;

  // Tasks take these out of a state and call them by themselves.
  readonly site = (name: string): SiteState => {
    const { name: model, sites } = this.arm;
    for (let i = 0; i < sites.length; i++) if (sites[i].name === name) return this.sites[i];
    throw new Error(`arm ${model} has no site "${name}"; it has: ${sites.map((site) => site.name).join(', ')}`);
  };

  readonly contact = (a: string, b: string): number => {
    const found = this.contacts;
    return found ? pressBetween(found, this.bodyOf(a), this.bodyOf(b)) : 0;
  };

  readonly contactSum = (): number => {
    const found = this.contacts;
    return found ? pressBetween(found) : 0;
  };

  readonly contactForce = (a: string, b: string, out: Vec3Out = [0, 0, 0]): Vec3 => {
    const found = this.contacts;
    return found ? forceBetween(found, this.bodyOf(a), this.bodyOf(b), out) : [0, 0, 0];
  };

  /** @param free bodies beside those of the arm */
  constructor(arm: Arm, free: number, demand: OnDemand) {
    const { bodies, degrees } = treeOf(arm);
    const moving = bodies.length + free;
    this.arm = arm;
    this.demand = demand;
    this.q = new Float64Array(degrees);
    this.dq = new Float64Array(degrees);
    this.pose = new Float32Array(moving * 7);
    this.velocities = new Float64Array(moving * 6);
    this.sites = arm.sites.map(() => ({ position: new Float64Array(3), velocity: new Float64Array(3) }));
    this.touches = demand.touching ? createContacts() : null;
  }

  get velocity(): Float64Array {
    if (!this.isRead) this.demand.readVelocities(this.velocities);
    this.isRead = true;
    return this.velocities;
  }

  get contacts(): Contacts | null {
    if (this.touches && !this.isTouchRead) this.demand.touching?.read(this.touches);
    this.isTouchRead = true;
    return this.touches;
  }

  refreshed(): void {
    this.isRead = false;
    this.isTouchRead = false;
  }

  private bodyOf(name: string): number {
    const { touching } = this.demand;
    const found = touching?.bodies.indexOf(name) ?? -1;
    if (found < 0) throw new Error(`the scene has no body "${name}"; it has: ${touching?.bodies.join(', ')}`);
    return found;
  }
}
