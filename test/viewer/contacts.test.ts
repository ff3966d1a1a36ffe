import { beforeAll, describe, expect, it } from 'vitest';
import { pandaGripper } from '../../envs/arms/panda-grippers.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { contactsAt } from '../../envs/trajectory.ts';
import { controllers } from '../../src/rollout/controllers.ts';
import { forcesByPair } from '../../viewer/derive/contacts.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { actionColumns, tipCovariance } from '../../viewer/derive/kinematics.ts';
import { actionComponents } from '../../viewer/derive/policy.ts';
import { plots } from '../../viewer/plots/index.ts';
import type { Series } from '../../viewer/plots/plot.ts';
import type { EpisodeView } from '../../viewer/state/state.ts';
import { recorded } from '../envs/support.ts';

beforeAll(loadPhysics);

/** An episode by a controller. */
function play(name: string, controller: 'scripted' | 'proportional', options = {}): Recording {
  const { env, actor } = controllers[controller](makeEnv(name, { options }).config);
  return recorded(env, actor, { seedOf: (e) => 11 + e, until: { episodes: 1 }, deterministic: true });
}

function seriesOf(name: string, recording: Recording): readonly Series[] {
  const [episode] = recording.episodes;
  const view = { recording, episode, derived: derive(episode, recording.header) } as EpisodeView;
  return plots.find((plot) => plot.name === name)?.series(view) ?? [];
}

let picked: Recording;
beforeAll(() => {
  picked = play('panda-pick-and-place', 'scripted');
});

describe('the plot of contact forces', () => {
  it('has a line for each pair that touches, which add up to all that presses', () => {
    const [episode] = picked.episodes;
    const pairs = seriesOf('contacts', picked);
    const names = pairs.map(({ name }) => name);
    for (const name of ['leftfinger on object', 'rightfinger on object', 'object on table'])
      expect(names).toContain(name);
    for (let t = 0; t <= episode.steps; t++) {
      const rows = contactsAt(episode, t);
      let sum = 0;
      for (let at = 0; at < rows.length; at += 8) sum += Math.hypot(rows[at + 5], rows[at + 6], rows[at + 7]);
      const shown = pairs.reduce((all, { values }) => all + values[t], 0);
      expect(shown).toBeCloseTo(sum, 4);
    }
    const grip = pairs.find(({ name }) => name === 'leftfinger on object')?.values ?? [];
    expect(Math.max(...Array.from(grip))).toBeGreaterThan(10);
  });

  it('is of zeros where nothing touches, and not there where nothing can', () => {
    const free = play('panda-reach', 'proportional', { contacts: true });
    expect(seriesOf('contacts', free).map(({ name, values }) => [name, Math.max(...Array.from(values))])).toEqual([
      ['nothing touches', 0],
    ]);
    expect(seriesOf('contacts', play('panda-reach', 'proportional'))).toEqual([]);
  });

  it('has the gentlest of many pairs as one', () => {
    const { header } = picked;
    const rows = [0, 1, 2, 3, 4, 5, 6].flatMap((k) => [k, 9, 0, 0, 0, 0, 0, 1 + k]);
    const episode = {
      ...picked.episodes[0],
      steps: 1,
      contact_count: Float32Array.of(0, 7),
      contacts: Float32Array.from(rows),
    };
    const found = forcesByPair(episode, header);
    expect(found.length).toBe(5);
    expect(found.at(-1)).toEqual({ name: '3 others', force: Float64Array.of(0, 1 + 2 + 3) });
    expect(found[0].name).toBe('link4 on object');
  });
});

describe('the plot of the gripper', () => {
  it('has the width as the task observes it', () => {
    const [episode] = picked.episodes;
    const [{ values }] = seriesOf('gripper', picked);
    const size = episode.obs.length / (episode.steps + 1);
    for (let t = 0; t <= episode.steps; t++) expect(values[t]).toBeCloseTo(episode.obs[t * size + 6], 5);
    expect(Math.max(...Array.from(values))).toBeGreaterThan(0.06);
    // Its fingers are in no other plot.
    expect(seriesOf('slides', picked)).toEqual([]);
  });

  it('is not there without a gripper', () => {
    expect(seriesOf('gripper', play('panda-push', 'scripted'))).toEqual([]);
  });
});

describe('the policy of an arm with a gripper', () => {
  const pose = () => picked.episodes[0].pose.subarray(0, 7 * picked.header.spec.bodies.length);

  it.each(['end-effector', 'joints'])('is drawn by the rows of what moves the tip, by %s', (control) => {
    const { spec, scene } = makeEnv('panda-pick-and-place', { options: { control } });
    const tip = [0.04, 0, 0.2] as const;
    const n = control === 'joints' ? 8 : 4;
    const columns = actionColumns(scene, spec.controller, pose(), tip, n);
    expect(columns.length).toBe(n);
    expect(columns.at(-1)).toEqual([0, 0, 0]);
    // A factor whose last row, the gripper's, hangs together with all others.
    const factor = Float64Array.from({ length: n * n }, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n];
      return column > row ? 0 : 0.1 + 0.07 * row + 0.03 * column;
    });
    const moving = n - 1;
    const own = Float64Array.from(
      { length: moving * moving },
      (_, i) => factor[Math.floor(i / moving) * n + (i % moving)],
    );
    const found = tipCovariance(columns, factor);
    const expected = tipCovariance(columns.slice(0, moving), own);
    expect(Array.from(found)).toEqual(Array.from(expected, (x) => expect.closeTo(x, 12)));
    expect(found[0]).toBeGreaterThan(1e-6);
  });

  it('has its actions named by what they move', () => {
    const named = (control: string) => {
      const env = makeEnv('panda-pick-and-place', { options: { control } });
      return actionComponents({ ...picked.header, spec: env.spec, scene: env.scene }).map(({ name }) => name);
    };
    expect(named('end-effector')).toEqual(['x', 'y', 'z', 'gripper']);
    expect(named('joints')).toEqual([...pandaGripper.joints.slice(0, 7).map(({ name }) => name), 'gripper']);
  });
});
