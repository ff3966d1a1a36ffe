import type { Env, EnvBatch, EnvConfig } from '../env.ts';
import { stream } from '../math/random.ts';
import { treeOf } from '../model/tree.ts';
import { type EnvSpec, width } from '../spec.ts';
import type { Start, Task } from '../task.ts';
import { checkTask } from './check-task.ts';
import { EpisodeError } from './episode-error.ts';
import { armBuild } from './plan.ts';
import { Simulation } from './simulation.ts';
import type { SimulatedState } from './state.ts';

/**
 * The environment of a task. Await `loadPhysics` before opening a batch of it; what the task throws in an episode then comes
 * as an EpisodeError.
 * @param config names of what the task was made from, for files to keep
 * @throws DefinitionError for a task that is not whole, or has more than one arm by itself
 */
export function createEnv(task: Task, config?: EnvConfig): Env {
  checkTask(task);
  const { scene, controller } = task;
  // What cannot be simulated is told before the first batch.
  armBuild(scene.arm, task.physics, controller);
  const spec: EnvSpec = {
    name: task.name,
    obs: task.obs,
    act: controller.act,
    terms: task.terms,
    params: task.params,
    paramsMove: task.move !== undefined,
    markers: task.markers,
    dynamics: [],
    controller: controller.spec,
    hasSuccess: task.success !== undefined,
    bodies: treeOf(scene.arm.model).bodies.map((body) => body.name),
    dt: task.physics.dt,
    horizon: task.horizon,
  };
  return {
    config: config ?? { env: task.name, arm: scene.arm.model.name, options: {} },
    spec,
    scene,
    metrics: task.metrics ?? [],
    open: (slots) => openBatch(task, spec, slots),
  };
}

/** Faster than any joint of a real arm, rad/s: the simulation has lost it. */
const diverged = 1e4;

/** A slot's rows of the batch's arrays, and what its episode works with. */
interface Slot {
  readonly obs: Float32Array;
  readonly terms: Float64Array;
  readonly params: Float32Array;
  readonly pose: Float32Array;
  /** The action, clipped [A], and what the controller makes of it [J]. */
  readonly action: Float64Array;
  readonly command: Float64Array;
  readonly previousAction: Float64Array;
  readonly actionBefore: Float64Array;
  readonly start: Start;
  seed: number;
  /** Null while no episode runs. */
  state: SimulatedState | null;
}

/** Episodes of a task in one simulation. */
interface TaskBatch extends ReturnType<typeof createArrays> {
  readonly task: Task;
  readonly simulation: Simulation;
  readonly rows: readonly Slot[];
}

function openBatch(task: Task, spec: EnvSpec, slots: number): EnvBatch {
  const arrays = createArrays(spec, slots);
  const simulation = new Simulation(task.scene, task.physics, task.controller, slots);
  const [obs, act, params, pose] = [width(spec.obs), width(spec.act), width(spec.params), spec.bodies.length * 7];
  const { degrees } = treeOf(task.scene.arm.model);
  const rows = Array.from(
    { length: slots },
    (_, slot): Slot => ({
      obs: row(arrays.obs, slot, obs),
      terms: row(arrays.terms, slot, spec.terms.length),
      params: row(arrays.params, slot, params),
      pose: row(arrays.pose, slot, pose),
      action: new Float64Array(act),
      command: new Float64Array(degrees),
      previousAction: new Float64Array(act),
      actionBefore: new Float64Array(act),
      start: { q: new Float64Array(degrees), dq: new Float64Array(degrees) },
      seed: 0,
      state: null,
    }),
  );
  const batch: TaskBatch = { ...arrays, task, simulation, rows };
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
    step(act, disturbances) {
      if (disturbances?.some(({ length }) => length > 0)) throw new Error('disturbances are not simulated');
      stepEpisodes(batch, act);
    },
    close: () => simulation.close(),
  };
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
  };
}

function startEpisode(batch: TaskBatch, slot: number, seed: number): void {
  const { task, simulation } = batch;
  const own = batch.rows[slot];
  const { q, dq } = own.start;
  q.set(task.scene.arm.model.home);
  dq.fill(0);
  own.params.fill(0);
  own.seed = seed;
  task.reset(stream(seed, 'start'), own.start, own.params);
  own.previousAction.fill(0);
  own.actionBefore.fill(0);
  own.state = simulation.place(slot, q, dq.some((speed) => speed !== 0) ? dq : null);
  own.state.previousAction = own.previousAction;
  own.state.actionBefore = own.actionBefore;
  own.terms.fill(0);
  for (const flags of [batch.reward, batch.last, batch.success, batch.fault]) flags[slot] = 0;
  batch.discount[slot] = 1;
  show(task, own, own.state);
}

function stepEpisodes(batch: TaskBatch, act: Float32Array): void {
  const { task, simulation, rows } = batch;
  let slot = 0;
  try {
    for (slot = 0; slot < rows.length; slot++) {
      const { state, action, command } = rows[slot];
      if (!state) continue;
      for (let j = 0; j < action.length; j++) action[j] = Math.min(Math.max(act[slot * action.length + j], -1), 1);
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
  const { action, actionBefore, params, previousAction, terms } = own;
  const state = batch.simulation.read(slot);
  state.t++;
  if (hasDiverged(state)) {
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
  task.reward(state, params, action, terms);
  const terminated = task.terminated?.(state, params) ?? false;
  let reward = 0;
  for (let k = 0; k < terms.length; k++) reward += terms[k];
  batch.reward[slot] = reward;
  batch.discount[slot] = terminated ? 0 : 1;
  batch.success[slot] = task.success?.(state, params) ? 1 : 0;
  show(task, own, state);
  if (terminated || state.t >= task.horizon) endEpisode(batch, slot);
}

function endEpisode({ last, rows, simulation }: TaskBatch, slot: number): void {
  last[slot] = 1;
  rows[slot].state = null;
  simulation.remove(slot);
}

function show(task: Task, { params, obs, pose }: Slot, state: SimulatedState): void {
  task.observe(state, params, obs);
  pose.set(state.pose);
}

function row<A extends Float32Array | Float64Array>(array: A, slot: number, size: number): A {
  return array.subarray(slot * size, (slot + 1) * size) as A;
}

function hasDiverged({ q, dq, pose, sites }: SimulatedState): boolean {
  for (let i = 0; i < dq.length; i++) if (!(Math.abs(dq[i]) <= diverged)) return true;
  if (!allFinite(q) || !allFinite(pose)) return true;
  return sites.some(({ position, velocity }) => !allFinite(position) || !allFinite(velocity));
}

function allFinite(values: Float32Array | Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
