import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { SiteState, State } from '../task.ts';

/** A state that a simulation rewrites. */
export interface SimulatedState extends State {
  t: number;
  previousAction: Float64Array;
  actionBefore: Float64Array;
  /** In the order of the model's sites. */
  readonly sites: readonly SiteState[];
  /** To be called whenever the rest was read anew: what is read on demand is out of date then. */
  refreshed(): void;
}

/** @param readVelocities writes the velocities of the moving bodies [B, 6]; read when a task asks for them */
export function createState(arm: Arm, readVelocities: (out: Float64Array) => void): SimulatedState {
  const { bodies, degrees } = treeOf(arm);
  const velocity = new Float64Array(bodies.length * 6);
  let isRead = false;
  const sites = arm.sites.map(() => ({ position: new Float64Array(3), velocity: new Float64Array(3) }));
  const byName = new Map(arm.sites.map(({ name }, i) => [name, sites[i]]));
  return {
    t: 0,
    previousAction: new Float64Array(0),
    actionBefore: new Float64Array(0),
    q: new Float64Array(degrees),
    dq: new Float64Array(degrees),
    pose: new Float32Array(bodies.length * 7),
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
    contact: () => 0,
    refreshed() {
      isRead = false;
    },
  };
}
