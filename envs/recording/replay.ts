import { cutShort } from '../cut-short.ts';
import { type Env, type EnvBatch, endOf } from '../env.ts';
import type { EnvSpec } from '../spec.ts';
import {
  type ColumnName,
  type Columns,
  columnOf,
  columnsOf,
  contactsAt,
  contactsIn,
  contactWidth,
  type Disturbance,
  lengthOf,
  mostContacts,
  noJoints,
  type SizedColumn,
  type Sizes,
  shapeOf,
  sizesOf,
  type Trajectory,
} from '../trajectory.ts';
import { type Difference, differenceInConfig, differenceInHeader } from './difference.ts';
import { disturbedSpec, isDisturbed } from './disturbances.ts';
import type { Recording, RecordingHeader } from './header.ts';
import { inVersionOne, isOfVersionOne } from './upgrade.ts';

export type { Difference } from './difference.ts';

/** Episodes re-simulated side by side. No result depends on it. */
const slots = 64;

/**
 * What a recording says and no simulation can show: who acted, and what that policy thought. Of the actions a simulation shows
 * what they did, and so nothing of what is clipped.
 * @param hasPolicy whether the policy itself is compared
 */
export function claimsOf({ header, episodes }: Recording, hasPolicy = false): string[] {
  const { credit, cutAfter, ease, env, nSteps, policy } = header;
  const unsquashed = policy.squashed && episodes[0].unsquashed.length > 0;
  const credits = [...(nSteps ? ['nSteps'] : []), ...(credit ? ['credit'] : [])];
  const all = ['policy', 'gamma', 'lambda', ...credits, 'mean', 'scale', 'logp', 'value'];
  // Of squashed actions alone, as earlier versions kept them, the log-probability cannot be told.
  const known = policy.squashed && !unsquashed ? ['logp'] : [];
  return [
    ...(hasPolicy ? known : [...all, ...(unsquashed ? ['unsquashed'] : [])]),
    ...(cutAfter ? ['cutAfter'] : []),
    ...(ease ? ['ease'] : []),
    ...(env.modules ? ['paths of modules'] : []),
  ];
}

/**
 * Compares what the header says of the environment with the environment, then re-simulates every episode from its seed and its
 * recorded actions, and from what hands did to it, and compares, bit for bit, what the physics determines: parameters, drawn dynamics,
 * observations, rewards and their terms, poses, joints, success and end. `claimsOf` names the rest. Await `loadPhysics` before.
 *
 * @param given the environment that the recording's configuration names
 * @returns the first difference: in the header, then by episode, then by step; or null
 */
export function findDifference(given: Env, { header, episodes }: Recording): Difference | null {
  const told = asTold(given.spec, header);
  const env = { ...given, spec: isDisturbed(episodes) ? disturbedSpec(told) : told };
  const inHeader = findHeaderDifference(env, header);
  if (inHeader) return inHeader;
  const sizes = sizesOf(env.spec, shapeOf(undefined, env.spec));
  const simulated = cutShort(env, header.cutAfter ?? 0);
  for (let first = 0; first < episodes.length; first += slots) {
    const group = episodes.slice(first, first + slots);
    const batch = simulated.open(group.length, header.ease);
    try {
      const found = compareGroup(batch, group, sizes);
      if (found) return { ...found, episode: first + (found.episode ?? 0) };
    } finally {
      batch.close();
    }
  }
  return null;
}

/** The spec as the header has room for it: files of before version 4 tell of no joints. */
function asTold({ joints, ...spec }: EnvSpec, header: RecordingHeader): EnvSpec {
  return header.spec.joints && joints ? { ...spec, joints } : spec;
}

/** Where the header first says something else of the environment than that says of itself. */
function findHeaderDifference(env: Env, header: RecordingHeader): Difference | null {
  const { spec, scene } = isOfVersionOne(header) ? inVersionOne(env) : env;
  // Files of before there were scales have none.
  const { scales, ...controller } = spec.controller;
  const known = header.spec.controller.scales ? spec : { ...spec, controller };
  return (
    differenceInHeader(header.engine, env.engine, 'header.engine') ??
    differenceInConfig(header.env, env.config) ??
    differenceInHeader(header.spec, known, 'header.spec') ??
    differenceInHeader(header.scene, scene, 'header.scene')
  );
}

/** The first difference in a group of episodes, each in a slot of its own. */
function compareGroup(batch: EnvBatch, episodes: readonly Trajectory[], sizes: Sizes): Difference | null {
  const differences: (Difference | null)[] = episodes.map((episode, slot) => {
    const wrong = columnsOf(sizes).find((column) => !hasLength(episode, column));
    if (wrong) {
      const [expected, found] = [episode[wrong.name].length, lengthOf(wrong, episode.steps, contactsIn(episode))];
      return difference(slot, 0, `${wrong.name} length`, expected, found);
    }
    batch.start(slot, episode.seed);
    return compareState(batch, slot, episode, 0, sizes);
  });
  const longest = Math.max(...episodes.map((episode) => episode.steps));
  const act = new Float32Array(episodes.length * sizes.act);
  for (let t = 0; t < longest; t++) {
    const running = episodes.map((episode, slot) => t < episode.steps && !differences[slot] && !batch.last[slot]);
    episodes.forEach((episode, slot) => {
      if (t < episode.steps) act.set(episode.act.subarray(t * sizes.act, (t + 1) * sizes.act), slot * sizes.act);
    });
    batch.step(act, disturbancesAt(episodes, t));
    episodes.forEach((episode, slot) => {
      if (running[slot]) differences[slot] = compareStep(batch, slot, episode, t, sizes);
    });
  }
  return differences.find((found) => found !== null) ?? null;
}

/** What hands do in step t of each episode. */
function disturbancesAt(episodes: readonly Trajectory[], t: number): readonly (readonly Disturbance[])[] {
  return episodes.map(({ disturbances }) => disturbances?.filter((one) => one.t === t) ?? []);
}

function compareStep(batch: EnvBatch, slot: number, episode: Trajectory, t: number, sizes: Sizes): Difference | null {
  const isLast = t + 1 === episode.steps;
  const compareValues = (field: string, expected: unknown, found: unknown) =>
    expected === found ? null : difference(slot, t, field, expected, found);
  return (
    compareRows(batch, slot, episode, t, ['reward', 'terms'], sizes) ??
    compareState(batch, slot, episode, t + 1, sizes) ??
    compareValues('last step', isLast, batch.last[slot] === 1) ??
    (isLast ? compareValues('end', episode.end, endOf(batch, slot)) : null) ??
    (isLast ? compareValues('success', episode.success, batch.success[slot] === 1) : null)
  );
}

function compareState(batch: EnvBatch, slot: number, episode: Trajectory, t: number, sizes: Sizes): Difference | null {
  const found = compareRows(batch, slot, episode, t, ['params', 'dynamics', 'obs', 'pose', 'q', 'dq'], sizes);
  return found ?? (sizes.hasContacts ? compareContacts(batch, slot, episode, t) : null);
}

/** Compares the points of contact of time step t. */
function compareContacts(batch: EnvBatch, slot: number, episode: Trajectory, t: number): Difference | null {
  const expected = episode.contact_count[t];
  const count = batch.contact_count?.[slot];
  if (expected !== count) return difference(slot, t, 'contact_count', expected, count);
  const recorded = contactsAt(episode, t);
  const own = batch.contacts?.subarray(slot * mostContacts * contactWidth);
  const k = recorded.findIndex((value, i) => !Object.is(value, own?.[i]));
  return k < 0 ? null : difference(slot, t, `contacts[${k}]`, recorded[k], own?.[k]);
}

/** What the physics determines of a trajectory: columns that a batch has, too. */
type Determined = Exclude<Extract<ColumnName, keyof EnvBatch>, 'contact_count' | 'contacts'>;

const compared: readonly ColumnName[] = [
  'act',
  'reward',
  'terms',
  'params',
  'dynamics',
  'obs',
  'pose',
  'q',
  'dq',
  'contact_count',
  'contacts',
];

function hasLength(episode: Trajectory, column: SizedColumn): boolean {
  const expected = lengthOf(column, episode.steps, column.width && contactsIn(episode));
  return !compared.includes(column.name) || episode[column.name].length === expected;
}

/** Compares the rows of time step t. */
function compareRows(
  batch: EnvBatch,
  slot: number,
  episode: Trajectory,
  t: number,
  names: readonly Determined[],
  sizes: Sizes,
): Difference | null {
  for (const name of names) {
    const { per, width } = columnOf(name, sizes);
    const row = per === 'episode' ? 0 : t;
    const expected = rowOf(episode[name], row, width);
    const found = rowOf(batch[name] ?? noJoints.q, slot, width);
    const i = expected.findIndex((value, k) => !Object.is(value, found[k]));
    if (i >= 0) return difference(slot, t, `${name}[${i}]`, expected[i], found[i]);
  }
  return null;
}

function rowOf(column: Columns[ColumnName], row: number, width: number): Columns[ColumnName] {
  return column.subarray(row * width, (row + 1) * width);
}

function difference(episode: number, step: number, field: string, expected: unknown, found: unknown): Difference {
  return { episode, step, field, expected: String(expected), found: String(found) };
}
