import { applicableDynamics } from '../dynamics/applicable.ts';
import { drawDynamics, moveStart } from '../dynamics/draw.ts';
import { type Dynamics, nominalDynamics } from '../dynamics/fields.ts';
import { checkRanges, type DynamicsRanges, fieldsIn } from '../dynamics/ranges.ts';
import type { Ease, Env, EnvBatch, EnvConfig } from '../env.ts';
import { stream } from '../math/random.ts';
import { freeBodiesOf, movingBodiesOf } from '../model/free-body.ts';
import { jointNamesOf, treeOf } from '../model/tree.ts';
import type { Scene } from '../model/types.ts';
import { type EnvSpec, width } from '../spec.ts';
import type { Start, Task } from '../task.ts';
import { contactWidth, type Disturbance, mostContacts } from '../trajectory.ts';
import { checkTask } from './check-task.ts';
import { ContactSimulation } from './contact-simulation.ts';
import { createDisturbances, type EpisodeDisturbances } from './disturbances.ts';
import type { Engine } from './engine.ts';
import { EpisodeError } from './episode-error.ts';
import { createObserved } from './observed.ts';
import { armBuild } from './plan.ts';
import { type SimulatedArms, Simulation } from './simulation.ts';
import type { SimulatedState } from './state.ts';

/** How an environment is simulated. */
export interface EnvChoices {
  /** In place of Rapier. */
  readonly engine?: Engine;
}

/**
 * The environment of a task. Await `loadPhysics` before opening a batch of it; what the task throws in an episode then comes
 * as an EpisodeError.
 * @param config names of what the task was made from, for files to keep, and what the dynamics of its episodes are drawn from
 * @throws UsageError for dynamics that the task does not have
 * @throws DefinitionError for a task that is not whole, or has more than one arm by itself
 */
export function createEnv(task: Task, config?: EnvConfig, { engine }: EnvChoices = {}): Env {
  checkTask(task);
  const { scene, controller } = task;
  // What cannot be simulated is told before the first batch.
  armBuild(scene.arm, task.physics, controller);
  const ranges = checkRanges(config?.dynamics ?? {}, applicableDynamics(task), task.name);
  const spec: EnvSpec = {
    name: task.name,
    obs: task.obs,
    act: controller.act,
    terms: task.terms,
    params: task.params,
    paramsMove: task.move !== undefined,
    markers: task.markers,
    dynamics: fieldsIn(ranges),
    controller: controller.spec,
    hasSuccess: task.success !== undefined,
    bodies: movingBodiesOf(scene),
    joints: jointNamesOf(scene.arm.model),
    ...(scene.contacts && { hasContacts: true }),
    dt: task.physics.dt,
    horizon: task.horizon,
  };
  return {
    config: config ?? { env: task.name, arm: scene.arm.model.name, options: {} },
    spec,
    scene,
    ...(engine && { engine: { name: engine.name, version: engine.version } }),
    metrics: task.metrics ?? [],
    ...(task.ease && { canEase: true }),
    open: (slots, ease) => openBatch({ task, ranges, ease, engine }, spec, slots),
  };
}

/** Faster than any joint of a real arm and than anything that it throws, rad/s and m/s: the simulation has lost it. */
const diverged = 1e4;
const divergedSpeed = 100;
/** Farther than anything that an arm throws, m from the origin. */
const divergedPlace = 10;

/** A slot's rows of the batch's arrays, and what its episode works with. */
interface Slot {
  readonly obs: Float32Array;
  readonly terms: Float64Array;
  readonly params: Float32Array;
  readonly dynamics: Float32Array;
  readonly pose: Float32Array;
  readonly q: Float32Array;
  readonly dq: Float32Array;
  /** What touches what, where that can be [64, 8]; no numbers else. */
  readonly contacts: Float32Array;
  /** The action, clipped [A], and what the controller makes of it [J]. */
  readonly action: Float64Array;
  readonly command: Float64Array;
  readonly previousAction: Float64Array;
  readonly actionBefore: Float64Array;
  readonly start: Start;
  readonly disturbances: EpisodeDisturbances;
  readonly observed: ReturnType<typeof createObserved>;
  /** Standard deviation of the noise on observed positions, m and rad. */
  noise: number;
  seed: number;
  /** Null while no episode runs. */
  state: SimulatedState | null;
}

/** What episodes are of. */
interface Episodes extends EnvChoices {
  readonly task: Task;
  readonly ranges: DynamicsRanges;
  readonly ease: Ease | undefined;
}

/** Episodes of a task in one simulation. */
interface TaskBatch extends Episodes, ReturnType<typeof createArrays> {
  readonly simulation: SimulatedArms;
  readonly rows: readonly Slot[];
}

function openBatch(episodes: Episodes, spec: EnvSpec, slots: number): EnvBatch {
  const { task, engine } = episodes;
  const arrays = createArrays(spec, slots);
  const simulation = engine ? engine.open(task, slots) : openRapier(task, slots);
  const [obs, act, params, pose] = [width(spec.obs), width(spec.act), width(spec.params), spec.bodies.length * 7];
  const { objects, arm } = task.scene;
  const { degrees } = treeOf(arm.model);
  const rows = Array.from(
    { length: slots },
    (_, slot): Slot => ({
      obs: row(arrays.obs, slot, obs),
      terms: row(arrays.terms, slot, spec.terms.length),
      params: row(arrays.params, slot, params),
      dynamics: row(arrays.dynamics, slot, width(spec.dynamics)),
      pose: row(arrays.pose, slot, pose),
      q: row(arrays.q, slot, degrees),
      dq: row(arrays.dq, slot, degrees),
      contacts: row(arrays.contacts ?? new Float32Array(0), slot, mostContacts * contactWidth),
      action: new Float64Array(act),
      command: new Float64Array(degrees),
      previousAction: new Float64Array(act),
      actionBefore: new Float64Array(act),
      start: {
        q: new Float64Array(degrees),
        dq: new Float64Array(degrees),
        pose: new Float64Array(7 * objects.length),
        velocity: new Float64Array(6 * objects.length),
      },
      disturbances: createDisturbances(task),
      observed: createObserved(arm.model, objects.length),
      noise: 0,
      seed: 0,
      state: null,
    }),
  );
  const batch: TaskBatch = { ...arrays, ...episodes, simulation, rows };
  return {
    slots,
    ...arrays,
    start(slot, seed) {
      try {
        startEpisode(batch, slot, seed);
      } catch (cause) {
        throw new EpisodeError(task.name, { seed, step: 0, cause });
      }
    },
    step: (act, disturbances) => stepEpisodes(batch, act, disturbances),
    stop: (slot) => restSlot(batch, slot),
    close: () => simulation.close(),
  };
}

function openRapier({ scene, physics, controller }: Task, slots: number): SimulatedArms {
  return new (scene.contacts ? ContactSimulation : Simulation)(scene, physics, controller, slots);
}

function createArrays(spec: EnvSpec, slots: number) {
  return {
    obs: new Float32Array(slots * width(spec.obs)),
    reward: new Float64Array(slots),
    terms: new Float64Array(slots * spec.terms.length),
    discount: new Float64Array(slots).fill(1),
    last: new Uint8Array(slots),
    success: new Uint8Array(slots),
    fault: new Uint8Array(slots),
    params: new Float32Array(slots * width(spec.params)),
    dynamics: new Float32Array(slots * width(spec.dynamics)),
    pose: new Float32Array(slots * spec.bodies.length * 7),
    q: new Float32Array(slots * (spec.joints?.length ?? 0)),
    dq: new Float32Array(slots * (spec.joints?.length ?? 0)),
    ...(spec.hasContacts && {
      contact_count: new Float32Array(slots),
      contacts: new Float32Array(slots * mostContacts * contactWidth),
    }),
  };
}

function startEpisode(batch: TaskBatch, slot: number, seed: number): void {
  const { task, simulation } = batch;
  const own = batch.rows[slot];
  const { q, dq, pose, velocity } = own.start;
  const dynamics = dynamicsOf(batch, seed, own.dynamics);
  q.set(task.scene.arm.model.home);
  dq.fill(0);
  putFreeBodies(task.scene, pose);
  velocity.fill(0);
  own.params.fill(0);
  own.seed = seed;
  own.noise = dynamics['noise.position'];
  own.disturbances.clear(dynamics);
  task.reset(stream(seed, 'start'), own.start, own.params);
  if (batch.ease) task.ease?.(stream(seed, 'start', 1), own.start, own.params, batch.ease);
  moveStart(task.scene.arm.model, q, dynamics.start, seed);
  checkStart(own.start);
  own.previousAction.fill(0);
  own.actionBefore.fill(0);
  own.state = simulation.place(slot, q, dq.some((speed) => speed !== 0) ? dq : null, pose, velocity, dynamics);
  own.state.previousAction = own.previousAction;
  own.state.actionBefore = own.actionBefore;
  own.terms.fill(0);
  for (const flags of [batch.reward, batch.last, batch.success, batch.fault]) flags[slot] = 0;
  batch.discount[slot] = 1;
  show(batch, slot, own.state);
}

/** @throws Error for a start in which a task has written what is no number */
function checkStart(start: Start): void {
  if (allFinite(start.q) && allFinite(start.dq) && allFinite(start.pose) && allFinite(start.velocity)) return;
  for (const [name, values] of Object.entries(start)) {
    const at = values.findIndex((value: number) => !Number.isFinite(value));
    if (at >= 0) throw new Error(`expected finite numbers in start.${name}, found ${values[at]} at ${at}`);
  }
}

/** The dynamics of an episode, also written to its row [D]. */
function dynamicsOf({ ranges }: TaskBatch, seed: number, row: Float32Array): Dynamics {
  if (!row.length) return nominalDynamics;
  const drawn = drawDynamics(ranges, seed);
  fieldsIn(ranges).forEach(({ name }, i) => {
    row[i] = drawn[name];
  });
  return drawn;
}

/** The poses that the scene gives its free bodies [F, 7]. */
function putFreeBodies(scene: Scene, pose: Float64Array): void {
  freeBodiesOf(scene).forEach(({ frame }, i) => {
    pose.set(frame.position, 7 * i);
    pose.set(frame.rotation, 7 * i + 3);
  });
}

const undisturbed: readonly Disturbance[] = [];

function stepEpisodes(batch: TaskBatch, act: Float32Array, given?: readonly (readonly Disturbance[])[]): void {
  const { task, simulation, rows } = batch;
  let slot = 0;
  try {
    for (slot = 0; slot < rows.length; slot++) {
      const { state, action, command, disturbances } = rows[slot];
      if (!state) continue;
      for (let j = 0; j < action.length; j++) action[j] = Math.min(Math.max(act[slot * action.length + j], -1), 1);
      disturbances.take(given?.[slot] ?? undisturbed, simulation, slot, state);
      // Policies of tasks that end there never learn to stay.
      if (disturbances.isEndless && task.terminated?.(state, rows[slot].params)) action.fill(0);
      disturbances.delay(action);
      task.controller.command(state, action, command);
      simulation.command(slot, command);
    }
    simulation.step();
    for (slot = 0; slot < rows.length; slot++) if (rows[slot].state) finishStep(batch, slot);
  } catch (cause) {
    const own = rows[slot];
    throw own ? new EpisodeError(task.name, { seed: own.seed, step: own.state?.t ?? 0, cause }) : cause;
  }
}

/** Reads what the step led to: reward, success and end. */
function finishStep(batch: TaskBatch, slot: number): void {
  const { task } = batch;
  const own = batch.rows[slot];
  const { action, actionBefore, disturbances, params, previousAction, terms } = own;
  const state = batch.simulation.read(slot);
  state.t++;
  if (hasDiverged(state) || haveFlownOff(task.scene, state)) {
    terms.fill(0);
    batch.reward[slot] = 0;
    batch.fault[slot] = 1;
    batch.success[slot] = 0;
    endEpisode(batch, slot);
    return;
  }
  for (let j = 0; j < action.length; j++) {
    actionBefore[j] = previousAction[j];
    previousAction[j] = action[j];
  }
  task.move?.(own.seed, state.t, params);
  disturbances.set(params);
  task.reward(state, params, action, terms);
  const terminated = !disturbances.isEndless && (task.terminated?.(state, params) ?? false);
  let reward = 0;
  for (let k = 0; k < terms.length; k++) reward += terms[k];
  batch.reward[slot] = reward;
  batch.discount[slot] = terminated ? 0 : 1;
  batch.success[slot] = task.success?.(state, params) ? 1 : 0;
  show(batch, slot, state);
  const isLast = state.t >= task.horizon && !disturbances.isEndless;
  if (terminated || isLast || disturbances.isReset) endEpisode(batch, slot);
}

function endEpisode(batch: TaskBatch, slot: number): void {
  batch.last[slot] = 1;
  restSlot(batch, slot);
}

function restSlot({ rows, simulation }: TaskBatch, slot: number): void {
  rows[slot].state = null;
  simulation.remove(slot);
}

function show({ task, rows, contact_count }: TaskBatch, slot: number, state: SimulatedState): void {
  const { params, obs, pose, q, dq, contacts, disturbances, noise, observed, seed } = rows[slot];
  task.observe(noise === 0 ? state : observed(state, noise, seed), params, obs);
  disturbances.blur(obs, seed, state.t);
  pose.set(state.pose);
  q.set(state.q);
  dq.set(state.dq);
  const touching = state.contacts;
  if (!touching || !contact_count) return;
  contact_count[slot] = touching.count;
  contacts.set(touching.rows.subarray(0, touching.count * contactWidth));
}

function row<A extends Float32Array | Float64Array>(array: A, slot: number, size: number): A {
  return array.subarray(slot * size, (slot + 1) * size) as A;
}

function hasDiverged({ q, dq, pose, sites }: SimulatedState): boolean {
  for (let i = 0; i < dq.length; i++) if (!(Math.abs(dq[i]) <= diverged)) return true;
  if (!allFinite(q) || !allFinite(pose)) return true;
  return sites.some(({ position, velocity }) => !allFinite(position) || !allFinite(velocity));
}

/** Whether a free body is where, or as fast as, nothing that an arm touches can be. */
function haveFlownOff({ objects }: Scene, state: SimulatedState): boolean {
  // Velocities are read on demand.
  if (!objects.length) return false;
  const { pose, velocity } = state;
  for (let i = velocity.length / 6 - objects.length; i < velocity.length / 6; i++) {
    const lengths = [lengthAt(pose, 7 * i), lengthAt(velocity, 6 * i), lengthAt(velocity, 6 * i + 3)];
    const isBounded = lengths[0] <= divergedPlace && lengths[1] <= divergedSpeed && lengths[2] <= diverged;
    if (!isBounded) return true;
  }
  return false;
}

function lengthAt(values: Float32Array | Float64Array, at: number): number {
  return Math.sqrt(values[at] ** 2 + values[at + 1] ** 2 + values[at + 2] ** 2);
}

function allFinite(values: Float32Array | Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
