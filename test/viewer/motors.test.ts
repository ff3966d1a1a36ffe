import { beforeAll, expect, it } from 'vitest';
import { jointInertia } from '../../envs/model/joint-inertia.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { motorTorques, tellsTorques } from '../../viewer/derive/motors.ts';
import { motors } from '../../viewer/overlays/torques.ts';
import type { Moment } from '../../viewer/state/state.ts';
import { openEnv, recorded } from '../envs/support.ts';

beforeAll(loadPhysics);

function record(task: string, arm?: string, options = {}) {
  const env = openEnv(task, arm, options);
  return recorded(env, randomActor(env), { seedOf: () => 4, until: { episodes: 1 }, deterministic: false });
}

const momentOf = ({ header, episodes: [episode] }: ReturnType<typeof record>, step: number) =>
  ({ recording: { header }, episode, step, derived: { tips: new Float64Array(3 * (episode.steps + 1)) } }) as Moment;

it('says what the motors gave: what changed the momentum of the arm, and what friction took', () => {
  const recording = record('reach', 'ur5e', { endsOnSuccess: false });
  const { header, episodes } = recording;
  const { joints } = header.scene.arm.model;
  const [{ q, dq }] = episodes;
  const row = (values: Float32Array, t: number) => [...values.subarray(6 * t, 6 * t + 6)];
  for (const t of [0, 9, 30]) {
    // Inertia at the joints' mean positions: nearly the mean of both inertias.
    const inertia = jointInertia(
      header.scene.arm.model,
      row(q, t).map((x, j) => (x + row(q, t + 1)[j]) / 2),
    );
    const faster = row(dq, t + 1).map((x, j) => (x - row(dq, t)[j]) / header.spec.dt);
    const travelled = row(q, t + 1).map((x, j) => (x - row(q, t)[j]) / header.spec.dt);
    motorTorques(momentOf(recording, t)).forEach(({ torque, share }, j) => {
      const expected = faster.reduce((sum, a, k) => sum + inertia[6 * j + k] * a, 0.1 * travelled[j]);
      const most = joints[j].motor?.maxForce ?? 0;
      expect(Math.abs(torque - expected)).toBeLessThan(0.02 * most);
      expect(share).toBeCloseTo(Math.max(-1, Math.min(torque / most, 1)), 9);
    });
  }
});

it('is of arms that position motors alone move', () => {
  const { header } = record('panda-reach-joints');
  const with_ = (more: Partial<RecordingHeader>) => tellsTorques({ ...header, ...more });
  expect(with_({})).toBe(true);
  expect(with_({ scene: { ...header.scene, contacts: true } })).toBe(false);
  expect(with_({ env: { ...header.env, options: { gravityCompensation: false } } })).toBe(false);
  const payload = { name: 'payload', size: 1, unit: 'kg', description: '' };
  expect(with_({ spec: { ...header.spec, dynamics: [payload] } })).toBe(false);
  expect(tellsTorques(record('reacher').header)).toBe(false);
});

it('draws none where no velocities are recorded, and says what an arc stands for', () => {
  const recording = record('panda-reach-joints');
  const overlay = motors.create(recording.header);
  overlay.show(momentOf(recording, 0));
  expect(overlay.object.visible).toBe(true);
  const [episode] = recording.episodes;
  overlay.show(momentOf({ ...recording, episodes: [{ ...episode, dq: new Float32Array(0) }] }, 0));
  expect(overlay.object.visible).toBe(false);
  expect(overlay.note).toContain('three quarters of a turn stand for 12 to 120 N m');
});
