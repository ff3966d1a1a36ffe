import { forcesByPair } from '../derive/contacts.ts';
import { advantages } from '../derive/episode.ts';
import { jointPositions, movingJoints } from '../derive/kinematics.ts';
import { actionAtSigma, actionComponents } from '../derive/policy.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import type { EpisodeView } from '../state/state.ts';
import type { Plot, Series } from './plot.ts';

/** Column i of rows of that width. */
function column(rows: ArrayLike<number>, width: number, i: number): Float64Array {
  const out = new Float64Array(rows.length / width);
  for (let t = 0; t < out.length; t++) out[t] = rows[t * width + i];
  return out;
}

/** The limits of a joint or a component of the action, where there are any. */
function limitsOf({ low, high }: { readonly low?: number; readonly high?: number }): [number, number] | undefined {
  return low === undefined || high === undefined ? undefined : [low, high];
}

const distance: Plot = {
  name: 'distance',
  title: 'Distance to goal',
  unit: 'm',
  compared: true,
  level: ({ recording }) => goalRadiusOf(recording.header.spec) || undefined,
  series: ({ derived }) => [{ name: 'distance', values: derived.distance, at: 'state' }],
};

const turn: Plot = {
  name: 'turn',
  title: 'Turn to goal',
  unit: 'rad',
  compared: true,
  level: ({ recording }) => recording.header.spec.markers[0]?.angle,
  series: ({ derived, recording }) =>
    recording.header.spec.markers[0]?.rotation ? [{ name: 'turn', values: derived.turn, at: 'state' }] : [],
};

const reward: Plot = {
  name: 'reward',
  title: 'Reward by term',
  stacked: true,
  series: ({ episode: { terms }, recording }) => {
    const names = recording.header.spec.terms;
    return names.map((name, k) => ({ name, values: column(terms, names.length, k), at: 'step' }));
  },
};

/** The last value of a terminated episode stands for nothing that follows. */
const value: Plot = {
  name: 'value',
  title: 'Value and advantage',
  series: ({ episode, recording }) => {
    const found = advantages(episode, recording.header);
    return [
      ...(Number.isFinite(episode.value[0]) ? [{ name: 'value', values: episode.value, at: 'state' } as const] : []),
      ...(Number.isFinite(found[0]) ? [{ name: 'advantage', values: found, at: 'step' } as const] : []),
    ];
  },
};

/** The actions that were taken; one of them isolated shows the policy's mean with one sigma to either side as a band. */
const actions: Plot = {
  name: 'actions',
  title: 'Actions',
  series: ({ episode, recording }) => {
    const components = actionComponents(recording.header);
    const { policy } = recording.header;
    const edge = (i: number, sigmas: number) =>
      column(episode.mean, components.length, i).map((_, t) =>
        actionAtSigma(episode, t * components.length + i, sigmas, policy.squashed),
      );
    return components.map(({ name, field }, i) => ({
      name,
      values: column(episode.act, components.length, i),
      at: 'step',
      band: () => ({ low: edge(i, -1), high: edge(i, 1) }),
      limits: limitsOf(field),
    }));
  },
};

const angles: Plot = {
  name: 'angles',
  title: 'Joint angles',
  unit: 'rad',
  series: (view) => positions(view, false),
};

const slides: Plot = {
  name: 'slides',
  title: 'Joint positions',
  unit: 'm',
  series: (view) => positions(view, true),
};

/** The positions of the joints that slide, or of those that turn. */
function positions({ episode, recording }: EpisodeView, sliding: boolean): Series[] {
  const { scene } = recording.header;
  const joints = movingJoints(scene);
  const all = jointPositions(episode, scene);
  const fingers = scene.arm.model.gripper?.joints ?? [];
  return joints.flatMap((joint, j) => {
    if ((joint.kind === 'prismatic') !== sliding || fingers.includes(joint.name)) return [];
    return { name: joint.name, values: column(all, joints.length, j), at: 'state', limits: limitsOf(joint) };
  });
}

/** How far the fingers are apart: each one's way from where they meet, together. */
const gripperWidth: Plot = {
  name: 'gripper',
  title: 'Gripper width',
  unit: 'm',
  compared: true,
  series({ episode, recording }) {
    const { scene } = recording.header;
    const fingers = scene.arm.model.gripper?.joints ?? [];
    if (!fingers.length) return [];
    const joints = movingJoints(scene);
    const all = jointPositions(episode, scene);
    const values = new Float64Array(episode.steps + 1);
    joints.forEach(({ name }, j) => {
      if (fingers.includes(name))
        column(all, joints.length, j).forEach((way, t) => {
          values[t] += way;
        });
    });
    return [{ name: 'width', values, at: 'state' }];
  },
};

/** What presses on what, on top of one another: the whole is all that presses. */
const contactForce: Plot = {
  name: 'contacts',
  title: 'Contact force',
  unit: 'N',
  stacked: true,
  series: ({ episode, recording }) =>
    forcesByPair(episode, recording.header).map(({ name, force }) => ({ name, values: force, at: 'state' })),
};

const logProbability: Plot = {
  name: 'logp',
  title: 'Log-probability of the action',
  compared: true,
  series: ({ episode }) => [{ name: 'log π(a | s)', values: episode.logp, at: 'step' }],
};

export const episodePlots: readonly Plot[] = [
  distance,
  turn,
  reward,
  contactForce,
  gripperWidth,
  value,
  actions,
  angles,
  slides,
  logProbability,
];
