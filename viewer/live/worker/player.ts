/** A policy that acts in real time, and the hand that plays with it. */
import type { Env } from '../../../envs/env.ts';
import { episodeSeed } from '../../../envs/math/random.ts';
import { treeOf } from '../../../envs/model/tree.ts';
import type { Meshes } from '../../../envs/model/types.ts';
import { reachOf } from '../../../envs/model/workspace.ts';
import { disturbedSpec } from '../../../envs/recording/disturbances.ts';
import { disturbedDynamics } from '../../../envs/sim/disturbances.ts';
import { width } from '../../../envs/spec.ts';
import type { Trajectory } from '../../../envs/trajectory.ts';
import type { Actor } from '../../../src/policy/actor.ts';
import { actorOf, applySnapshot, type PolicySnapshot } from '../../../src/rollout/acting-policy.ts';
import { createRecorder, decisionsOf } from '../../../src/rollout/recorder.ts';
import { headerOf, provenanceOf, recordingOf } from '../../../src/run/recording.ts';
import type { Learner } from '../../../src/train/learner.ts';
import { createActing } from './acting.ts';
import { type Goals, goalsOf } from './goals.ts';
import { createHand } from './hand.ts';
import type { Answer, Control, Opened } from './messages.ts';
import { messageOf } from './reasons.ts';

/** Episodes that show where the arm gets to. */
const sampled = 24;

export interface Player {
  readonly opened: Opened;
  /** Tells of the state as it is. */
  show(): void;
  control(control: Control): void;
  /** Makes one step while it is paused. */
  step(): void;
  reset(): void;
  /** Holds another goal of the task, and tells of it. */
  newGoal(): void;
  /** What a training has learned by now; does nothing where the policy is not that of a training. */
  learned(snapshot: PolicySnapshot, trainedSteps: number): void;
  /** What has happened since the last reset, as a rollout file; where an episode ended by itself before, that one too. */
  keep(): Promise<Answer>;
  close(): void;
}

/** What a policy is played with. */
interface PlayOptions {
  readonly meshes?: Meshes;
  /** Whether the policy is that of a training which goes on: then it takes in what is learned. */
  readonly isInTraining?: boolean;
}

/** Starts at once; tells of every step. */
export function createPlayer(
  learner: Learner,
  { meshes, isInTraining = false }: PlayOptions,
  tell: (answer: Answer) => void,
): Player {
  const env: Env = { ...learner.env, ...(meshes && { meshes }) };
  const actor = actorOf(learner);
  const seedOf = (n: number) => episodeSeed(learner.training.config.seed, 'recording', 1, n);
  const goals = goalsOf(env);
  const hand = createHand(env);
  const acting = createActing(env, actor, hand, seedOf, tell);
  let trainedSteps = learner.progress.envSteps;
  const opened: Opened = { ...openedOf(env, actor, learner, goals), isInTraining };
  const clock = createClock(env.spec.dt, () => {
    try {
      acting.goOn();
      if (acting.isLost) clock.stop();
    } catch (error) {
      clock.stop();
      tell({ type: 'failed', of: 'episode', message: messageOf(error) });
    }
  });
  const play = (control: Control) => {
    hand.control(control);
    if (control.goal || control.pull) acting.changed();
  };
  return {
    opened,
    show: acting.show,
    control(control) {
      play(control);
      clock.set(control);
    },
    step: acting.step,
    reset() {
      acting.reset();
      clock.set({});
    },
    newGoal() {
      if (!goals) return;
      const drawn = goals.draw();
      play(drawn);
      tell({ type: 'goal', ...drawn });
    },
    learned(snapshot, steps) {
      // A training goes on beside a policy that was opened meanwhile.
      if (!isInTraining) return;
      applySnapshot(learner, snapshot);
      trainedSteps = steps;
    },
    async keep() {
      const { policy, ...rest } = provenanceOf(learner);
      const open = { ...env, spec: disturbedSpec(env.spec) };
      const whole = { ...rest, policy: { ...policy, trainedSteps } };
      const bytes = await recordingOf(open, acting.trajectories(), whole);
      return { type: 'kept', bytes, name: `${policy.name}-live-${acting.count}.safetensors` };
    },
    close() {
      clock.stop();
      acting.close();
      goals?.close();
    },
  };
}

function openedOf(env: Env, actor: Actor, learner: Learner, goals: Goals | null): Omit<Opened, 'isInTraining'> {
  const { model } = env.scene.arm;
  return {
    type: 'opened',
    header: headerOf({ ...env, spec: disturbedSpec(env.spec) }, provenanceOf(learner)),
    meshes: env.meshes,
    samples: samplesOf(env, actor),
    goals: goals && { low: goals.low, high: goals.high },
    reach: reachOf(model),
    mass: treeOf(model).bodies.reduce((sum, { inertial }) => sum + (inertial?.mass ?? 0), 0),
    goalMoves: env.spec.paramsMove,
    dynamics: disturbedDynamics.filter(({ name }) => name !== 'endless'),
  };
}

/** Where episodes begin, as episodes of one step in which nothing moves: the first step of a simulation takes long to compile. */
function samplesOf(env: Env, actor: Actor): readonly Trajectory[] {
  const batch = env.open(1);
  const spec = { ...disturbedSpec(env.spec), horizon: 1 };
  const recorder = createRecorder(spec, actor, batch, 0);
  const act = new Float32Array(width(spec.act));
  const samples = Array.from({ length: sampled }, (_, n) => {
    recorder.start(n, episodeSeed(0, 'evaluation', 0, n));
    const decided = decisionsOf(actor.forward(batch.obs, 1), new Float64Array(act.length));
    recorder.recordAction(decided, 0, act);
    recorder.recordStep();
    return recorder.trajectory(decided.value[0]);
  });
  batch.close();
  return samples;
}

/** Steps in real time; what it cannot keep up with it leaves out. */
function createClock(dt: number, step: () => void) {
  let [paused, speed] = [true, 1];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = 0;
  const tick = () => {
    timer = undefined;
    step();
    if (paused) return;
    const period = (1000 * dt) / speed;
    next = Math.max(next + period, performance.now() - period);
    timer = setTimeout(tick, Math.max(0, next - performance.now()));
  };
  return {
    set(control: Pick<Control, 'paused' | 'speed'>) {
      if (control.paused !== undefined) paused = control.paused;
      if (control.speed !== undefined) speed = control.speed;
      if (paused) {
        clearTimeout(timer);
        timer = undefined;
      } else if (timer === undefined) {
        next = performance.now();
        timer = setTimeout(tick);
      }
    },
    stop() {
      paused = true;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
