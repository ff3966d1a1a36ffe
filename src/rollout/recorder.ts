import { type EnvBatch, endOf } from '../../envs/env.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { type EnvSpec, width } from '../../envs/spec.ts';
import {
  type ActorShape,
  type ColumnName,
  columnsOf,
  contactWidth,
  lengthOf,
  mostContacts,
  type SizedColumn,
  sizesOf,
  type Trajectory,
} from '../../envs/trajectory.ts';
import type { ActorOutput } from '../policy/actor.ts';

/** The columns that the environment fills; the policy fills the others. */
const envColumns = [
  'obs',
  'pose',
  'q',
  'dq',
  'contact_count',
  'contacts',
  'reward',
  'terms',
  'params',
  'dynamics',
] as const satisfies readonly (ColumnName & keyof EnvBatch)[];
type EnvColumn = (typeof envColumns)[number];

/** What the policy decided for n running episodes [n, ..]. */
export type PolicyRows = Readonly<Pick<Trajectory, Exclude<ColumnName, EnvColumn>>>;

/** What the policy decides by its output for n states, with their noise [n, A]: zeros act by the mean. */
export function decisionsOf(output: ActorOutput, noise: Float64Array): PolicyRows {
  const unsquashed = output.sample(noise);
  const { mean, scale, value } = output;
  return { act: output.actionsOf(unsquashed), unsquashed, logp: output.logProbability(unsquashed), mean, scale, value };
}

/** Records the episodes of one slot of a batch, one after another. */
export interface Recorder {
  /** Index and steps of the episode that runs, or ran last. */
  readonly episode: number;
  readonly steps: number;
  readonly running: boolean;
  /** Starts an episode in the slot. */
  start(episode: number, seed: number): void;
  /** Copies the present observation to a row of obs [.., O]. */
  writeObservation(obs: Float32Array, row: number): void;
  /** Draws the episode's next noise, standard normal, into a row of noise [.., A]. */
  writeNoise(noise: Float64Array, row: number): void;
  /** Records a row of what the policy decided, and copies the action to the slot's row of act [slots, A]. */
  recordAction(rows: PolicyRows, row: number, act: Float32Array): void;
  /** Records what the action led to. True after the episode's last step. */
  recordStep(): boolean;
  /** The episode, with the value of its last state. */
  trajectory(lastValue: number): Trajectory;
}

/** A column with room for the longest episode. */
interface Buffer extends SizedColumn {
  readonly data: Numbers;
  /** The batch's array that its rows come from; null where the policy gives them. */
  readonly sensed: Numbers | null;
}

/** @throws Error for an environment whose spec names joints of which its batches do not tell */
export function createRecorder(spec: EnvSpec, actor: ActorShape, batch: EnvBatch, slot: number): Recorder {
  const [obsSize, actSize] = [width(spec.obs), width(spec.act)];
  if (spec.joints && !(batch.q && batch.dq)) {
    throw new Error(
      `${spec.name}: its spec names joints, and its batches have no q and dq [slots, joints]: give them, or leave the names out`,
    );
  }
  const buffers = columnsOf(sizesOf(spec, actor)).map((column): Buffer => {
    const length = lengthOf(column, spec.horizon);
    const data = column.dtype === 'F32' ? new Float32Array(length) : new Float64Array(length);
    const ofEnv = envColumns.find((name) => name === column.name);
    return { ...column, data, sensed: ofEnv ? (batch[ofEnv] ?? null) : null };
  });
  const sensed = buffers.filter((buffer) => buffer.sensed);
  const [perState, perStep, perEpisode] = (['state', 'step', 'episode'] as const).map((per) =>
    sensed.filter((buffer) => buffer.per === per),
  );
  const ofEnv: readonly string[] = envColumns;
  const decided = buffers.filter(({ name }) => !ofEnv.includes(name));
  const touches = createTouches(batch, slot);
  const values = buffers.find(({ name }) => name === 'value')?.data as Float64Array;
  let seed = 0;
  let random: Random;

  // What changes are plain fields: getters would make the recorders of a batch objects of different shapes, which V8 reads slowly.
  const recorder = {
    episode: 0,
    steps: 0,
    running: false,
    start(index: number, episodeSeed: number): void {
      [recorder.episode, recorder.steps, recorder.running, seed] = [index, 0, true, episodeSeed];
      random = stream(seed, 'noise');
      batch.start(slot, seed);
      record(perEpisode, 0, slot);
      record(perState, 0, slot);
      touches.clear();
      touches.record();
    },
    writeObservation: (obs: Float32Array, row: number): void => copyRow(batch.obs, slot, obs, row, obsSize),
    writeNoise(noise: Float64Array, row: number): void {
      for (let k = 0; k < actSize; k++) noise[row * actSize + k] = random.normal();
    },
    recordAction(rows: PolicyRows, row: number, act: Float32Array): void {
      const from: Readonly<Record<string, Numbers>> = rows;
      for (const { name, data, width: size } of decided) copyRow(from[name], row, data, recorder.steps, size);
      copyRow(rows.act, row, act, slot, actSize);
    },
    recordStep(): boolean {
      record(perStep, recorder.steps, slot);
      recorder.steps++;
      record(perState, recorder.steps, slot);
      touches.record();
      recorder.running = batch.last[slot] === 0;
      return !recorder.running;
    },
    trajectory(lastValue: number): Trajectory {
      const { steps } = recorder;
      values[steps] = lastValue;
      const columns: Partial<Record<ColumnName, Numbers>> = {};
      for (const buffer of buffers) {
        columns[buffer.name] =
          buffer.per === 'contact' ? touches.rows() : buffer.data.slice(0, lengthOf(buffer, steps));
      }
      const facts = { seed, steps, success: batch.success[slot] === 1, end: endOf(batch, slot) };
      return Object.assign(columns as Pick<Trajectory, ColumnName>, facts);
    },
  };
  return recorder;
}

/** The points of contact of an episode so far: of some worlds many, of most none. */
function createTouches({ contact_count, contacts }: EnvBatch, slot: number) {
  let [rows, length] = [new Float32Array(0), 0];
  return {
    clear() {
      length = 0;
    },
    record() {
      if (!contact_count || !contacts) return;
      const from = slot * mostContacts * contactWidth;
      const own = contacts.subarray(from, from + contact_count[slot] * contactWidth);
      if (length + own.length > rows.length) {
        const longer = new Float32Array(2 * (length + own.length));
        longer.set(rows);
        rows = longer;
      }
      rows.set(own, length);
      length += own.length;
    },
    /** [sum of the counts, 8] */
    rows: () => rows.slice(0, length),
  };
}

type Numbers = Float32Array | Float64Array;

/** Copies a slot's row of the batch to each of the columns. */
function record(buffers: readonly Buffer[], at: number, slot: number): void {
  for (const { sensed, data, width: size } of buffers) if (sensed) copyRow(sensed, slot, data, at, size);
}

function copyRow(from: Numbers, fromRow: number, to: Numbers, toRow: number, size: number): void {
  for (let k = 0; k < size; k++) to[toRow * size + k] = from[fromRow * size + k];
}
