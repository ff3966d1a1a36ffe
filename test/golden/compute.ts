import type { EnvBatch } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { type Arm, type Scene, sceneOf } from '../../envs/model/types.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import type { OptionValues } from '../../envs/options.ts';
import type { Recording } from '../../envs/recording/header.ts';
import type { Drive } from '../../envs/sim/plan.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import type { State } from '../../envs/task.ts';
import { armsOf, configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { columns, digestOf, thetaAfter, trajectoriesOf } from '../../src/queue/self-check.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { allKinds, panning } from '../envs/kinds.ts';
import { slow } from '../envs/slow.ts';
import { randomRobot } from '../urdf/random-robot.ts';

/**
 * Digests of everything that must come out with the same bits in Node and in a browser, on any machine. The module runs in
 * both, so it may use neither fs nor DOM.
 */
export async function goldenDigests(): Promise<Record<string, string>> {
  await loadPhysics();
  const digests: Record<string, string> = {};
  for (const drive of ['position', 'torque'] as const) {
    digests[`ends of two turns each way, ${drive}`] = await digestOf(pastEachEnd(drive));
    digests[`20 rad of a continuous joint, ${drive}`] = await digestOf(twentyRadians(drive));
  }
  for (const [name, task] of Object.entries(tasks)) {
    for (const arm of armsOf(task)) {
      digests[`trajectories ${name} ${arm}`] = await digestOf(trajectoriesOf(name, arm).flatMap(columns));
    }
  }
  digests['trajectories reach, three world steps a control step'] = await digestOf(
    trajectoriesOf('reach', slow).flatMap(columns),
  );
  for (const [name, arm] of [
    ['panda-reach-joints', 'panda'],
    ['reach', 'so101'],
  ]) {
    digests[`contacts ${name} ${arm}`] = await digestOf(
      fullActions(name, arm, 4, { contacts: true, contactCost: 0.01 }),
    );
  }
  for (const [name, { episodes }] of Object.entries(handsByObjects())) {
    const shown = episodes.flatMap((one) => [...columns(one), one.contacts]);
    digests[`hands by objects ${name}`] = await digestOf(shown);
  }
  for (const [name, arm] of [
    ['panda-reach-joints', 'panda'],
    ['panda-push', 'panda'],
    ['reach', 'so101'],
  ]) {
    const episodes = trajectoriesOf(name, arm, drawn);
    digests[`drawn dynamics ${name} ${arm}`] = await digestOf(
      episodes.flatMap((one) => [...columns(one), one.dynamics]),
    );
  }
  for (const [name, arm] of [
    ['panda-reach', 'panda'],
    ['panda-reach-joints', 'panda'],
    ['panda-reach-joints', 'planar'],
  ]) {
    digests[`full actions ${name} ${arm}`] = await digestOf(fullActions(name, arm));
  }
  for (const algorithm of Object.keys(algorithms)) {
    for (const env of Object.keys(tasks))
      digests[`theta ${algorithm} ${env}`] = await digestOf([
        thetaAfter(algorithm, env, settings[env] ?? settings[`${algorithm} ${env}`]),
      ]);
  }
  for (const baseline of Object.keys(baselines)) {
    digests[`theta reinforce panda-reach-joints ${baseline}`] = await digestOf([
      thetaAfter('reinforce', 'panda-reach-joints', { baseline }),
    ]);
  }
  for (const policy of Object.keys(distributions)) {
    digests[`theta trpo panda-reach-joints ${policy}`] = await digestOf([
      thetaAfter('trpo', 'panda-reach-joints', { policy }),
    ]);
  }
  for (let seed = 0; seed < 3; seed++) {
    const { text, tip } = randomRobot(stream(seed, 'start'));
    const { arm } = readUrdf(text, 'robot.urdf', { tip });
    digests[`robot file ${seed}`] = await digestOf([Float64Array.from(numbersOf(arm))]);
  }
  return digests;
}

/** Dynamics of every kind that all of these arms have. */
const drawn =
  'mass=0.8:1.2,motor.stiffness=0.5:1.2,motor.strength=0.8:1.2,payload=0:0.5,delay=0:2,noise.position=0:0.005,start=0.3,gravity=0:1';

/** Every number in a value. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value ? Object.values(value).flatMap(numbersOf) : [];
}

/**
 * Poses of some episodes of full actions, each joint's or axis's sign held for a while: joints come to their limits, and far from
 * where they began.
 */
function fullActions(
  name: string,
  arm: string,
  episodes = 20,
  options: OptionValues = {},
): (Float32Array | Float64Array)[] {
  const env = envOf(configureEnv(name, { arm, options: { horizon: 80, endsOnSuccess: false, ...options } }));
  const size = width(env.spec.act);
  const batch = env.open(1);
  const shown: (Float32Array | Float64Array)[] = [];
  for (let episode = 0; episode < episodes; episode++) {
    const random = stream(episode, 'noise');
    batch.start(0, episode);
    let act = new Float32Array(size);
    for (let t = 0; batch.last[0] === 0; t++) {
      if (t % 20 === 0) act = act.map(() => (random.uniform() < 0.5 ? -1 : 1));
      batch.step(act);
      shown.push(batch.pose.slice(), ...(batch.contacts ? [batch.reward.slice(), contactsOf(batch)] : []));
    }
  }
  batch.close();
  return shown;
}

/** The points of contact of the one slot. */
function contactsOf({ contact_count, contacts }: EnvBatch): Float32Array {
  return (contacts as Float32Array).slice(0, 8 * (contact_count as Float32Array)[0]);
}

/**
 * Episodes of noise in which hands begin where their work does: from home they would meet no object. By task and what actions move,
 * with all that rewards and observations can have in them.
 */
export function handsByObjects(): Record<string, { scene: Scene; episodes: Trajectory[] }> {
  const found: Record<string, { scene: Scene; episodes: Trajectory[] }> = {};
  for (const name of ['panda-push', 'panda-pick-and-place']) {
    for (const control of ['end-effector', 'joints']) {
      const env = envOf(configureEnv(name, { options: { control, reward: 'shaped', relative: true } }));
      const eased = { ...env, open: (slots: number) => env.open(slots, { distance: 1, assisted: 1 }) };
      const episodes = collect(eased, randomActor(env), {
        seedOf: (episode) => 1000 + episode,
        until: { episodes: 16 },
        slots: 2,
        deterministic: false,
      });
      found[`${name}, ${control}`] = { scene: env.scene, episodes };
    }
  }
  return found;
}

/** Settings under which motors, and torques, move the arms below. */
const physics = { dt: 0.02, substeps: 4, solverIterations: 2, internalIterations: 8, gravityCompensation: false };

/** What an arm shows of itself when it is sent past each end of its first joint, from near the other. */
function pastEachEnd(drive: Drive['drive']): Columns {
  return [-1, 1].flatMap((side) => {
    const control = drive === 'position' ? [side * 100, 0.4] : [side * 150, 0];
    return motionOf(panning, drive, [-5.9 * side, 0.4], 150, () => control);
  });
}

/** What an arm of every kind of joint shows of itself while its first one turns on and on. */
function twentyRadians(drive: Drive['drive']): Columns {
  const along = ({ q }: State) => (drive === 'position' ? [q[0] + 0.3, 3, 0.3, 0] : [5, 1, 40, 0]);
  return motionOf(allKinds, drive, allKinds.home, 250, along);
}

type Columns = Float64Array[];

/** Positions and velocities of the joints and the poses of the bodies after every step, as one column for each step. */
function motionOf(
  arm: Arm,
  drive: Drive['drive'],
  start: ArrayLike<number>,
  steps: number,
  control: (state: State) => ArrayLike<number>,
): Columns {
  const world = new Simulation(sceneOf(arm), physics, { drive }, 1);
  const state = world.place(0, start, null);
  const shown = Array.from({ length: steps }, () => {
    world.command(0, control(state));
    world.step();
    world.read(0);
    return Float64Array.from([...state.q, ...state.dq, ...state.pose]);
  });
  world.close();
  return shown;
}

/** The same two episodes as a recording. */
export function recordingOf(name: string, arm: string): Recording {
  const { config, spec, scene } = envOf(configureEnv(name, { arm }));
  const policy = { name: 'noise', kind: 'controller', trainedSteps: 0 };
  return { header: { env: config, spec, scene, gamma: 1, lambda: 1, policy }, episodes: trajectoriesOf(name, arm) };
}

/** Settings of training that the digests are of, by environment or by algorithm and environment, where they are not the defaults. */
const settings: Readonly<Record<string, Record<string, string>>> = {
  'reach-pose': { gamma: '0.95' },
  'ppo panda-push': { batch: '4000', epochs: '10', entropyBonus: '0' },
  'ppo panda-slide': { batch: '4000', epochs: '10', entropyBonus: '0' },
  'ppo panda-pick-and-place': { batch: '4000', epochs: '10', entropyBonus: '0', finalLearningRate: '0.1' },
};
