import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { mujocoModel } from '../../envs/sim/mujoco-model.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { wristLimit } from '../../envs/tasks/dm-control-arm.ts';
import type { Motion } from '../../src/robots/motions.ts';
import { differenceOf, forced, inMujoco, inRapier, smooth, squares, taskMotion } from './arm-in-mujoco.ts';
import { dmControlModel, reacherModel } from './mujoco.ts';
import { openMujoco } from './open-mujoco.ts';
import { controlOf, distance, motorOf, simulateTask, startOf, taskOf } from './support.ts';

beforeAll(loadPhysics);

const { panda, planar } = arms;

describe("the Panda at the task's default settings against MuJoCo, under gravity", () => {
  const { physics } = taskOf('panda-reach-joints', panda, { gravityCompensation: false });

  const difference = async (motion: Motion) =>
    differenceOf(inRapier(motion, physics), await inMujoco(motion, physics.dt));

  test('follows a smooth motion within 0.012 rad RMS', async () => {
    const { rms, largest } = await difference(smooth);
    console.info(`smooth motion: ${rms.toFixed(4)} rad RMS, ${largest.toFixed(3)} at most`);
    expect(rms).toBeLessThan(0.012);
  });

  test.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    'follows the motion of a task within 0.012 rad RMS: seed %i',
    async (seed) => {
      const { rms, largest } = await difference(taskMotion(seed));
      console.info(`task motion ${seed}: ${rms.toFixed(4)} rad RMS, ${largest.toFixed(3)} at most`);
      expect(rms).toBeLessThan(0.012);
    },
  );

  // Small differences in when a motor lets go of its force limit grow: these figures are reported, and bounded only so that
  // they cannot double unnoticed. Fast motions come to the limits now and then, jumps of 0.5 rad all the time; no task asks for those.
  test.each([
    { kind: 'fast sines', motions: forced, bound: 0.09 },
    { kind: 'square waves', motions: squares, bound: 0.35 },
  ])('reports its error where force limits hold it back: $kind', async ({ kind, motions, bound }) => {
    for (const motion of motions) {
      const { rms, largest } = await difference(motion);
      console.info(`${kind}: ${rms.toFixed(3)} rad RMS, ${largest.toFixed(2)} at most`);
      expect(rms).toBeLessThan(bound);
    }
  });
});

// PyBullet's position control, as panda-gym uses it: a velocity motor that wants 50 (target - q), which closes a tenth of
// the error in each of the 20 steps of 2 ms, as far as its force limit lets it.
test('a full action moves the end effector as far as in panda-gym, to a tenth', async () => {
  const task = taskOf('panda-reach-joints', panda);
  const mujoco = await openMujoco(
    mujocoModel(task.scene.arm, { timestep: 0.002, damping: 0, limited: false }, (joint, i) => {
      const { maxForce } = motorOf(joint);
      return `<velocity joint="joint${i}" kv="3000" forcerange="${-maxForce} ${maxForce}"/>`;
    }),
  );
  const world = simulateTask(task);
  const random = stream(1, 'noise');
  const tip = (q: ArrayLike<number>) => forwardKinematics(task.scene.arm, q).tip.position;
  const [episodes, steps] = [40, 10];
  const peer = { tip: 0, joint: 0 };
  const ours = { tip: 0, joint: 0 };
  for (let episode = 0; episode < episodes; episode++) {
    mujoco.reset(panda.home);
    const state = world.place(0, panda.home, null);
    for (let t = 0; t < steps; t++) {
      const action = Float64Array.from(panda.home, () => (random.uniform() < 0.5 ? -1 : 1));
      const progress = (before: ArrayLike<number>, after: ArrayLike<number>) =>
        action.reduce((sum, a, i) => sum + (a * (after[i] - before[i])) / task.controller.spec.scale, 0) /
        action.length;

      const before = mujoco.q();
      const target = before.map((angle, i) => angle + task.controller.spec.scale * action[i]);
      for (let substep = 0; substep < 20; substep++) {
        const q = mujoco.q();
        mujoco.step(
          target.map((angle, i) => 50 * (angle - q[i])),
          1,
        );
      }
      peer.tip += distance(tip(before), tip(mujoco.q()));
      peer.joint += progress(before, mujoco.q());

      const own = Array.from(state.q);
      world.command(0, controlOf(task, state, action));
      world.step();
      world.read(0);
      ours.tip += distance(tip(own), tip(state.q));
      ours.joint += progress(own, state.q);
    }
  }
  world.close();
  mujoco.free();
  const n = episodes * steps;
  console.info(
    `full actions: ${(ours.tip / n).toFixed(4)} m and ${(ours.joint / n).toFixed(3)} of the joint step`,
    `(peer ${(peer.tip / n).toFixed(4)} and ${(peer.joint / n).toFixed(3)})`,
  );
  expect(Math.abs(ours.tip / peer.tip - 1)).toBeLessThan(0.1);
  expect(Math.abs(ours.joint / peer.joint - 1)).toBeLessThan(0.1);
});

describe("the planar arm at the task's default settings against Gymnasium's Reacher", () => {
  const task = taskOf('reacher', planar);

  /**
   * RMS difference of a joint angle, rad, over 12 episodes of 50 steps with uniform actions in [-size, size]. An episode
   * counts until joint 2 comes to its limit: how a limit gives way is each engine's own.
   */
  async function difference(size: number): Promise<{ rms: number; travel: number; counted: number }> {
    const mujoco = await openMujoco(reacherModel);
    let [sum, counted, travel] = [0, 0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const { q, dq } = startOf(task, seed);
      const world = simulateTask(task);
      const state = world.place(0, q, dq);
      mujoco.reset(q, dq);
      const random = stream(seed, 'noise');
      for (let t = 0; t < task.horizon; t++) {
        const action = Float64Array.from([random.between(-size, size), random.between(-size, size)]);
        // Two frames of 0.01 s.
        mujoco.step(action, 2);
        world.command(0, controlOf(task, state, action));
        world.step();
        world.read(0);
        const reference = mujoco.q();
        if (Math.abs(reference[1]) > 2.8) break;
        reference.forEach((angle, i) => {
          // Joint 1 turns freely, and is read within half a turn.
          const off = state.q[i] - angle;
          sum += (off - 2 * Math.PI * Math.round(off / (2 * Math.PI))) ** 2;
          travel = Math.max(travel, Math.abs(angle - q[i]));
          counted++;
        });
      }
      world.close();
    }
    mujoco.free();
    const rms = Math.sqrt(sum / counted);
    console.info(`reacher, actions to ${size}: ${rms.toFixed(4)} rad RMS over a travel of ${travel.toFixed(1)} rad`);
    return { rms, travel, counted };
  }

  test('follows random torques of up to 100 N m within 0.012 rad RMS', async () => {
    const { rms, travel, counted } = await difference(0.5);
    expect(counted).toBeGreaterThan(800);
    expect(travel).toBeGreaterThan(2);
    expect(rms).toBeLessThan(0.012);
  });

  // Symplectic Euler steps of h run ahead by h / 2 times the change of velocity since the start: with h = 2.5 ms and the
  // 11 rad/s RMS that such torques reach that is 0.014 rad.
  test('follows random torques of up to 200 N m within 0.016 rad RMS', async () => {
    const { rms, counted } = await difference(1);
    expect(counted).toBeGreaterThan(800);
    expect(rms).toBeLessThan(0.016);
  });
});

describe("dm_control's reacher", () => {
  const task = taskOf('reacher-hard', planar);

  // Its step is MuJoCo's: what is left are roundings to float32, of thousands of them.
  test('follows 1000 steps of torques that drive the wrist into its limits within 0.001 rad RMS', async () => {
    const mujoco = await openMujoco(dmControlModel);
    let [angles, speeds, atLimit, deepest, fastest] = [0, 0, 0, 0, 0];
    const [episodes, steps] = [8, 1000];
    for (let seed = 1; seed <= episodes; seed++) {
      const { q } = startOf(task, seed);
      const world = simulateTask(task);
      const state = world.place(0, q, null);
      mujoco.reset(q);
      const random = stream(seed, 'noise');
      const action = new Float64Array(2);
      for (let t = 0; t < steps; t++) {
        // Held for up to 15 steps, in which the wrist turns from end to end.
        if (t % (seed * 2 - 1) === 0) for (const i of [0, 1]) action[i] = random.between(-1, 1);
        mujoco.step(action, 1);
        world.command(0, controlOf(task, state, action));
        world.step();
        world.read(0);
        const [reference, speed] = [mujoco.q(), mujoco.dq()];
        if (Math.abs(reference[1]) > wristLimit) atLimit++;
        deepest = Math.max(deepest, Math.abs(reference[1]) - wristLimit);
        fastest = Math.max(fastest, ...speed.map(Math.abs));
        for (const i of [0, 1]) {
          angles += (state.q[i] - reference[i]) ** 2;
          speeds += (state.dq[i] - speed[i]) ** 2;
        }
      }
      world.close();
    }
    mujoco.free();
    const rms = (sum: number) => Math.sqrt(sum / (2 * episodes * steps));
    console.info(
      `dm_control's reacher: ${rms(angles).toExponential(1)} rad, ${rms(speeds).toExponential(1)} rad/s RMS;`,
      `${atLimit} steps beyond the limit, by ${deepest.toFixed(2)} rad at most, up to ${fastest.toFixed(0)} rad/s`,
    );
    expect(atLimit).toBeGreaterThan(400);
    expect(deepest).toBeGreaterThan(0.05);
    expect(fastest).toBeGreaterThan(5);
    expect(rms(angles)).toBeLessThan(1e-3);
    expect(rms(speeds)).toBeLessThan(1e-3);
  });
});
