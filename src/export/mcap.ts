import { jointNamesOf } from '../../envs/model/tree.ts';
import type { Scene } from '../../envs/model/types.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { software } from '../../envs/recording/sealed.ts';
import { type Field, width } from '../../envs/spec.ts';
import { paramsAt, type Trajectory, totalReward } from '../../envs/trajectory.ts';
import { distinct } from './elements.ts';
import { episodeSchema, fieldsSchema, foxgloveSchemas, rewardSchema } from './mcap-schemas.ts';
import type { Write } from './parquet.ts';
import { bodyUpdate, markerUpdate, quaternion, vector, worldOf } from './scene-update.ts';

/** What of @mcap/core is used; a user installs it. */
export interface Mcap {
  readonly McapWriter: new (options: {
    readonly writable: { position(): bigint; write(bytes: Uint8Array): Promise<void> };
  }) => McapWriter;
}

interface McapWriter {
  start(header: { readonly profile: string; readonly library: string }): Promise<void>;
  registerSchema(schema: {
    readonly name: string;
    readonly encoding: string;
    readonly data: Uint8Array;
  }): Promise<number>;
  registerChannel(channel: {
    readonly topic: string;
    readonly schemaId: number;
    readonly messageEncoding: string;
    readonly metadata: Map<string, string>;
  }): Promise<number>;
  addMessage(message: {
    readonly channelId: number;
    readonly sequence: number;
    readonly logTime: bigint;
    readonly publishTime: bigint;
    readonly data: Uint8Array;
  }): Promise<void>;
  addMetadata(metadata: { readonly name: string; readonly metadata: Map<string, string> }): Promise<void>;
  end(): Promise<void>;
}

/** Topics by what they carry; `send` puts a message on one of them. */
type Topic = keyof typeof topics;
type Send = (topic: Topic, message: object) => Promise<void>;

const topics = {
  static: { topic: '/tf_static', schema: 'foxglove.FrameTransforms' },
  poses: { topic: '/tf', schema: 'foxglove.FrameTransforms' },
  joints: { topic: '/joint_states', schema: 'foxglove.JointStates' },
  bodies: { topic: '/scene', schema: 'foxglove.SceneUpdate' },
  markers: { topic: '/markers', schema: 'foxglove.SceneUpdate' },
  observation: { topic: '/observation', schema: 'armature.Observation' },
  action: { topic: '/action', schema: 'armature.Action' },
  reward: { topic: '/reward', schema: 'armature.Reward' },
  episode: { topic: '/episode', schema: 'armature.Episode' },
} as const;

const encoder = new TextEncoder();

/**
 * Rollouts as an MCAP file of JSON messages, which Foxglove draws and plots. Time begins with 0 and goes on by the control period from state
 * to state, one episode after the other; nothing of it is a clock's.
 * @param write takes in pieces of the file; they are used again as soon as it returns
 */
export async function writeMcap(
  { header, episodes, meshes }: Recording,
  { McapWriter }: Mcap,
  write: Write,
): Promise<void> {
  let position = 0n;
  const writable = {
    position: () => position,
    write: async (bytes: Uint8Array) => {
      write(bytes);
      position += BigInt(bytes.length);
    },
  };
  const writer = new McapWriter({ writable });
  await writer.start({ profile: '', library: software });
  await writer.addMetadata({ name: 'armature', metadata: new Map(Object.entries(aboutOf(header))) });
  const names = namesOf(header);
  const channels = await openChannels(writer, names);
  /** The state that messages are of, among those of all episodes. */
  let state = 0;
  const now = () => Math.round(state * header.spec.dt * 1e9);
  const send: Send = (topic, message) => {
    const time = BigInt(now());
    const data = encoder.encode(JSON.stringify(message));
    return writer.addMessage({ channelId: channels[topic], sequence: state, logTime: time, publishTime: time, data });
  };
  const stamp = () => ({ sec: Math.floor(now() / 1e9), nsec: now() % 1e9 });
  const world = worldOf(header.scene);
  await send('static', { transforms: standing(header.scene, { world, timestamp: stamp() }) });
  await send('bodies', bodyUpdate(header.scene, meshes, stamp()));
  for (const [e, episode] of episodes.entries()) {
    await send('episode', episodeMessage(names, episode, e));
    let sum = 0;
    for (let t = 0; t <= episode.steps; t++) {
      sum += t ? episode.reward[t - 1] : 0;
      await sendState({ header, names, episode, t, world, timestamp: stamp(), sum }, send);
      state++;
    }
  }
  await writer.end();
}

function aboutOf({ env, spec, policy }: RecordingHeader): Record<string, string> {
  return {
    ...{ task: env.env, arm: env.arm, task_options: JSON.stringify(env.options), policy: policy.name },
    ...{ control_period_s: String(spec.dt), written_by: software },
  };
}

async function openChannels(writer: McapWriter, names: Names): Promise<Record<Topic, number>> {
  const schemas: Readonly<Record<string, object>> = {
    ...foxgloveSchemas,
    'armature.Observation': fieldsSchema('armature.Observation', names.obs),
    'armature.Action': fieldsSchema('armature.Action', names.act),
    'armature.Reward': rewardSchema('armature.Reward', names.terms),
    'armature.Episode': episodeSchema('armature.Episode', names.dynamics),
  };
  const ids: Record<string, number> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const data = encoder.encode(JSON.stringify(schema));
    ids[name] = await writer.registerSchema({ name, encoding: 'jsonschema', data });
  }
  const channels: Partial<Record<Topic, number>> = {};
  for (const [name, { topic, schema }] of Object.entries(topics)) {
    const channel = { topic, schemaId: ids[schema], messageEncoding: 'json', metadata: new Map<string, string>() };
    channels[name as Topic] = await writer.registerChannel(channel);
  }
  return channels as Record<Topic, number>;
}

/** What messages call the numbers of a recording: no name stands in one of them twice. */
function namesOf({ spec, scene }: RecordingHeader) {
  return {
    obs: named(spec.obs),
    act: named(spec.act),
    dynamics: named(spec.dynamics),
    terms: distinct(spec.terms),
    joints: jointNamesOf(scene.arm.model),
  };
}

type Names = ReturnType<typeof namesOf>;

/** A state, and the step that led to it. */
interface Moment {
  readonly header: RecordingHeader;
  readonly names: Names;
  readonly episode: Trajectory;
  readonly t: number;
  /** The frame that everything is in. */
  readonly world: string;
  readonly timestamp: { readonly sec: number; readonly nsec: number };
  /** Of the rewards so far. */
  readonly sum: number;
}

async function sendState(moment: Moment, send: Send): Promise<void> {
  const { header, names, episode, t, timestamp, sum } = moment;
  const { spec } = header;
  const [O, A] = [spec.obs, spec.act].map(width);
  await send('poses', { transforms: moving(moment) });
  if (episode.q.length) await send('joints', { timestamp, joints: jointsIn(moment) });
  if (spec.markers.length && (t === 0 || spec.paramsMove)) {
    await send('markers', markerUpdate(spec, paramsAt(episode, spec, t), moment));
  }
  await send('observation', byField(names.obs, episode.obs.subarray(t * O, (t + 1) * O)));
  if (t < episode.steps) await send('action', byField(names.act, episode.act.subarray(t * A, (t + 1) * A)));
  if (!t) return;
  const K = names.terms.length;
  const terms = names.terms.map((name, k) => [name, episode.terms[(t - 1) * K + k]]);
  await send('reward', { reward: episode.reward[t - 1], return: sum, terms: Object.fromEntries(terms) });
}

function episodeMessage(names: Names, episode: Trajectory, index: number): object {
  const { seed, steps, success, end } = episode;
  const dynamics = byField(names.dynamics, episode.dynamics);
  return { episode: index, seed, steps, return: totalReward(episode), success, end, dynamics };
}

/** Where the moving bodies are in a state. */
function moving({ header: { spec }, episode, t, ...where }: Moment): object[] {
  return spec.bodies.map((body, b) => {
    const at = (t * spec.bodies.length + b) * 7;
    const place = episode.pose.subarray(at, at + 7);
    return transform(body, place.subarray(0, 3), place.subarray(3), where);
  });
}

/** Where the arm's root is, and what stands. */
function standing({ arm, fixed }: Scene, where: Pick<Moment, 'world' | 'timestamp'>): object[] {
  return [arm, ...fixed].map(({ model, frame }) =>
    transform(model.bodies[0].name, frame.position, frame.rotation, where),
  );
}

function transform(
  body: string,
  position: Iterable<number>,
  rotation: Iterable<number>,
  { world, timestamp }: Pick<Moment, 'world' | 'timestamp'>,
): object {
  const frames = { parent_frame_id: world, child_frame_id: body };
  return { timestamp, ...frames, translation: vector(position), rotation: quaternion(rotation) };
}

function jointsIn({ names: { joints }, episode, t }: Moment): object[] {
  const from = t * joints.length;
  return joints.map((name, j) => ({ name, position: episode.q[from + j], velocity: episode.dq[from + j] }));
}

/** Fields by names of which no two are the same. */
function named(fields: readonly Field[]): Pick<Field, 'name' | 'size'>[] {
  const names = distinct(fields.map(({ name }) => name));
  return fields.map(({ size }, i) => ({ name: names[i], size }));
}

/** @param fields as `named` has them */
function byField(fields: readonly Pick<Field, 'name' | 'size'>[], values: Float32Array): object {
  let at = 0;
  return Object.fromEntries(
    fields.map(({ name, size }) => {
      const own = Array.from(values.subarray(at, at + size));
      at += size;
      return [name, size > 1 ? own : own[0]];
    }),
  );
}
