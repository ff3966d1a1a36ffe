import { InstancedMesh } from 'three';
import type { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
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
import { gridLayout } from '../../viewer/instances/grid-layout.ts';
import { InstancedArms, medium } from '../../viewer/instances/instanced-arms.ts';
import { contacts } from '../../viewer/overlays/contacts.ts';
import { objectTrails } from '../../viewer/overlays/objects.ts';
import { plots } from '../../viewer/plots/index.ts';
import type { Series } from '../../viewer/plots/plot.ts';
import { palettes } from '../../viewer/scene/palette.ts';
import type { EpisodeView, Moment } from '../../viewer/state/state.ts';
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

describe('what is drawn of bodies that touch', () => {
  const momentAt = (step: number) => {
    const [episode] = picked.episodes;
    return { recording: picked, episode, step, derived: derive(episode, picked.header) } as unknown as Moment;
  };
  /** Where instance i of a mesh begins. */
  const placeOf = (mesh: InstancedMesh, i: number) => [...mesh.instanceMatrix.array.slice(16 * i + 12, 16 * i + 15)];

  it('is an arrow at every contact, along its force, of 1 cm for 4 N', () => {
    const overlay = contacts.create(picked.header);
    const [points, shafts] = overlay.object.children as InstancedMesh[];
    const [episode] = picked.episodes;
    let drawn = 0;
    for (let t = 0; t <= episode.steps; t++) {
      overlay.show(momentAt(t));
      const rows = contactsAt(episode, t);
      expect([points.count, shafts.count]).toEqual([rows.length / 8, rows.length / 8]);
      for (let i = 0; i < points.count; i++) {
        const [x, y, z, ...force] = rows.subarray(8 * i + 2, 8 * i + 8);
        expect(placeOf(points, i)).toEqual([x, y, z]);
        // The shaft's own y axis, as long as the arrow.
        const arrow = shafts.instanceMatrix.array.slice(16 * i + 4, 16 * i + 7);
        const scale = Math.min(0.0025, 0.15 / Math.hypot(...force));
        for (let k = 0; k < 3; k++) expect(arrow[k]).toBeCloseTo(scale * force[k], 5);
        drawn++;
      }
    }
    expect(drawn).toBeGreaterThan(episode.steps);
  });

  it('is the way of the object so far', () => {
    const { header } = picked;
    expect(objectTrails.isOf?.(header)).toBe(true);
    const overlay = objectTrails.create(header);
    const [line] = overlay.object.children as LineSegments2[];
    const [episode] = picked.episodes;
    const bodies = header.spec.bodies.length;
    overlay.paint?.(palettes.dark);
    for (const step of [0, 3, episode.steps]) {
      overlay.show(momentAt(step));
      expect(line.geometry.instanceCount).toBe(step);
      const starts = line.geometry.getAttribute('instanceStart');
      for (let t = 0; t < step; t++) {
        const at = (t * bodies + bodies - 1) * 7;
        expect([starts.getX(t), starts.getY(t), starts.getZ(t)]).toEqual([...episode.pose.subarray(at, at + 3)]);
      }
    }
  });

  it('is every body of every episode, the object and the table among them, where many are seen at once', () => {
    const two = { ...picked, episodes: [picked.episodes[0], picked.episodes[0]] };
    const workspace = { points: [-1, -1, 0, 1, 1, 1], margin: 0.1 };
    const arms = new InstancedArms(two, two.episodes, workspace, medium, gridLayout(2, workspace, 2));
    const { offsets } = arms.layout;
    arms.show(picked.episodes[0].steps);
    const meshes = arms.object.children.filter((child): child is InstancedMesh => child instanceof InstancedMesh);
    const bodies = picked.header.spec.bodies.length;
    const end = picked.episodes[0].pose.subarray(-7);
    const away = (mesh: InstancedMesh, i: number) =>
      Math.hypot(...placeOf(mesh, i).map((x, k) => x - end[k] - (k < 2 ? offsets[2 * i + k] : 0)));
    // The object stands in both, at its own place.
    const objects = meshes.filter((mesh) => away(mesh, 0) < 1e-5 && away(mesh, 1) < 1e-5);
    expect(objects.length).toBeGreaterThanOrEqual(1);
    const standing = picked.header.scene.fixed.filter(({ model }) => model.bodies[0].visuals.length).length;
    // Beside the bodies that move: the base, what stands, and the goals.
    expect(meshes.length).toBeGreaterThanOrEqual(bodies + 1 + standing + 1);
  });
});
