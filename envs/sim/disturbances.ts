import { type Dynamics, longestDelay, nominalDynamics } from '../dynamics/fields.ts';
import { stream } from '../math/random.ts';
import type { Vec3 } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { freeBodiesOf, movingBodiesOf } from '../model/free-body.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Scene } from '../model/types.ts';
import { type Field, offsetOf } from '../spec.ts';
import type { Disturbance } from '../trajectory.ts';
import type { Push } from './reader.ts';
import type { SimulatedArms } from './simulation.ts';
import type { SimulatedState } from './state.ts';

/** What a hand does to an episode, step by step, and what of that lasts. */

/**
 * Numbers of the world that a disturbance of kind `dynamics` sets from its step on. Gravity pulls on all that moves: on an arm that
 * cancels it, by as much as it differs from the scene's.
 */
export const disturbedDynamics = [
  { name: 'gravity', size: 1, unit: 'm/s^2', low: 0, high: 30, description: 'downwards, on all that moves' },
  { name: 'payload', size: 1, unit: 'kg', low: 0, high: 50, description: 'a weight that hangs on the end effector' },
  { name: 'strength', size: 1, unit: '1', low: 0, high: 1, description: "share of the motors' strength" },
  {
    name: 'noise',
    size: 1,
    unit: '1',
    low: 0,
    high: 10,
    description: 'standard deviation of noise on each observation',
  },
  {
    name: 'delay',
    size: 1,
    unit: 'steps',
    low: 0,
    high: longestDelay,
    description: 'control steps from an action to the motors',
  },
  {
    name: 'endless',
    size: 1,
    unit: '1',
    low: 0,
    high: 1,
    description: 'where 1, a reset alone ends the episode, and the arm rests where the task would have ended it',
  },
] as const satisfies readonly Field[];

export type DisturbedDynamics = (typeof disturbedDynamics)[number]['name'];

/**
 * The numbers as they are where nothing is disturbed, in an episode of these dynamics, nominal if not given. A delay stands in place of
 * the episode's own; payload, strength and noise come on top of what the episode has.
 */
export function undisturbed(
  { gravity }: Pick<Scene, 'gravity'>,
  { delay }: Pick<Dynamics, 'delay'> = nominalDynamics,
): Record<DisturbedDynamics, number> {
  return { gravity, payload: 0, strength: 1, noise: 0, delay, endless: 0 };
}

/** Of a force: how it pushes, N, and where, m, in world axes. */
const forceSize = 6;

/** What a disturbance can be of in a scene and a task with these parameters. */
export type Disturbable = { readonly scene: Scene; readonly params: readonly Field[] };

/** What is wrong with a disturbance: what was expected and what was found. Null for one that can be simulated. */
export function faultOf(
  { kind, target, values }: Disturbance,
  { scene, params }: Disturbable,
): { readonly expected: string; readonly found: string } | null {
  const targets: Readonly<
    Record<Disturbance['kind'], readonly { name: string; size: number; low?: number; high?: number }[]>
  > = {
    force: movingBodiesOf(scene).map((name) => ({ name, size: forceSize })),
    param: params,
    dynamics: disturbedDynamics,
    reset: [{ name: '', size: 0 }],
    pose: [],
  };
  // Out of a file it may be anything.
  const known = targets[kind] ?? [];
  if (!known.length) return { expected: 'a disturbance that is simulated', found: kind };
  const own = known.find(({ name }) => name === target);
  if (!own) return { expected: `${kind} of ${known.map(({ name }) => name || 'nothing').join(', ')}`, found: target };
  if (values.length !== own.size) return { expected: `${own.size} values of ${target}`, found: String(values.length) };
  const { low = -Infinity, high = Infinity } = own;
  const bad = values.find((value) => !(Number.isFinite(value) && value >= low && value <= high));
  return bad === undefined ? null : { expected: `${target} from ${low} to ${high}`, found: String(bad) };
}

/** The disturbances of one episode at a time. */
export interface EpisodeDisturbances {
  /** Begins an episode of these dynamics, nominal if not given, in which nothing is disturbed yet. */
  clear(dynamics?: Dynamics): void;
  /** Takes in those of a control step before it is simulated; pushes on the slot's arm and weakens its motors as they say. */
  take(given: readonly Disturbance[], simulation: SimulatedArms, slot: number, state: SimulatedState): void;
  /** Replaces a clipped action [A] by the one that comes to the motors now. */
  delay(action: Float64Array): void;
  /** Writes parameters that were set for the step. */
  set(params: Float32Array): void;
  /** Adds noise to what is observed in step t of an episode. */
  blur(obs: Float32Array, seed: number, t: number): void;
  readonly isEndless: boolean;
  /** Whether the step is the last by a reset. */
  readonly isReset: boolean;
}

/** @throws DefinitionError from `take` for a disturbance that cannot be simulated, which names it */
export function createDisturbances(task: Disturbable): EpisodeDisturbances {
  const usual = undisturbed(task.scene);
  const pushed = pushesIn(task.scene, usual.gravity);
  let own = nominalDynamics;
  let now = { ...usual };
  let isTouched = false;
  let step: readonly Disturbance[] = [];
  /** The latest actions, from the first disturbed step on: as many as the longest delay looks back over. */
  let actions: Float64Array[] = [];
  // Looked at in every step: plain fields, which are read faster than getters.
  const disturbances = {
    isEndless: false,
    isReset: false,
    clear(dynamics: Dynamics = nominalDynamics): void {
      own = dynamics;
      now = undisturbed(task.scene, dynamics);
      [isTouched, step, actions] = [false, [], []];
      disturbances.isEndless = disturbances.isReset = false;
    },
    take(given: readonly Disturbance[], simulation: SimulatedArms, slot: number, state: SimulatedState): void {
      step = given;
      if (!given.length && !isTouched) return;
      isTouched = true;
      for (const one of given) {
        const fault = faultOf(one, task);
        if (fault)
          throw new DefinitionError(`disturbance of step ${one.t}: expected ${fault.expected}, found ${fault.found}`);
        if (one.kind === 'dynamics') now[one.target as DisturbedDynamics] = one.values[0];
        if (one.kind === 'reset') disturbances.isReset = true;
      }
      disturbances.isEndless = now.endless === 1;
      simulation.strengthen(slot, now.strength);
      simulation.push(slot, pushed(given, now, own, state));
    },
    delay(action: Float64Array): void {
      if (!isTouched && now.delay === 0) return;
      actions.push(action.slice());
      if (actions.length > longestDelay + 1) actions.shift();
      const late = actions.at(-1 - Math.round(now.delay));
      if (late) action.set(late);
      else action.fill(0);
    },
    set(params: Float32Array): void {
      for (const { kind, target, values } of step)
        if (kind === 'param') params.set(values, offsetOf(task.params, target));
    },
    blur(obs: Float32Array, seed: number, t: number): void {
      if (now.noise === 0) return;
      const random = stream(seed, 'observation', t);
      for (let i = 0; i < obs.length; i++) obs[i] += now.noise * random.normal();
    },
  };
  return disturbances;
}

/** What pushes in a step: forces of hands, gravity that is not the scene's, and a payload. */
function pushesIn(scene: Scene, usual: number) {
  const { model } = scene.arm;
  const names = movingBodiesOf(scene);
  const { bodies: links } = treeOf(model);
  const bodies = [...links, ...freeBodiesOf(scene).map(({ body }) => body)];
  const { body: tip } = siteOf(model, model.tip);
  return (
    given: readonly Disturbance[],
    { gravity, payload }: Readonly<Record<DisturbedDynamics, number>>,
    own: Dynamics,
    state: SimulatedState,
  ): Push[] => {
    const forces = given.filter(({ kind }) => kind === 'force');
    const down = (newton: number): Vec3 => [0, 0, -newton];
    const [x, y, z] = state.site(model.tip).position;
    // An episode's own payload weighs what the scene's gravity makes of it already.
    const weight = payload * gravity + own.payload * (gravity - usual);
    return [
      ...(gravity === usual
        ? []
        : bodies.map(({ inertial }, body) => {
            const mass = (body < links.length ? own.mass : 1) * (inertial?.mass ?? 0);
            return { body, force: down((gravity - usual) * mass) };
          })),
      ...(weight !== 0 && tip >= 0 ? [{ body: tip, force: down(weight), point: [x, y, z] as const }] : []),
      ...forces.map(({ target, values: [fx, fy, fz, px, py, pz] }) => ({
        body: names.indexOf(target),
        force: [fx, fy, fz] as const,
        point: [px, py, pz] as const,
      })),
    ];
  };
}
