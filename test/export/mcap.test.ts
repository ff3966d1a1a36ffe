import { createRequire } from 'node:module';
import * as core from '@mcap/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { type Mcap, writeMcap } from '../../src/export/mcap.ts';
import { recordingOf } from '../golden/compute.ts';
import { one, withMeshes } from '../recording/mesh-sample.ts';
import { type ReadMessage, readMcap } from './mcap-reader.ts';
import { anyRollouts, rollouts } from './rollouts.ts';

/** The schemas as those who made them publish them. */
const foxglove: Readonly<Record<string, Schema>> = createRequire(import.meta.url)('@foxglove/schemas/jsonschema.js');

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

async function written(recording: Recording): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  await writeMcap(recording, core as unknown as Mcap, (piece) => pieces.push(piece.slice()));
  return Buffer.concat(pieces);
}

const on = (messages: readonly ReadMessage[], topic: string) => messages.filter((message) => message.topic === topic);
// biome-ignore lint/suspicious/noExplicitAny: what comes out of a file is looked at as it is
const contents = (messages: readonly ReadMessage[], topic: string): any[] =>
  on(messages, topic).map(({ content }) => content);

/** What of a value is not as a schema says, by the path to it. */
function wrongIn(value: unknown, { type, properties = {}, required = [], items }: Schema, path: string): string[] {
  if (type === 'array') {
    if (!Array.isArray(value) || !items) return [`${path}: no list`];
    return value.flatMap((item, i) => wrongIn(item, items, `${path}[${i}]`));
  }
  if (type === 'object') {
    if (typeof value !== 'object' || value === null) return [`${path}: no object`];
    const own = new Map(Object.entries(value));
    return [
      ...required.filter((name) => !own.has(name)).map((name) => `${path}.${name}: missing`),
      ...[...own.keys()].filter((name) => !(name in properties)).map((name) => `${path}.${name}: unknown`),
      ...[...own].flatMap(([name, each]) =>
        properties[name] ? wrongIn(each, properties[name], `${path}.${name}`) : [],
      ),
    ];
  }
  const isRight = type === 'integer' ? Number.isInteger(value) : type === undefined || typeof value === type;
  return isRight ? [] : [`${path}: no ${type}`];
}

describe('rollouts as an MCAP file', async () => {
  const recording = rollouts({ lengths: [3, 2] });
  const bytes = await written(recording);
  const { messages, metadata, library } = readMcap(bytes);
  const [first, second] = recording.episodes;

  it('are read by a reader of the specification', () => {
    expect(library).toMatch(/^armature /);
    expect(metadata.armature).toMatchObject({ task: 'sample-reach', arm: 'two-link', control_period_s: '0.04' });
    expect(
      messages.every(({ encoding, schemaEncoding }) => encoding === 'json' && schemaEncoding === 'jsonschema'),
    ).toBe(true);
    const topics = Object.fromEntries(messages.map(({ topic, schema }) => [topic, schema]));
    expect(topics).toEqual({
      '/tf_static': 'foxglove.FrameTransforms',
      '/tf': 'foxglove.FrameTransforms',
      '/joint_states': 'foxglove.JointStates',
      '/scene': 'foxglove.SceneUpdate',
      '/markers': 'foxglove.SceneUpdate',
      '/observation': 'armature.Observation',
      '/action': 'armature.Action',
      '/reward': 'armature.Reward',
      '/episode': 'armature.Episode',
    });
  });

  it("are read by the library's own two readers, checksums and indices included", async () => {
    const reader = new core.McapStreamReader({ validateCrcs: true });
    reader.append(bytes);
    const kinds: Record<string, number> = {};
    for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
      kinds[record.type] = (kinds[record.type] ?? 0) + 1;
    }
    expect([reader.done(), kinds.Message]).toEqual([true, messages.length]);
    const readable = {
      size: async () => BigInt(bytes.length),
      read: async (offset: bigint, size: bigint) => bytes.slice(Number(offset), Number(offset + size)),
    };
    const indexed = await core.McapIndexedReader.Initialize({ readable });
    const found: unknown[] = [];
    for await (const message of indexed.readMessages({ topics: ['/reward'] })) {
      found.push(JSON.parse(new TextDecoder().decode(message.data)));
    }
    expect(found).toEqual(contents(messages, '/reward'));
  });

  it('have times that go on from state to state by the control period, and no clock', () => {
    const times = on(messages, '/tf').map(({ time }) => time);
    expect(times).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n].map((state) => state * 40_000_000n));
    expect(on(messages, '/joint_states').map(({ time }) => time)).toEqual(times);
    expect(contents(messages, '/joint_states').map(({ timestamp }) => timestamp.nsec)).toEqual(times.map(Number));
    expect(on(messages, '/episode').map(({ time }) => time)).toEqual([times[0], times[4]]);
    expect(on(messages, '/reward').map(({ time }) => time)).toEqual([1, 2, 3, 5, 6].map((state) => times[state]));
    expect(on(messages, '/action').map(({ time }) => time)).toEqual([0, 1, 2, 4, 5].map((state) => times[state]));
    for (let i = 1; i < messages.length; i++) expect(messages[i].time >= messages[i - 1].time).toBe(true);
  });

  it('say how joints and bodies stand', () => {
    const [, , , , state] = contents(messages, '/joint_states');
    expect(state.joints).toEqual([
      { name: 'shoulder', position: second.q[0], velocity: second.dq[0] },
      { name: 'elbow', position: second.q[1], velocity: second.dq[1] },
    ]);
    const [, { transforms }] = contents(messages, '/tf');
    const [x, y, z, i, j, k, w] = first.pose.subarray(14 + 7, 14 + 14);
    expect(transforms[1]).toEqual({
      timestamp: { sec: 0, nsec: 40_000_000 },
      parent_frame_id: 'world',
      child_frame_id: 'lower',
      translation: { x, y, z },
      rotation: { x: i, y: j, z: k, w },
    });
    expect(contents(messages, '/tf_static')[0].transforms[0]).toMatchObject({ child_frame_id: 'base' });
  });

  it('say what was observed, done and earned', () => {
    expect(contents(messages, '/observation')[1]).toEqual({
      angles: [...first.obs.subarray(5, 7)],
      goal: [...first.obs.subarray(7, 10)],
    });
    expect(contents(messages, '/action')[3]).toEqual({ step: [...second.act.subarray(0, 2)] });
    expect(contents(messages, '/reward')[1]).toEqual({
      reward: first.reward[1],
      return: first.reward[0] + first.reward[1],
      terms: { distance: first.terms[2], effort: first.terms[3] },
    });
    expect(contents(messages, '/episode')[1]).toMatchObject({ episode: 1, seed: 7, steps: 2, success: false });
  });

  it('draw the arm in the frames of its bodies, and the goal in the world', () => {
    const [{ entities }] = contents(messages, '/scene');
    const drawn = entities.map((entity: Record<string, unknown[]>) => {
      return `${entity.frame_id}: ${entity.cylinders.length} ${entity.spheres.length} ${entity.cubes.length}`;
    });
    expect(drawn).toEqual(['base: 1 0 0', 'upper: 1 2 0', 'lower: 0 1 1']);
    // A capsule along x, from 0 to 0.3 m.
    expect(entities[1].cylinders[0]).toMatchObject({
      pose: { position: { x: 0.15, y: 0, z: 0 } },
      size: { x: 0.08, y: 0.08, z: 0.3 },
    });
    const { orientation } = entities[1].cylinders[0].pose;
    expect([orientation.x, orientation.y, orientation.z, orientation.w].map((value) => value.toFixed(4))).toEqual([
      '0.0000',
      '0.7071',
      '0.0000',
      '0.7071',
    ]);
    const markers = contents(messages, '/markers');
    expect(markers).toHaveLength(2);
    const [x, y, z] = second.params;
    const size = { x: 0.1, y: 0.1, z: 0.1 };
    expect(markers[1].entities[0]).toMatchObject({
      frame_id: 'world',
      spheres: [{ pose: { position: { x, y, z } }, size }],
    });
  });

  it('have a marker for every state where it moves', async () => {
    const moving = readMcap(await written(rollouts({ lengths: [3, 2], paramsMove: true })));
    expect(contents(moving.messages, '/markers')).toHaveLength(7);
  });

  it('say what was drawn of the physics', async () => {
    const dynamics = [{ name: 'mass', size: 1, unit: '1', description: '' }];
    const drawn = rollouts({ lengths: [2, 2], dynamics });
    const { messages: all } = readMcap(await written(drawn));
    expect(contents(all, '/episode').map((each) => each.dynamics)).toEqual(
      drawn.episodes.map((each) => ({ mass: each.dynamics[0] })),
    );
  });

  it('have the same bytes twice', async () => {
    expect(await written(rollouts({ lengths: [3, 2] }))).toEqual(bytes);
  });

  it('without joints have no joint states', async () => {
    const silent = readMcap(await written(rollouts({ hasJoints: false })));
    expect(contents(silent.messages, '/joint_states')).toEqual([]);
    expect(contents(silent.messages, '/tf').length).toBeGreaterThan(0);
  });

  it('are refused by the reader where a byte is another', () => {
    const broken = bytes.slice();
    broken[bytes.length >> 1] ^= 1;
    const reader = new core.McapStreamReader({ validateCrcs: true });
    expect(() => {
      reader.append(broken);
      while (reader.nextRecord());
    }).toThrow();
  });
});

describe.each([
  ['a task with objects', async () => recordingOf('panda-push', 'panda')],
  ['an arm', async () => recordingOf('reach', 'so101')],
  ['meshes', async () => withMeshes(one)],
  ['the sample', async () => rollouts({ paramsMove: true })],
])('messages of %s', (_, open) => {
  it('are as the schemas say that Foxglove publishes', async () => {
    await loadPhysics();
    const { messages } = readMcap(await written(await open()));
    const known = messages.filter(({ schema }) => schema.startsWith('foxglove.'));
    expect(known.length).toBeGreaterThan(5);
    for (const { schema, topic, content } of known) {
      expect(wrongIn(content, foxglove[schema.replace('foxglove.', '')], topic)).toEqual([]);
    }
  });

  it('name only frames that there are', async () => {
    await loadPhysics();
    const { messages } = readMcap(await written(await open()));
    const placed = [...contents(messages, '/tf_static'), ...contents(messages, '/tf')].flatMap((all) => all.transforms);
    const frames = new Set(['world', ...placed.map((each) => each.child_frame_id)]);
    const drawn = [...contents(messages, '/scene'), ...contents(messages, '/markers')].flatMap((all) => all.entities);
    expect(drawn.length).toBeGreaterThan(0);
    for (const { frame_id } of drawn) expect(frames).toContain(frame_id);
  });
});

it('files of any names and shapes have every number by its name', async () => {
  await fc.assert(
    fc.asyncProperty(anyRollouts, async (recording) => {
      const { messages } = readMcap(await written(recording));
      const { spec } = recording.header;
      const seen = contents(messages, '/observation');
      expect(seen).toHaveLength(recording.episodes.reduce((sum, { steps }) => sum + steps + 1, 0));
      const [{ obs, terms }] = recording.episodes;
      // Names that are whole numbers come first in JSON.
      const values = Object.values<number | number[]>(seen[0]).flat();
      expect(values.sort()).toEqual([...obs.subarray(0, width(spec.obs))].sort());
      const [{ terms: parts }] = contents(messages, '/reward');
      expect(Object.keys(parts)).toHaveLength(spec.terms.length);
      expect(new Set(Object.values(parts))).toEqual(new Set(terms.subarray(0, spec.terms.length)));
    }),
    { numRuns: 40 },
  );
});
