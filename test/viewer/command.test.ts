import type { Mesh, Object3D, Points } from 'three';
import { beforeAll, describe, expect, it } from 'vitest';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Disturbance, Trajectory } from '../../envs/trajectory.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { jointTorques, tipCommand } from '../../viewer/derive/command.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { policy } from '../../viewer/overlays/policy.ts';
import { torques } from '../../viewer/overlays/torques.ts';
import type { Moment } from '../../viewer/state/state.ts';
import { openEnv, recorded } from '../envs/support.ts';
import { sampleRecording } from '../recording/sample.ts';

beforeAll(loadPhysics);

function momentOf({ header, episodes: [episode] }: Recording, step: number): Moment {
  return { recording: { header }, episode, step, derived: derive(episode, header) } as unknown as Moment;
}

function part(object: Object3D, name: string): Object3D {
  const found = object.getObjectByName(name);
  if (!found) throw new Error(`nothing is drawn as ${name}`);
  found.updateWorldMatrix(true, true);
  return found;
}

const clip = (a: number) => Math.min(Math.max(a, -1), 1);
const length = (v: readonly number[]) => Math.hypot(...v);

describe('what is commanded', () => {
  const { header, episodes } = sampleRecording([6]);
  const act = Float32Array.from(episodes[0].act, (a, i) => (i === 4 ? 3 : a));
  const base: Trajectory = { ...episodes[0], act };
  const ends = (episode: Trajectory, t: number, spec = header.spec) => {
    const moment = momentOf({ header: { ...header, spec }, episodes: [episode] }, t);
    const { commanded, asked, withheld } = tipCommand(moment);
    return { commanded, asked, withheld };
  };

  it('is less than what was asked for where a component is clipped, and the same where none is', () => {
    const within = ends(base, 1);
    expect(within.commanded).toEqual(within.asked);
    const beyond = ends(base, 2);
    expect(length(beyond.commanded)).toBeLessThan(0.5 * length(beyond.asked));
    expect(beyond.commanded).toEqual(ends({ ...base, act: act.map(clip) }, 2).commanded);
  });

  it('has the faint rest drawn from the end of the command, only where there is a rest', () => {
    const overlay = policy.create(header);
    const recording = { header, episodes: [base] };
    overlay.show(momentOf(recording, 1));
    expect(part(overlay.object, 'asked').visible).toBe(false);
    overlay.show(momentOf(recording, 2));
    const asked = part(overlay.object, 'asked') as Mesh;
    expect(asked.visible).toBe(true);
    const { tips } = derive(base, header);
    const away = asked.position.toArray().map((x, i) => x - tips[6 + i]);
    expect(away).toEqual(ends(base, 2).asked.map((x) => expect.closeTo(x, 9)));
  });

  it('is the action of an earlier step where actions come late, and none before the first', () => {
    const delay = { name: 'delay', size: 1, unit: 'steps', description: 'delay' };
    const spec = { ...header.spec, dynamics: [delay] };
    const late = { ...base, dynamics: Float32Array.of(2) };
    expect(ends(late, 1, spec)).toMatchObject({ commanded: [0, 0, 0], withheld: 'late' });
    const shifted = { ...base, act: Float32Array.from(act, (_, i) => act[Math.max(0, i - 4)]) };
    expect(ends(late, 4, spec).commanded).toEqual(ends(shifted, 4).commanded);
    const disturbances: Disturbance[] = [{ t: 3, kind: 'dynamics', target: 'delay', values: [1] }];
    // Actions are kept from the disturbance on: there is none to come late with at once.
    expect(ends({ ...base, disturbances }, 2)).toEqual(ends(base, 2));
    expect(ends({ ...base, disturbances }, 3).commanded).toEqual([0, 0, 0]);
  });
});

describe('where a hand alone ends an episode', () => {
  const { header, episodes } = sampleRecording([6]);
  const [{ act }] = episodes;
  const tips = derive(episodes[0], header).tips.subarray(6, 9);
  const endless: Disturbance = { t: 0, kind: 'dynamics', target: 'endless', values: [1] };
  const late: Disturbance = { t: 0, kind: 'dynamics', target: 'delay', values: [2] };
  const told = (step: number, endsOnSuccess: boolean, disturbances: readonly Disturbance[]) => {
    const episode = { ...episodes[0], params: Float32Array.from(tips), disturbances };
    const spec = { ...header.spec, controller: { kind: 'joint-torque', scale: 3, unit: 'N m' } as const };
    const ended = { ...header, spec, env: { ...header.env, options: { endsOnSuccess } } };
    const moment = momentOf({ header: ended, episodes: [episode] }, step);
    const torques = jointTorques(moment).map(({ share }) => share);
    // The arrow says the same.
    const isNothing = tipCommand(moment).commanded.every((x) => x === 0);
    expect(isNothing).toBe(torques.every((share) => share === 0));
    return torques;
  };

  it('the arm is told nothing at the goal, if the task ends there, and what comes late from there is nothing', () => {
    const given = [...act.subarray(4, 6)].map(clip);
    expect(told(2, true, [endless])).toEqual([0, 0]);
    expect(told(2, true, [])).toEqual(given);
    expect(told(2, false, [endless])).toEqual(given);
    expect(told(4, true, [endless, late])).toEqual([0, 0]);
    expect(told(4, false, [endless, late])).toEqual(given);
  });
});

describe('the key of the faint line', () => {
  const { header, episodes } = sampleRecording([6]);
  const set = (target: string, value: number): Disturbance => ({ t: 0, kind: 'dynamics', target, values: [value] });
  const ended = { ...header, env: { ...header.env, options: { endsOnSuccess: true } } };
  const goal = { params: Float32Array.from(derive(episodes[0], header).tips.subarray(6, 9)) };
  it.each([
    ['cut off by the bounds', { header, episode: episodes[0] }],
    ['asked for, comes later', { header, episode: { ...episodes[0], disturbances: [set('delay', 1)] } }],
    [
      'asked for; the arm rests',
      { header: ended, episode: { ...episodes[0], ...goal, disturbances: [set('endless', 1)] } },
    ],
  ])('says what the line is: %s', (text, { header: own, episode }) => {
    const overlay = policy.create(own);
    overlay.show(momentOf({ header: own, episodes: [episode] }, 2));
    expect(overlay.keys?.find(({ mark }) => mark === 'faint')?.text).toBe(text);
  });

  it('says of steps of the end effector that the controller may cut them', () => {
    const controller = { kind: 'end-effector-step', scale: 0.05, unit: 'm' } as const;
    expect(policy.create({ ...header, spec: { ...header.spec, controller } }).note).toMatch(/floor/);
    expect(policy.create(header).note).toBeUndefined();
  });
});

describe('the cut ellipsoid', () => {
  const { header, episodes } = sampleRecording([6]);
  const directions = [1, 0, 0, 0, 1, 0, -1, 0, 0, 0.6, 0.8, 0, 0, -1, 0];
  const shell = (change: Partial<Trajectory>, squashed = false) => {
    const { policy: actor } = header;
    const recording = {
      header: { ...header, policy: { ...actor, squashed } },
      episodes: [{ ...episodes[0], ...change }],
    };
    const out = new Float32Array(directions.length);
    const command = tipCommand(momentOf(recording, 2));
    command.shell(2, directions, out);
    return { out, command };
  };
  const flat = (value: number) => new Float64Array(12).fill(value);

  it('is the ellipsoid where no action is near its bounds: twice as far in every direction for twice the sigma', () => {
    const { out } = shell({ mean: flat(0), scale: flat(0.1) });
    const { out: wide } = shell({ mean: flat(0), scale: flat(0.2) });
    for (const [i, x] of out.entries()) expect(wide[i]).toBeCloseTo(2 * x, 5);
    // Opposite ends, about the mean.
    for (let i = 0; i < 3; i++) expect(out[i]).toBeCloseTo(-out[6 + i], 6);
    expect(Math.hypot(out[0], out[1], out[2])).toBeGreaterThan(1e-3);
  });

  it('goes nowhere that a clipped action does not: beyond the bounds it lies on them', () => {
    const far = shell({ mean: flat(9), scale: flat(0.1) });
    for (let at = 0; at < directions.length; at += 3) {
      for (let i = 0; i < 3; i++) expect(far.out[at + i]).toBeCloseTo(far.command.mean[i], 3);
    }
    const reach = length(shell({ mean: flat(1), scale: flat(0) }).command.mean);
    const wide = shell({ mean: flat(0), scale: flat(50) });
    for (let at = 0; at < directions.length; at += 3)
      expect(length([...wide.out.subarray(at, at + 3)])).toBeLessThan(4 * reach);
    expect(Math.hypot(...wide.out.subarray(0, 3))).toBeGreaterThan(0.2 * reach);
  });

  it('keeps within the box of squashed actions without being cut', () => {
    const { out, command } = shell({ mean: flat(0.95), scale: flat(3) }, true);
    expect(out.every(Number.isFinite)).toBe(true);
    expect(length([...out.subarray(0, 3)])).toBeLessThan(3 * length(command.mean));
  });
});

describe('torques', () => {
  const env = openEnv('reacher');
  const { config, spec, scene } = env;

  it('are drawn at the joints that they turn, by their share of a full one, the way that they push', () => {
    const recording = recorded(env, randomActor(env), {
      seedOf: () => 3,
      until: { episodes: 1 },
      deterministic: false,
    });
    const { header, episodes } = recording;
    const overlay = torques.create(header);
    const [{ act, q }] = episodes;
    for (const t of [0, 7, 30]) {
      const moment = momentOf(recording, t);
      const found = jointTorques(moment);
      const { bodies } = forwardKinematics(scene.arm, q.subarray(2 * t, 2 * t + 2));
      found.forEach(({ origin, axis, torque, share }, k) => {
        expect(share).toBeCloseTo(clip(act[2 * t + k]), 6);
        expect(torque).toBeCloseTo(spec.controller.scale * share, 4);
        for (let i = 0; i < 3; i++) expect(origin[i]).toBeCloseTo(bodies[k].position[i], 5);
        expect([...axis]).toEqual([0, 0, 1].map((x) => expect.closeTo(x, 6)));
      });
      overlay.show(moment);
      const shown = overlay.object.children.filter(({ type }) => type === 'Group') as Points[];
      expect(shown).toHaveLength(found.length);
    }
    expect(overlay.note).toBe(`Torques: three quarters of a turn stand for ${spec.controller.scale} N m`);
    expect(torques.isOf?.({ ...header, env: config })).toBe(true);
    expect(torques.isOf?.(sampleRecording([2]).header)).toBe(false);
  });

  it.each([
    ['20 N m', { scale: 20 }],
    ['1000 N m', { scale: 1000 }],
    ['2.5 N m', { scale: 2.5 }],
    ['1 to 30 N m', { scale: 30, scales: [30, 1] }],
  ])('says what a full arc stands for: %s', (full, scales) => {
    const { header } = sampleRecording([2]);
    const controller = { kind: 'joint-torque', unit: 'N m', ...scales } as const;
    const { note } = torques.create({ ...header, spec: { ...header.spec, controller } });
    expect(note).toBe(`Torques: three quarters of a turn stand for ${full}`);
  });

  it('says of a joint that slides what force an arrow stands for', () => {
    const { header } = sampleRecording([2]);
    const { arm } = header.scene;
    const [turns, slide] = arm.model.joints;
    const model = { ...arm.model, joints: [turns, { ...slide, kind: 'prismatic' as const }] };
    const controller = { kind: 'joint-torque', scale: 40, scales: [5, 40], unit: 'N m' } as const;
    const scened = { ...header, scene: { ...header.scene, arm: { ...arm, model } } };
    const { note } = torques.create({ ...scened, spec: { ...header.spec, controller } });
    expect(note).toBe('Torques: three quarters of a turn stand for 5 N m, the longest arrow along a slide for 40 N');
  });
});
