import type { Env, EnvBatch } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { movingBodiesOf } from '../../envs/model/free-body.ts';
import { jointNamesOf } from '../../envs/model/tree.ts';
import { type EnvSpec, type Field, width } from '../../envs/spec.ts';
import { contactWidth, mostContacts } from '../../envs/trajectory.ts';
import {
  type ArrayName,
  actionsOf,
  arrayNames,
  arrays,
  differenceOf,
  inBatch,
  nameOf,
  type Playing,
  playEpisode,
  type Shown,
  show,
  startNames,
} from './episode.ts';
import { isMarked } from './watch.ts';

/** One by one, what an environment has to keep to. Each says what is wrong in words, or null where nothing is. */

export function checkSpec({ spec, scene }: Env): string | null {
  const lists = { obs: spec.obs, act: spec.act, params: spec.params, dynamics: spec.dynamics };
  for (const [list, fields] of Object.entries(lists)) {
    for (const field of fields) {
      const wrong = wrongIn(field);
      if (wrong) return `${list}: the field "${field.name}" ${wrong}`;
    }
    const twice = repeated(fields.map(({ name }) => name));
    if (twice !== undefined) return `${list}: two fields are named "${twice}"`;
  }
  if (!spec.obs.length || !spec.act.length) return 'expected at least one observation and one action';
  for (const list of ['terms', 'bodies'] as const) {
    if (!spec[list].length) return `${list}: expected at least one name`;
    const twice = repeated(spec[list]);
    if (twice !== undefined) return `${list}: "${twice}" stands twice`;
  }
  const open = spec.act.find(({ low, high }) => low !== -1 || high !== 1);
  if (open) return `act: the field "${open.name}" expects low -1 and high 1, as actions are clipped to that`;
  for (const { param, rotation } of spec.markers) {
    if (!spec.params.some(({ name, size }) => name === param && size === 3)) {
      return `markers: "${param}" is none of the params of size 3`;
    }
    if (rotation !== undefined && !spec.params.some(({ name, size }) => name === rotation && size === 4)) {
      return `markers: the rotation "${rotation}" is none of the params of size 4`;
    }
  }
  if (!(spec.dt > 0)) return `dt: expected a number of seconds above 0, found ${spec.dt}`;
  if (!isCount(spec.horizon)) return `horizon: expected a number of steps above 0, found ${spec.horizon}`;
  const bodies = movingBodiesOf(scene);
  if (String(bodies) !== String(spec.bodies)) return `bodies: expected those that move: ${bodies.join(', ')}`;
  const joints = jointNamesOf(scene.arm.model);
  if (spec.joints && String(joints) !== String(spec.joints)) {
    return `joints: expected those of one degree: ${joints.join(', ')}`;
  }
  if ((scene.contacts === true) !== (spec.hasContacts === true)) {
    return `hasContacts: expected ${scene.contacts === true}, as the scene has it`;
  }
  return null;
}

function wrongIn({ name, size, unit, low, high }: Field): string | null {
  if (!name) return 'has no name';
  if (!isCount(size)) return `expects a size of 1 or more, found ${size}`;
  if (!unit) return 'has no unit; "1" is that of a pure number';
  return low !== undefined && high !== undefined && !(low < high) ? `has bounds from ${low} to ${high}` : null;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

export function repeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) < i);
}

export function checkArrays(env: Env): string | null {
  const slots = 3;
  return inBatch(env, slots, (batch) => {
    if (batch.slots !== slots) return `open(${slots}) gives a batch of ${batch.slots} slots`;
    for (const name of arrayNames) {
      const { type, size } = arrays[name];
      const array = batch[name];
      if (!array && !env.spec.joints && (name === 'q' || name === 'dq')) continue;
      if (!(array instanceof type)) return `${name}: expected a ${type.name}`;
      const expected = slots * size(env.spec);
      if (array.length !== expected) {
        return `${name}: expected ${expected} numbers for ${slots} slots, as the spec says, found ${array.length}`;
      }
    }
    return env.spec.hasContacts ? checkContactArrays(batch) : null;
  });
}

function checkContactArrays({ slots, contact_count, contacts }: EnvBatch): string | null {
  for (const [name, array, size] of [
    ['contact_count', contact_count, slots],
    ['contacts', contacts, slots * mostContacts * contactWidth],
  ] as const) {
    if (!(array instanceof Float32Array)) return `${name}: expected a Float32Array, because the spec has contacts`;
    if (array.length !== size) return `${name}: expected ${size} numbers for ${slots} slots, found ${array.length}`;
  }
  return null;
}

/** What is opened stays: who reads a batch keeps its arrays. */
export function checkMemory(env: Env): string | null {
  return inBatch(env, 2, (batch) => {
    const before = { ...batch };
    const act = new Float32Array(2 * width(env.spec.act)).fill(0.5);
    batch.start(0, 1);
    batch.step(act);
    batch.start(1, 2);
    const other = arrayNames.find((name) => batch[name] !== before[name]);
    if (other) return `${other} is another array after a step: write into the one that the batch was opened with`;
    return act.every((value) => value === 0.5) ? null : 'step writes into the actions that it is given';
  });
}

type Numbers = Shown['rows'][ArrayName];
const numeric = ['params', 'dynamics', 'pose', 'q', 'dq', 'obs', 'terms', 'reward'] as const;

/** The first number that is not as it has to be, in words. */
function firstNumber(
  spec: EnvSpec,
  shown: readonly Shown[],
  names: readonly ArrayName[],
  describe: (row: Numbers, i: number, name: ArrayName, one: Shown) => string | null,
): string | null {
  for (const one of shown) {
    if (one.rests) continue;
    for (const name of names) {
      if (one.t === 0 && !isWrittenAtStart(name)) continue;
      const row = one.rows[name];
      for (let i = 0; i < row.length; i++) {
        const wrong = describe(row, i, name, one);
        if (wrong) return `${nameOf(spec, name, i)} ${wrong}, at step ${one.t} of the episode of seed ${one.seed}`;
      }
    }
  }
  return null;
}

function isWrittenAtStart(name: ArrayName): boolean {
  return (startNames as readonly ArrayName[]).includes(name);
}

export function checkWritten({ spec }: Env, shown: readonly Shown[]): string | null {
  return firstNumber(spec, shown, numeric, (row, i, name, { rows }) => {
    // An episode whose simulation diverged shows the state before.
    if (rows.fault[0] || !isMarked(row, i)) return null;
    const kept = name === 'terms' ? '; a term that does not apply is 0' : '';
    return `is not written${kept}`;
  });
}

export function checkFinite({ spec }: Env, shown: readonly Shown[]): string | null {
  return firstNumber(spec, shown, numeric, (row, i, _, { rows }) =>
    Number.isFinite(row[i]) || isMarked(row, i) || rows.fault[0] ? null : `is ${row[i]}`,
  );
}

export function checkBounds({ spec }: Env, shown: readonly Shown[]): string | null {
  const boundsOf = (fields: readonly Field[]) =>
    fields.flatMap(({ size, low = -Infinity, high = Infinity }) =>
      new Array<readonly number[]>(size).fill([low, high]),
    );
  const bounds = { obs: boundsOf(spec.obs), params: boundsOf(spec.params), dynamics: boundsOf(spec.dynamics) };
  const names = ['obs', 'params', 'dynamics'] as const;
  return firstNumber(spec, shown, names, (row, i, name) => {
    const [low, high] = bounds[name as (typeof names)[number]][i];
    // The numbers are rounded to float32, and their bounds are not.
    if (!(row[i] < Math.fround(low) || row[i] > Math.fround(high))) return null;
    return `is ${show(row[i])}, and its field says ${low} to ${high}`;
  });
}

export function checkReward({ spec }: Env, shown: readonly Shown[]): string | null {
  return firstNumber(spec, shown, ['reward'], ([reward], _, __, { rows: { terms } }) => {
    const sum = Array.from(terms).reduce((total, term) => total + term, 0);
    const size = Array.from(terms).reduce((total, term) => total + Math.abs(term), 1);
    if (!Number.isFinite(reward) || !Number.isFinite(sum) || Math.abs(reward - sum) <= 1e-9 * size) return null;
    return `is ${show(reward)}, and its terms (${spec.terms.join(' + ')}) sum to ${show(sum)}`;
  });
}

export function checkEnd({ spec }: Env, shown: readonly Shown[]): string | null {
  const latest = new Map<number, Shown>();
  for (const one of shown) {
    const wrong = wrongEnd(spec, one, latest.get(one.slot));
    if (wrong) return `${wrong}, at step ${one.t} of the episode of seed ${one.seed}`;
    latest.set(one.slot, one);
  }
  return null;
}

function wrongEnd(spec: EnvSpec, one: Shown, before: Shown | undefined): string | null {
  const { t, rests, rows } = one;
  if (rests) {
    if (!before || !differenceOf(spec, [before], [one])) return null;
    return before.t === 0
      ? 'a slot that was never started changes in a step'
      : 'a slot whose episode has ended does not rest: its arrays change in the next step';
  }
  const [last, discount, fault] = [rows.last[0], rows.discount[0], rows.fault[0]];
  if (last > 1 || fault > 1) return `last and fault are 0 or 1, found ${last} and ${fault}`;
  if (t === 0) return last || discount !== 1 ? `an episode starts with last ${last} and discount ${discount}` : null;
  if (fault) return last ? null : 'fault is 1 and last is 0';
  if (discount !== 0 && discount !== 1) return `discount is ${discount}: 0 where the task ended the episode, else 1`;
  if (discount === 0 && !last) return 'discount is 0 and last is 0: what terminates an episode ends it';
  if (last && discount === 1 && t < spec.horizon) {
    return cutOff(spec);
  }
  return !last && t >= spec.horizon ? `the episode goes on after its horizon of ${spec.horizon} steps` : null;
}

export function cutOff({ horizon }: EnvSpec): string {
  return `the episode is cut off before its horizon of ${horizon}: what ends it by a rule has discount 0`;
}

export function checkSuccess({ spec }: Env, shown: readonly Shown[]): string | null {
  return firstNumber(spec, shown, ['success'], ([success]) => {
    if (success > 1) return `is ${success}: expected 0 or 1`;
    return success && !spec.hasSuccess ? 'is 1, and spec.hasSuccess is false' : null;
  });
}

/** Seed of the episode that is played again and again. */
const seed = 7;

/** That episode in a batch of its own. */
function alone(env: Env, playing?: Playing): Shown[] {
  return inBatch(env, 1, (batch) => playEpisode(env, batch, seed, playing));
}

export function checkDeterminism(env: Env): string | null {
  const difference = differenceOf(env.spec, alone(env), alone(env));
  if (!difference) return null;
  const remedy = 'draw random numbers in reset, from its stream, and keep in params what an episode has of its own';
  return `the episode of seed ${seed} comes out otherwise the second time: ${difference}; ${remedy}`;
}

const keepInParams = 'keep everything in params, or draw it in reset';

export function checkHistory(env: Env): string | null {
  const difference = inBatch(env, 1, (batch) => {
    const before = playEpisode(env, batch, seed);
    for (let other = seed + 1; other < seed + 4; other++) playEpisode(env, batch, other);
    return differenceOf(env.spec, before, playEpisode(env, batch, seed));
  });
  if (!difference) return null;
  return `hidden state: the episode of seed ${seed} comes out otherwise after others have run: ${difference}; ${keepInParams}`;
}

/**
 * The same with one that nothing has run in before.
 * @returns what is wrong, in words; null where nothing is
 */
export function checkFresh(fresh: Env, used: Env): string | null {
  const difference = differenceOf(used.spec, alone(fresh), alone(used));
  if (!difference) return null;
  return `hidden state: the episode of seed ${seed} comes out otherwise as the first of all: ${difference}; ${keepInParams}`;
}

export function checkSlots(env: Env): string | null {
  const [slots, slot] = [6, 3];
  const before = alone(env);
  const beside = inBatch(env, slots, (batch) => {
    const random = stream(seed, 'noise', 1);
    let others = 1000;
    // Episodes begin all around, some in the middle of one.
    const around = (t: number, act: Float32Array) => {
      for (let k = 0; k < act.length; k++) act[k] = random.between(-1, 1);
      for (let k = 0; k < slots; k++) {
        if (k !== slot && (t === 1 || batch.last[k] || (t + k) % 9 === 0)) batch.start(k, others++);
      }
    };
    return playEpisode(env, batch, seed, { slot, around });
  });
  const difference = differenceOf(env.spec, before, beside);
  if (!difference) return null;
  const remedy = 'share no variable and no array between episodes';
  return `the episode of seed ${seed} comes out otherwise beside others: ${difference}; ${remedy}`;
}

export function checkClipping(env: Env): string | null {
  const random = stream(seed, 'noise', 2);
  const signs = Array.from({ length: 5 * width(env.spec.act) }, () => (random.uniform() < 0.5 ? -1 : 1));
  const play = (scale: number) => {
    let t = 0;
    const size = width(env.spec.act);
    const act = () => Float32Array.from(signs.slice(size * (t % 5), size * ((t++ % 5) + 1)), (sign) => scale * sign);
    return alone(env, { act });
  };
  const difference = differenceOf(env.spec, play(1), play(5));
  return difference && `actions of 5 do not act as those of 1, to which they are clipped: ${difference}`;
}

export function checkParams(env: Env): string | null {
  const play = (actions: number) => alone(env, { act: actionsOf(env, actions) });
  const [one, other] = [play(seed), play(seed + 1)];
  const { spec } = env;
  const changed = (a: Shown, b: Shown) => {
    const i = a.rows.params.findIndex((value, k) => !Object.is(value, b.rows.params[k]));
    return i < 0 ? null : nameOf(spec, 'params', i);
  };
  for (let t = 1; t < Math.min(one.length, other.length); t++) {
    const moved = spec.paramsMove ? null : changed(one[0], one[t]);
    if (moved) return `${moved} changes at step ${t}, and spec.paramsMove is false: only \`move\` moves parameters`;
    const differs = changed(one[t], other[t]);
    if (differs) return `${differs} at step ${t} depends on the actions: it has to follow from the seed and the step`;
  }
  return null;
}
