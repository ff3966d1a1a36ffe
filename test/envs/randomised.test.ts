import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { applicableDynamics } from '../../envs/dynamics/applicable.ts';
import { type Dynamics, dynamicsNames, nominalDynamics } from '../../envs/dynamics/fields.ts';
import type { DynamicsRanges } from '../../envs/dynamics/ranges.ts';
import type { Env } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { cross, dot, rotate, subtract } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { siteOf } from '../../envs/model/tree.ts';
import { type Arm, type Scene, sceneOf } from '../../envs/model/types.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { payloadRadius } from '../../envs/sim/plan.ts';
import { loadPhysics, RapierWorld } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { offsetOf, width } from '../../envs/spec.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { testContract } from './contract.ts';
import { openTable } from './pushed-cube.ts';
import { expectPurity, randomisedEnv } from './randomised.ts';
import { gravityTorques } from './statics.ts';
import { motorOf, randomAction, reachPhysics, recorded, taskOf } from './support.ts';

beforeAll(loadPhysics);

describe('panda-reach-joints with everything random', () => {
  const options = { goalRadius: 0.1 };
  testContract(
    randomisedEnv('panda-reach-joints', 'panda', options),
    randomisedEnv('panda-reach-joints', 'panda', { horizon: 2 }),
  );
});

test.each([
  ['panda-reach-joints', {}],
  ['panda-push', { horizon: 20 }],
])('%s from one posture, by another mass each, plays an episode with the same bytes in any slot', (name, options) => {
  expectPurity(makeEnv(name, { options, dynamics: 'mass=0.7:1.4,payload=0:1,gravity=0:1' }));
});

test('panda-push with everything random plays an episode with the same bytes in any slot, after any others', () => {
  expectPurity(randomisedEnv('panda-push', 'panda', { horizon: 20 }));
});

const { panda } = arms;
const scene = sceneOf(panda);
const settings = reachPhysics(panda);

/** The Panda by itself at a posture, held there by its motors, in a world of these dynamics. */
function held(change: Partial<Dynamics>, q: readonly number[] = panda.home, steps = 75) {
  const simulation = new Simulation(scene, settings, { drive: 'position' }, 1);
  const dynamics = { ...nominalDynamics, ...change };
  const state = simulation.place(0, q, null, undefined, undefined, dynamics);
  for (let t = 0; t < steps; t++) {
    simulation.command(0, q);
    simulation.step();
    simulation.read(0);
  }
  const found = Array.from(state.q);
  simulation.close();
  return found;
}

/** Torques that a weight at the tip puts on the joints of a chain, N m. */
function payloadTorques({ arm, gravity }: Scene, q: ArrayLike<number>, mass: number): number[] {
  const { bodies, tip } = forwardKinematics(arm, q);
  return arm.model.joints.map((joint, j) => {
    const axis = rotate(bodies[j].rotation, joint.axis);
    return dot(axis, cross(subtract(tip.position, bodies[j].position), [0, 0, -mass * gravity]));
  });
}

describe('an arm that holds still', () => {
  // Errors of a motor are small, so that its stiffness is the slope: e = torque / k.
  const sag = (found: readonly number[]) =>
    found.map((angle, i) => (angle - panda.home[i]) * motorOf(panda.joints[i]).stiffness);
  test.each<[string, Partial<Dynamics>, (q: readonly number[]) => readonly number[]]>([
    ['by nothing as it is', {}, (q) => q.map(() => 0)],
    ['by its weight where nothing cancels that', { gravity: 1 }, (q) => gravityTorques(scene, q)],
    ['by all of another mass then', { gravity: 1, mass: 1.4 }, (q) => gravityTorques(scene, q).map((x) => 1.4 * x)],
    [
      'by what another mass has more than the nominal',
      { mass: 1.4 },
      (q) => gravityTorques(scene, q).map((x) => 0.4 * x),
    ],
    ['upwards where it has less', { mass: 0.6 }, (q) => gravityTorques(scene, q).map((x) => -0.4 * x)],
    ['by a payload at its tip', { payload: 2 }, (q) => payloadTorques(scene, q, 2)],
    [
      'twice as far by motors of half the stiffness',
      { payload: 2, 'motor.stiffness': 0.5 },
      (q) => payloadTorques(scene, q, 2).map((x) => 2 * x),
    ],
    [
      'by both, and its weight',
      { payload: 1, gravity: 1, mass: 1.2 },
      (q) => payloadTorques(scene, q, 1).map((x, i) => x + 1.2 * gravityTorques(scene, q)[i]),
    ],
  ])('sags %s', (_, change, expected) => {
    const found = held(change);
    const torques = expected(found);
    const largest = Math.max(1, ...torques.map(Math.abs));
    sag(found).forEach((torque, i) => {
      expect(Math.abs(torque - torques[i]), `joint ${i}: ${torque} N m, expected ${torques[i]}`).toBeLessThan(
        0.03 * largest,
      );
    });
  });
});

describe('an arm that is moved', () => {
  /** Joint velocities after a world step of torques; those that are read are a step old. */
  const kicked = (change: Partial<Dynamics>, arm: Arm = panda) => {
    const short = { ...settings, dt: 0.001, solverIterations: 1 };
    const simulation = new Simulation(sceneOf(arm, undefined, 0), short, { drive: 'torque' }, 1);
    const dynamics = { ...nominalDynamics, ...change };
    simulation.place(0, arm.home, null, undefined, undefined, dynamics);
    simulation.command(
      0,
      arm.joints.map((_, i) => (i % 2 ? -5 : 5)),
    );
    for (let t = 0; t < 2; t++) simulation.step();
    const dq = Array.from(simulation.read(0).dq);
    simulation.close();
    return dq;
  };
  const expectShare = (found: readonly number[], of: readonly number[], share: number) => {
    const largest = Math.max(...of.map(Math.abs));
    // A little of it goes into the damping of the joints, which is the same.
    found.forEach((speed, i) => {
      expect(Math.abs(speed - share * of[i]), `joint ${i}`).toBeLessThan(0.02 * largest);
    });
  };

  test('is half as fast of twice the mass and inertia, and by half the strength', () => {
    const usual = kicked({});
    expectShare(kicked({ mass: 2 }), usual, 0.5);
    expectShare(kicked({ 'motor.strength': 0.5 }), usual, 0.5);
    expect(kicked({ 'motor.stiffness': 0.5 })).toEqual(usual);
  });

  test('carries its payload as if that were of its last link', () => {
    const { site, body } = siteOf(panda, panda.tip);
    const own = panda.bodies[body + 1].inertial;
    if (!own) throw new Error('the last link has a mass');
    const moment = 0.4 * 2 * payloadRadius ** 2;
    const alone = { mass: 2, center: site.frame.position, inertia: [moment, moment, moment, 0, 0, 0] as const };
    const mass = own.mass + alone.mass;
    const center = [0, 1, 2].map((k) => (own.mass * own.center[k] + alone.mass * alone.center[k]) / mass);
    const about = ({
      mass,
      center: at,
      inertia,
    }: {
      mass: number;
      center: ArrayLike<number>;
      inertia: readonly number[];
    }) => {
      const [x, y, z] = center.map((c, k) => at[k] - c);
      const steiner = [y * y + z * z, x * x + z * z, x * x + y * y, -x * y, -x * z, -y * z];
      return inertia.map((value, k) => value + mass * steiner[k]);
    };
    const [a, b] = [about(own), about(alone)];
    const inertial = { mass, center, inertia: a.map((value, k) => value + b[k]) };
    const heavier = {
      ...panda,
      bodies: panda.bodies.map((one, i) => (i === body + 1 ? { ...one, inertial } : one)),
    } as unknown as Arm;
    const [loaded, expected, usual] = [kicked({ payload: 2 }), kicked({}, heavier), kicked({})];
    expectShare(loaded, expected, 1);
    expect(() => expectShare(loaded, usual, 1)).toThrow();
  });

  test('leaves nothing behind where it carried a payload', () => {
    // Rapier keeps a little of every arm that it is rid of: of a joint more, but not of a body.
    const kept = (payload: number) => {
      const world = new RapierWorld(settings, scene.gravity);
      const simulation = new Simulation(scene, settings, { drive: 'position' }, 1, world);
      const [before, after] = [1, 20].map((times) => {
        for (let i = 0; i < times; i++) {
          simulation.place(0, panda.home, null, undefined, undefined, { ...nominalDynamics, payload });
          simulation.remove(0);
        }
        return world.snapshot().length;
      });
      simulation.close();
      return (after - before) / 20;
    };
    expect(kept(1) - kept(0)).toBeLessThan(100);
  });

  test('gets no farther in a step than its force limits let it', () => {
    const target = panda.home.map((angle) => angle + 0.5);
    const far = (change: Partial<Dynamics>) => {
      const simulation = new Simulation(scene, settings, { drive: 'position' }, 1);
      simulation.place(0, panda.home, null, undefined, undefined, { ...nominalDynamics, ...change });
      simulation.command(0, target);
      simulation.step();
      const way = simulation.read(0).q[0] - panda.home[0];
      simulation.close();
      return way;
    };
    expect(far({ 'motor.strength': 0.5 }) / far({})).toBeCloseTo(0.5, 1);
  });
});

test.each([0.5, 1, 2])('a cube that is thrown slides %d of the friction', (friction) => {
  const decelerations = [1, friction].map((factor) => {
    const table = openTable(
      panda.home,
      { position: [-0.1, 0, 0.01993], velocity: [0.5, 0, 0, 0, 0, 0] },
      { friction: factor },
    );
    const places = Array.from({ length: 3 }, () => {
      table.step(panda.home);
      return table.cube()[0];
    });
    table.close();
    return 2 * places[1] - places[0] - places[2];
  });
  expect(decelerations[1] / decelerations[0]).toBeCloseTo(friction, 1);
});

/** What an environment shows of an episode, step by step, by actions of the episode's own. */
function episode(env: Env, seed: number, late = 0, steps = 12) {
  const batch = env.open(1);
  const size = width(env.spec.act);
  const random = stream(seed, 'noise');
  const actions = Array.from({ length: steps }, () => randomAction(size, random));
  batch.start(0, seed);
  const rows = () => ({
    obs: batch.obs.slice(),
    pose: batch.pose.slice(),
    params: batch.params.slice(),
    reward: batch.reward[0],
  });
  const shown = [rows()];
  for (let t = 0; t < steps && !batch.last[0]; t++) {
    batch.step(actions[t - late] ?? new Float32Array(size));
    shown.push(rows());
  }
  const dynamics = batch.dynamics.slice();
  batch.close();
  return { shown, dynamics };
}

const reachJoints = (dynamics: DynamicsRanges | string, options = {}) =>
  makeEnv('panda-reach-joints', { dynamics, options: { observeJoints: true, relativeGoal: true, ...options } });

describe('an episode', () => {
  test.each([
    ['panda-reach-joints', 'panda'],
    ['panda-push', 'panda'],
    ['reacher-easy', 'planar'],
  ])('of %s has the bits of a task that draws nothing where all that is drawn is nominal', (name, arm) => {
    const applicable = applicableDynamics(taskOf(name, arms[arm]));
    const ranges = Object.fromEntries(
      applicable.map((each) => [each, [nominalDynamics[each], nominalDynamics[each]]] as const),
    );
    const [plain, drawn] = [makeEnv(name, { arm }), makeEnv(name, { arm, dynamics: ranges })];
    expect(episode(drawn, 3).shown).toEqual(episode(plain, 3).shown);
    expect(drawn.spec.dynamics.map((field) => field.name)).toEqual(applicable);
  });

  test('with a delay has the bits of one whose actions come late', () => {
    for (const delay of [1, 3]) {
      const [delayed, late] = [episode(reachJoints({ delay: [delay, delay] }), 5), episode(reachJoints({}), 5, delay)];
      expect(delayed.shown).toEqual(late.shown);
    }
  });

  test('begins where its start posture says, and its goal is where it was', () => {
    const [plain, off] = [reachJoints({}), reachJoints('start=0.3')];
    const at = offsetOf(plain.spec.obs, 'q');
    for (let seed = 0; seed < 5; seed++) {
      const [a, b] = [plain, off].map((env) => episode(env, seed, 0, 1).shown[0]);
      expect(b.params).toEqual(a.params);
      const offs = Array.from({ length: 7 }, (_, i) => Math.abs(b.obs[at + i] - a.obs[at + i]));
      for (const each of offs) expect(each).toBeLessThanOrEqual(0.3 + 1e-6);
      expect(Math.max(...offs)).toBeGreaterThan(0.05);
    }
  });

  test('is observed with noise on positions and angles alone, and goes on and is judged without', () => {
    const [plain, noisy] = [reachJoints({}), reachJoints('noise.position=0.01')];
    const slice = (obs: Float32Array, name: string) => {
      const at = offsetOf(plain.spec.obs, name);
      const size = plain.spec.obs.find((field) => field.name === name)?.size ?? 0;
      return Array.from(obs.subarray(at, at + size));
    };
    const errors: number[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const [a, b] = [plain, noisy].map((env) => episode(env, seed).shown);
      a.forEach((row, t) => {
        const seen = b[t];
        expect(seen.pose).toEqual(row.pose);
        expect(seen.reward).toBe(row.reward);
        for (const name of ['velocity', 'desired_goal']) expect(slice(seen.obs, name)).toEqual(slice(row.obs, name));
        const tip = slice(seen.obs, 'position');
        expect(slice(seen.obs, 'achieved_goal')).toEqual(tip);
        const goal = slice(seen.obs, 'desired_goal');
        slice(seen.obs, 'relative_goal').forEach((x, i) => {
          expect(x).toBeCloseTo(goal[i] - tip[i], 5);
        });
        for (const name of ['position', 'q']) {
          const exact = slice(row.obs, name);
          errors.push(...slice(seen.obs, name).map((x, i) => x - exact[i]));
        }
      });
    }
    const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length);
    // Of over a thousand: five standard errors.
    expect(Math.abs(mean)).toBeLessThan((5 * 0.01) / Math.sqrt(errors.length));
    expect(Math.abs(deviation - 0.01)).toBeLessThan((5 * 0.01) / Math.sqrt(2 * errors.length));
    expect(new Set(errors).size).toBeGreaterThan(0.9 * errors.length);
  });
});

describe('what a task has to vary', () => {
  test.each([
    ['panda-reach-joints', 'panda', {}, ['friction']],
    ['panda-reach-joints', 'panda', { contacts: true }, []],
    ['panda-reach-joints', 'panda', { gravityCompensation: false }, ['gravity', 'friction']],
    ['panda-push', 'panda', {}, []],
    ['reacher-easy', 'planar', {}, ['mass', 'motor.stiffness', 'motor.strength', 'payload', 'gravity', 'friction']],
  ])('%s on %s by %j lacks %j', (name, arm, options, missing) => {
    const found = applicableDynamics(taskOf(name, arms[arm], options));
    expect(found).toEqual(dynamicsNames.filter((each) => !(missing as readonly string[]).includes(each)));
  });

  test('is said where something else is asked for', () => {
    expect(() => makeEnv('panda-reach', { dynamics: 'friction=0.5' })).toThrow(
      /panda-reach has no "friction" to vary; it has: mass, /,
    );
    expect(() => makeEnv('panda-reach', { dynamics: { friction: [0.5, 1] } })).toThrow(/panda-reach has no "friction"/);
    expect(makeEnv('reacher-easy', { dynamics: 'transfer' }).spec.dynamics.map(({ name }) => name)).toEqual([
      'delay',
      'noise.position',
      'start',
    ]);
  });
});

describe('a recording', () => {
  const env = randomisedEnv('panda-reach-joints', 'panda');
  const record = () =>
    recorded(env, randomActor(env), { seedOf: (i) => 100 + i, until: { episodes: 5 }, deterministic: false });

  test('has the dynamics of its episodes, survives its file, and is verified', async () => {
    const recording = record();
    const file = await decodeRecording(await encodeRecording(recording), 'test');
    expect(file.header.env.dynamics).toEqual(env.config.dynamics);
    file.episodes.forEach(({ dynamics }, i) => {
      expect(dynamics).toEqual(recording.episodes[i].dynamics);
      expect(dynamics.length).toBe(env.spec.dynamics.length);
    });
    expect(new Set(file.episodes.map(({ dynamics }) => dynamics.join())).size).toBe(5);
    expect(findDifference(env, file)).toBeNull();
  });

  test('of other dynamics than it says differs there', () => {
    const { header, episodes } = record();
    const dynamics = episodes[2].dynamics.slice();
    dynamics[1] *= 1.01;
    const forged = episodes.map((one, i) => (i === 2 ? { ...one, dynamics } : one));
    expect(findDifference(env, { header, episodes: forged })).toMatchObject({
      episode: 2,
      step: 0,
      field: 'dynamics[1]',
    });
    const other = makeEnv('panda-reach-joints', { dynamics: { ...env.config.dynamics, payload: [0, 1.5] } });
    expect(findDifference(other, { header, episodes })?.field).toBe('header.env.dynamics.payload.1');
    expect(findDifference(makeEnv('panda-reach-joints'), { header, episodes })?.field).toBe('header.env.dynamics');
  });
});
