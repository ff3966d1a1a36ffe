import { type EnvSpec, width } from './spec.ts';

/**
 * One episode: s_t, a_t, r_t = r(s_t, a_t) for t = 0..T-1, and s_T. Observations, actions and poses are float32, as
 * they are in memory during training, so that a saved rollout holds the numbers that the policy saw and not their neighbours.
 * Its arrays are the columns below, row-major; recorder, transfer between threads, files and views follow this table.
 */
export interface Trajectory extends Columns {
  /** Integer in [0, 2^53) from which the start, the parameters and the action noise of the episode derive. */
  readonly seed: number;
  /** T */
  readonly steps: number;
  /** Whether the goal is reached in s_T. */
  readonly success: boolean;
  readonly end: End;
  /** What was done to the world from outside; absent where nothing was. */
  readonly disturbances?: readonly Disturbance[];
}

/**
 * What a hand, or a test, does to the world during one control step. A force pushes the body that `target` names, as six values: N, and
 * the point that it acts at, m, in world axes. `param` sets a parameter of the state that the step leads to, and of those to come where
 * the task itself does not move it. `dynamics` sets one of `disturbedDynamics` from the step on. `reset` ends the episode with the step.
 */
export interface Disturbance {
  /** Control step. */
  readonly t: number;
  readonly kind: 'force' | 'param' | 'dynamics' | 'pose' | 'reset';
  readonly target: string;
  readonly values: readonly number[];
}

/**
 * terminated: the task ended it (no value follows); truncated: the horizon cut it off; fault: the simulation diverged, and
 * nothing is to be learned from it.
 */
export type End = (typeof ends)[number];
export const ends = ['terminated', 'truncated', 'fault'] as const;

/** What a column has one row for: every state s_0 .. s_T, every step, the episode, or every point of contact in a state. */
export type Per = 'state' | 'step' | 'episode' | 'contact';

/** Points of contact that are told of in a state, at most. */
export const mostContacts = 64;
/** Numbers in a row of `contacts`. */
export const contactWidth = 8;

/** The sizes that a spec and a policy give to the columns. */
export interface Sizes {
  /** O */
  readonly obs: number;
  /** A */
  readonly act: number;
  /** K */
  readonly terms: number;
  /** G */
  readonly params: number;
  readonly paramsMove: boolean;
  /** D */
  readonly dynamics: number;
  /** B */
  readonly bodies: number;
  /** J, where the joints are told of. */
  readonly joints?: number;
  /** Numbers in a row of `scale`. */
  readonly scale: number;
  /** A where actions are squashed, else 0. */
  readonly unsquashed: number;
  /** Whether bodies touch. */
  readonly hasContacts?: boolean;
}

/** What an actor gives to the sizes. */
export interface ActorShape {
  /** Numbers in a row of `scale`: A standard deviations, or A^2 for a lower Cholesky factor. */
  readonly scaleSize: number;
  /** Whether actions are tanh of what is sampled. */
  readonly squashed: boolean;
}

interface Column {
  readonly dtype: 'F32' | 'F64';
  readonly per: Per | ((sizes: Sizes) => Per);
  /** Shape of one row. */
  readonly row: (sizes: Sizes) => readonly number[];
}

const number = () => [];

export const columns = {
  /** [T+1, O] */
  obs: { dtype: 'F32', per: 'state', row: (s) => [s.obs] },
  /** As sampled, before any clipping [T, A]. */
  act: { dtype: 'F32', per: 'step', row: (s) => [s.act] },
  /**
   * What was sampled where actions are its tanh [T, A], else no numbers: an action near the edge of the box is too coarse to find
   * it again.
   */
  unsquashed: { dtype: 'F32', per: 'step', row: (s) => [s.unsquashed] },
  /** log pi(a_t | s_t) [T] */
  logp: { dtype: 'F64', per: 'step', row: number },
  /** [T] */
  reward: { dtype: 'F64', per: 'step', row: number },
  /** [T, K], rows sum to the reward. */
  terms: { dtype: 'F64', per: 'step', row: (s) => [s.terms] },
  /** World pose of every moving body: position (m) and quaternion [T+1, B, 7]. */
  pose: { dtype: 'F32', per: 'state', row: (s) => [s.bodies, 7] },
  /** Positions of the joints of one degree, rad or m [T+1, J], where they are told of. */
  q: { dtype: 'F32', per: 'state', row: (s) => [s.joints ?? 0] },
  /** Their velocities, rad/s or m/s [T+1, J]. */
  dq: { dtype: 'F32', per: 'state', row: (s) => [s.joints ?? 0] },
  /** Points at which bodies touch [T+1], where they can. */
  contact_count: { dtype: 'F32', per: 'state', row: (s) => (s.hasContacts ? [] : [0]) },
  /**
   * Those points, state after state [sum of the counts, 8]: two bodies by their places among those that touch, the point (m) and the
   * force with which the first presses on the second there (N), in world axes.
   */
  contacts: { dtype: 'F32', per: 'contact', row: (s) => [s.hasContacts ? contactWidth : 0] },
  /** The parameters of the episode [1, G], or [T+1, G] where they move. */
  params: { dtype: 'F32', per: (s) => (s.paramsMove ? 'state' : 'episode'), row: (s) => [s.params] },
  /** What was drawn of the physics [D]. */
  dynamics: { dtype: 'F32', per: 'episode', row: (s) => [s.dynamics] },
  /** Mean of the policy at s_t [T, A]. */
  mean: { dtype: 'F64', per: 'step', row: (s) => [s.act] },
  /** Standard deviations of the policy at s_t [T, A], or lower Cholesky factors of its covariance [T, A, A]. */
  scale: { dtype: 'F64', per: 'step', row: (s) => (s.scale > s.act ? [s.act, s.act] : [s.act]) },
  /** State value estimate [T+1]; NaN where there is none. */
  value: { dtype: 'F64', per: 'state', row: number },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as ColumnName[];

/** The arrays of a trajectory. */
export type Columns = {
  readonly [Name in ColumnName]: (typeof columns)[Name]['dtype'] extends 'F32' ? Float32Array : Float64Array;
};

/** The actor that an episode is of, and for none one with A standard deviations. */
export function shapeOf(episode: Trajectory | undefined, spec: EnvSpec): ActorShape {
  if (!episode) return { scaleSize: width(spec.act), squashed: false };
  return { scaleSize: episode.scale.length / episode.steps, squashed: episode.unsquashed.length > 0 };
}

/** Undiscounted return of an episode. */
export function totalReward({ reward }: Pick<Columns, 'reward'>): number {
  return reward.reduce((sum, r) => sum + r, 0);
}

/** Episodes that were successes. */
export function countSuccesses(episodes: readonly { readonly success: boolean }[]): number {
  return episodes.reduce((sum, { success }) => sum + Number(success), 0);
}

/** The parameters in state t [G]. */
export function paramsAt({ params }: Pick<Columns, 'params'>, spec: EnvSpec, t: number): Float32Array {
  const size = width(spec.params);
  return spec.paramsMove ? params.subarray(t * size, (t + 1) * size) : params.subarray(0, size);
}

/** What the policy's distribution gave, of which the actions are made: the actions themselves where they are not squashed. */
export function sampledIn({ act, unsquashed }: Pick<Columns, 'act' | 'unsquashed'>): Float32Array {
  return unsquashed.length ? unsquashed : act;
}

export function sizesOf(spec: EnvSpec, { scaleSize, squashed }: ActorShape): Sizes {
  return {
    obs: width(spec.obs),
    act: width(spec.act),
    terms: spec.terms.length,
    params: width(spec.params),
    paramsMove: spec.paramsMove,
    dynamics: width(spec.dynamics),
    bodies: spec.bodies.length,
    joints: spec.joints?.length ?? 0,
    scale: scaleSize,
    unsquashed: squashed ? width(spec.act) : 0,
    hasContacts: spec.hasContacts,
  };
}

/** A column among these sizes. */
export interface SizedColumn {
  readonly name: ColumnName;
  readonly dtype: 'F32' | 'F64';
  readonly per: Per;
  /** Shape of one row, and the numbers in it. */
  readonly shape: readonly number[];
  readonly width: number;
}

export function columnOf(name: ColumnName, sizes: Sizes): SizedColumn {
  const { dtype, per, row }: Column = columns[name];
  const shape = row(sizes);
  const width = shape.reduce((product, size) => product * size, 1);
  return { name, dtype, per: typeof per === 'function' ? per(sizes) : per, shape, width };
}

export function columnsOf(sizes: Sizes): SizedColumn[] {
  return columnNames.map((name) => columnOf(name, sizes));
}

/** Numbers of a column in an episode of so many steps, and points of contact in all. */
export function lengthOf({ per, width }: SizedColumn, steps: number, contacts = 0): number {
  return width * { state: steps + 1, step: steps, episode: 1, contact: contacts }[per];
}

/** The columns of joints of an episode that does not tell of them. */
export const noJoints = { q: new Float32Array(0), dq: new Float32Array(0) } as const;

/** The columns of contacts of an episode in which nothing can touch. */
export const noContacts = { contact_count: new Float32Array(0), contacts: new Float32Array(0) } as const;

/** Points of contact in an episode. */
export function contactsIn({ contact_count }: Pick<Columns, 'contact_count'>): number {
  return contact_count.reduce((sum, count) => sum + count, 0);
}

/** The points of contact of state t [n, 8]. */
export function contactsAt(
  { contact_count: counts, contacts }: Pick<Columns, 'contact_count' | 'contacts'>,
  t: number,
): Float32Array {
  let first = 0;
  for (let i = 0; i < t; i++) first += counts[i];
  return contacts.subarray(first * contactWidth, (first + counts[t]) * contactWidth);
}
