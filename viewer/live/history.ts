/** The last seconds of an episode that goes on, as the replay knows episodes. */
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { offsetOf, width } from '../../envs/spec.ts';
import {
  type ColumnName,
  columnsOf,
  type Disturbance,
  type SizedColumn,
  sizesOf,
  type Trajectory,
} from '../../envs/trajectory.ts';
import type { Discounting } from '../derive/episode.ts';
import type { Opened, Stepped } from './worker/messages.ts';

/** Control steps in view: the tip's way and the plots of so many. */
const span = 200;

type Numbers = Float32Array | Float64Array;

/** A column with room for twice what is in view: only now and then is it moved back to its beginning. */
interface Buffer extends SizedColumn {
  readonly data: Numbers;
}

export class History {
  /** Always the same object, whose only episode is the latest. */
  readonly recording: Recording;
  readonly #sample: Trajectory;
  readonly #buffers: readonly Buffer[];
  /** Where the goal is among the parameters, and its orientation; -1 where there is none. */
  readonly #goalAt: number;
  readonly #turnAt: number;
  /** Points of contact of each state. */
  #touching: Numbers[] = [];
  /** What was drawn of the physics: the same object as long as the episode is the same. */
  #dynamics: Float32Array;
  /** What was set of the world, by its own steps: all of those in view, and what of those before still holds. */
  #set: readonly Disturbance[] = [];
  #first = 0;
  #steps = 0;
  #episode: Trajectory;

  constructor({ header, meshes, samples }: Opened) {
    const { spec, policy } = header;
    const [sample] = samples;
    const scaleSize = sample.scale.length / sample.steps;
    this.#sample = sample;
    this.#episode = sample;
    this.#dynamics = sample.dynamics;
    this.#buffers = columnsOf(sizesOf(spec, { scaleSize, squashed: policy.squashed === true }))
      .filter(({ per }) => per === 'state' || per === 'step')
      .map((column) => {
        const length = column.width * 2 * (span + 1);
        return { ...column, data: column.dtype === 'F32' ? new Float32Array(length) : new Float64Array(length) };
      });
    const [marker] = spec.markers;
    this.#goalAt = marker ? offsetOf(spec.params, marker.param) : -1;
    this.#turnAt = marker?.rotation === undefined ? -1 : offsetOf(spec.params, marker.rotation);
    // By the samples the scene is fitted, before anything has happened.
    const episodes = () => (this.#episode === sample ? samples : [this.#episode]);
    this.recording = {
      header: goingOn(header),
      ...(meshes && { meshes }),
      get episodes() {
        return episodes();
      },
    };
  }

  get episode(): Trajectory {
    return this.#episode;
  }

  /** Steps that are in view. */
  get steps(): number {
    return this.#episode.steps;
  }

  push(stepped: Stepped): void {
    const contacts = stepped.rows.contacts ?? new Float32Array(0);
    if (stepped.t === 0) this.#begin(stepped, contacts);
    else this.#add(stepped, contacts);
    const views = this.#buffers.map(({ name, per, width: size, data }) => {
      const rows = per === 'state' ? this.#steps + 1 : this.#steps;
      return [name, data.subarray(this.#first * size, (this.#first + rows) * size)];
    });
    const columns: Pick<Trajectory, ColumnName> = Object.fromEntries(views);
    // What is live has not ended: of the last steps, what follows is estimated.
    const facts = { seed: 0, steps: this.#steps, end: 'truncated', success: stepped.success } as const;
    const disturbances = this.#disturbances(stepped);
    const own = { ...columns, dynamics: this.#dynamics, contacts: join(this.#touching) };
    this.#episode = { ...this.#sample, ...facts, ...own, disturbances };
  }

  /** Shows the goal elsewhere from a state on: where a hand has it by now. */
  moveGoal(goal: readonly number[], from: number, turn: readonly number[] | null = null): void {
    if (this.#goalAt < 0) return;
    const { params, steps } = this.#episode;
    const size = width(this.recording.header.spec.params);
    for (let t = Math.max(0, from); t <= steps; t++) {
      params.set(goal, t * size + this.#goalAt);
      if (turn && this.#turnAt >= 0) params.set(turn, t * size + this.#turnAt);
    }
  }

  /** What is set of the world, in steps of what is in view: before the first of these, below 0. */
  #disturbances({ t, disturbances }: Stepped): readonly Disturbance[] {
    const from = t - this.#steps;
    const isLast = ({ target }: Disturbance, i: number, all: readonly Disturbance[]) =>
      all.findLastIndex((other) => other.t <= from && other.target === target) === i;
    const set = [...(t === 0 ? [] : this.#set), ...disturbances.filter(({ kind }) => kind === 'dynamics')];
    this.#set = set.filter((one, i) => one.t > from || isLast(one, i, set));
    return this.#set.map((one) => ({ ...one, t: one.t - from }));
  }

  /** The first state stands twice, a step of no action apart: an episode of no step is none. */
  #begin(stepped: Stepped, contacts: Numbers): void {
    [this.#first, this.#steps] = [0, 1];
    this.#touching = [contacts, contacts];
    this.#dynamics = Float32Array.from(stepped.rows.dynamics ?? []);
    this.#write(stepped, 'state', 0);
    this.#write(stepped, 'state', 1);
    this.#write(stepped, 'step', 0);
  }

  #add(stepped: Stepped, contacts: Numbers): void {
    if (stepped.t === 1) {
      this.#steps = 0;
      this.#touching.length = 1;
    }
    if (this.#steps === span) this.#forget();
    this.#write(stepped, 'step', this.#first + this.#steps);
    this.#steps++;
    this.#write(stepped, 'state', this.#first + this.#steps);
    this.#touching.push(contacts);
  }

  /** Forgets the first step. */
  #forget(): void {
    this.#first++;
    this.#steps--;
    this.#touching.shift();
    if (this.#first <= span) return;
    for (const { width: size, data } of this.#buffers) {
      data.copyWithin(0, this.#first * size, (this.#first + this.#steps + 1) * size);
    }
    this.#first = 0;
  }

  #write({ rows }: Stepped, of: 'state' | 'step', row: number): void {
    for (const { name, per, width: size, data } of this.#buffers) {
      if (per !== of) continue;
      const from = rows[name];
      if (from) data.set(from.subarray(0, size), row * size);
      else data.fill(0, row * size, (row + 1) * size);
    }
  }
}

/** Share of an advantage that may lie in what is still to come. */
const share = 0.05;

/**
 * How advantages are told of while an episode goes on: not of the last steps, and of none where no value of a state stands for what follows,
 * as all that is still to come is missing then.
 */
function goingOn(header: RecordingHeader): RecordingHeader & Discounting {
  const { gamma, lambda, nSteps } = header;
  const { bootstrap: _, ...credit } = header.credit ?? {};
  const isOpen = credit.whole || credit.baseline;
  const fading = gamma * lambda;
  const seen = fading < 1 ? Math.ceil(Math.log(share) / Math.log(fading)) : Number.POSITIVE_INFINITY;
  return {
    ...header,
    credit: { ...credit, ...(isOpen && { baseline: [Number.NaN] }) },
    unsettled: nSteps === undefined ? seen : nSteps - 1,
  };
}

function join(parts: readonly Numbers[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
