/** A policy that acts in real time, and the hand that plays with it. */
import { type Dynamics, nominalDynamics } from '../../../envs/dynamics/fields.ts';
import type { Env, EnvBatch } from '../../../envs/env.ts';
import { episodeSeed } from '../../../envs/math/random.ts';
import { treeOf } from '../../../envs/model/tree.ts';
import type { Meshes } from '../../../envs/model/types.ts';
import { reachOf } from '../../../envs/model/workspace.ts';
import { disturbedSpec } from '../../../envs/recording/disturbances.ts';
import { disturbedDynamics, undisturbed } from '../../../envs/sim/disturbances.ts';
import { offsetOf, width } from '../../../envs/spec.ts';
import { contactWidth, type Disturbance, type Trajectory } from '../../../envs/trajectory.ts';
import type { Actor } from '../../../src/policy/actor.ts';
import { actorOf, applySnapshot, type PolicySnapshot } from '../../../src/rollout/acting-policy.ts';
import { createOpenEpisode, type OpenEpisode } from '../../../src/rollout/open-episode.ts';
import { createRecorder, decisionsOf } from '../../../src/rollout/recorder.ts';
import { headerOf, provenanceOf, recordingOf } from '../../../src/run/recording.ts';
import type { Learner } from '../../../src/train/learner.ts';
import type { Answer, Control, Opened, Stepped } from './messages.ts';
import { messageOf } from './reasons.ts';
import { createSpring } from './spring.ts';

/** Steps that are kept of an episode, at most: five minutes of the usual ones. */
const longest = 7500;
/** Episodes that show where the arm gets to, and goals that show where goals are. */
const sampled = { episodes: 24, goals: 64 };

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
  /** What has happened since the last reset, as a rollout file. */
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
  const pulling = createSpring(env);
  let count = 0;
  let episode = createOpenEpisode(env, actor, seedOf(0), longest);
  let trainedSteps = learner.progress.envSteps;
  const opened: Opened = { ...openedOf(env, actor, learner, goals), isInTraining };
  const show = () => tell(steppedOf(env, actor, episode));
  const advance = () => {
    const pulled = pulling.force(hand.pull, episode.batch.pose);
    episode.step([...hand.take(usualIn(env, episode.batch)), ...(pulled ? [pulled] : [])], hand.spread);
    show();
    if (episode.isLost) clock.stop();
  };
  const clock = createClock(env.spec.dt, () => {
    try {
      advance();
    } catch (error) {
      clock.stop();
      tell({ type: 'failed', of: 'episode', message: messageOf(error) });
    }
  });
  return {
    opened,
    show,
    control(control) {
      hand.control(control);
      clock.set(control);
    },
    step: advance,
    reset() {
      episode.close();
      episode = createOpenEpisode(env, actor, seedOf(++count), longest);
      hand.again();
      pulling.forget();
      show();
      clock.set({});
    },
    newGoal() {
      if (!goals) return;
      const goal = goals.draw();
      hand.control({ goal });
      tell({ type: 'goal', goal });
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
      const bytes = await recordingOf(open, [episode.trajectory()], { ...rest, policy: { ...policy, trainedSteps } });
      return { type: 'kept', bytes, name: `${policy.name}-live-${count + 1}.safetensors` };
    },
    close() {
      clock.stop();
      episode.close();
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

/** What the numbers of the world are by themselves in the episode that runs in a batch of one. */
function usualIn({ scene, spec }: Env, batch: EnvBatch): Readonly<Record<string, number>> {
  const drawn = Object.fromEntries(spec.dynamics.map(({ name }, i) => [name, batch.dynamics[i]]));
  const own: Dynamics = { ...nominalDynamics, ...drawn };
  return undisturbed(scene, own);
}

/** Where episodes begin, as episodes of one step in which nothing moves: the first step of a simulation takes long to compile. */
function samplesOf(env: Env, actor: Actor): readonly Trajectory[] {
  const batch = env.open(1);
  const spec = { ...disturbedSpec(env.spec), horizon: 1 };
  const recorder = createRecorder(spec, actor, batch, 0);
  const act = new Float32Array(width(spec.act));
  const samples = Array.from({ length: sampled.episodes }, (_, n) => {
    recorder.start(n, episodeSeed(0, 'evaluation', 0, n));
    const decided = decisionsOf(actor.forward(batch.obs, 1), new Float64Array(act.length));
    recorder.recordAction(decided, 0, act);
    recorder.recordStep();
    return recorder.trajectory(decided.value[0]);
  });
  batch.close();
  return samples;
}

interface Goals {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** The goal of another episode, m. */
  draw(): readonly number[];
  close(): void;
}

/** Where the goals of a task are; null where it has none. */
function goalsOf({ spec, open }: Env): Goals | null {
  const [marker] = spec.markers;
  if (!marker) return null;
  const at = offsetOf(spec.params, marker.param);
  const scratch: EnvBatch = open(1);
  let n = 0;
  const draw = () => {
    scratch.start(0, episodeSeed(0, 'evaluation', 1, n++));
    return Array.from(scratch.params.subarray(at, at + 3));
  };
  const some = Array.from({ length: sampled.goals }, draw);
  const edge = (pick: (...values: number[]) => number) => [0, 1, 2].map((i) => pick(...some.map((goal) => goal[i])));
  return { low: edge(Math.min), high: edge(Math.max), draw, close: () => scratch.close() };
}

type Given = Omit<Disturbance, 't'>;

/** What a hand holds, and what of that the next step has to be told. */
function createHand({ spec }: Env) {
  const [marker] = spec.markers;
  const velocity = marker && spec.params.find(({ name }) => name === `${marker.param}_velocity`);
  const dynamics = new Map<string, number>();
  let told = new Map<string, number>();
  let goal: readonly number[] | null = null;
  let before: readonly number[] | null = null;
  let spread = 0;
  let pull: Control['pull'] = null;
  const goalGiven = (): Given[] => {
    if (!goal || !marker) return [];
    // A goal that nothing else moves stays where it was put.
    if (!spec.paramsMove && before === goal) return [];
    const moved = goal.map((x, i) => (before ? (x - before[i]) / spec.dt : 0));
    before = goal;
    const given: Given[] = [{ kind: 'param', target: marker.param, values: goal }];
    return velocity ? [...given, { kind: 'param', target: velocity.name, values: moved }] : given;
  };
  return {
    get spread() {
      return spread;
    },
    get pull() {
      return pull;
    },
    control(control: Control) {
      if (control.spread !== undefined) spread = control.spread;
      if (control.pull !== undefined) pull = control.pull;
      if (control.goal !== undefined) goal = control.goal;
      for (const [name, value] of Object.entries(control.dynamics ?? {})) {
        if (value === null) dynamics.delete(name);
        else dynamics.set(name, value);
      }
    },
    /** What is new since the step before, or has to be said at every step; what is let go of is as usual again. */
    take(usual: Readonly<Record<string, number>>): Given[] {
      const released = [...told.keys()].filter((name) => !dynamics.has(name));
      const held = [...released.map((name) => [name, usual[name]] as const), ...dynamics];
      const changed = held.filter(([name, value]) => told.get(name) !== value);
      told = new Map(dynamics);
      const given = changed.map(([target, value]): Given => ({ kind: 'dynamics', target, values: [value] }));
      return [...given, ...goalGiven()];
    },
    /** Another episode has been told of nothing yet, and has a goal of its own. */
    again() {
      told = new Map();
      goal = null;
      before = null;
      pull = null;
    },
  };
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

/** The state that an episode is in, as rows of a trajectory; copies, for the batch goes on. */
function steppedOf(env: Env, actor: Actor, { batch, steps, decided, done, isKept, isLost }: OpenEpisode): Stepped {
  const { contact_count: touches, contacts, q, dq } = batch;
  return {
    type: 'stepped',
    t: steps,
    success: batch.success[0] === 1,
    isLost,
    isKept,
    disturbances: done,
    ...(!decided && { usual: usualIn(env, batch) }),
    rows: {
      obs: batch.obs.slice(),
      pose: batch.pose.slice(),
      params: batch.params.slice(0, width(env.spec.params)),
      ...(!decided && { dynamics: batch.dynamics.slice() }),
      ...(q && dq && { q: q.slice(), dq: dq.slice() }),
      ...(touches &&
        contacts && { contact_count: touches.slice(), contacts: contacts.slice(0, touches[0] * contactWidth) }),
      ...(decided && {
        ...Object.fromEntries(Object.entries(decided).map(([name, row]) => [name, row.slice()])),
        reward: batch.reward.slice(),
        terms: batch.terms.slice(),
      }),
      // What the policy decided tells of the state before.
      value: actor.forward(batch.obs, 1).value.slice(),
    },
  };
}
