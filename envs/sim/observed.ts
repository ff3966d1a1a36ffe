import { stream } from '../math/random.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { SiteState, State } from '../task.ts';
import type { SimulatedState } from './state.ts';

/** A state as noisy sensors have it. */

/** Of the observations of an episode, step by step, beside those of a hand's noise. */
const firstStream = 2 ** 31;

/**
 * Shows states with normal noise on the joints' positions and on the positions of sites and bodies, each by itself; what a task
 * derives of them, as the way to a goal, is off by the same. Orientations and velocities are as they are.
 * @param free bodies beside those of the arm
 * @returns the state of an episode with noise of a standard deviation, m and rad; overwritten by the next one
 */
export function createObserved(arm: Arm, free: number): (state: SimulatedState, sigma: number, seed: number) => State {
  const { bodies, degrees } = treeOf(arm);
  const q = new Float64Array(degrees);
  const pose = new Float32Array(7 * (bodies.length + free));
  const positions = arm.sites.map(() => new Float64Array(3));
  let sites: readonly SiteState[] = [];
  let from: SimulatedState | null = null;
  const seen = (): SimulatedState => {
    if (!from) throw new Error('nothing has been observed yet');
    return from;
  };
  const view: State = {
    q,
    pose,
    site: (name) => sites[seen().sites.indexOf(seen().site(name))],
    get t() {
      return seen().t;
    },
    get previousAction() {
      return seen().previousAction;
    },
    get actionBefore() {
      return seen().actionBefore;
    },
    get dq() {
      return seen().dq;
    },
    get velocity() {
      return seen().velocity;
    },
    contact: (a, b) => seen().contact(a, b),
    contactSum: () => seen().contactSum(),
    contactForce: (a, b, out) => seen().contactForce(a, b, out),
  };
  return (state, sigma, seed) => {
    if (state !== from) sites = state.sites.map(({ velocity }, i) => ({ position: positions[i], velocity }));
    from = state;
    const random = stream(seed, 'observation', firstStream + state.t);
    const off = (value: number) => value + sigma * random.normal();
    for (let i = 0; i < q.length; i++) q[i] = off(state.q[i]);
    positions.forEach((position, i) => {
      for (let k = 0; k < 3; k++) position[k] = off(state.sites[i].position[k]);
    });
    pose.set(state.pose);
    for (let at = 0; at < pose.length; at += 7) for (let k = 0; k < 3; k++) pose[at + k] = off(pose[at + k]);
    return view;
  };
}
