import { advantages } from '../derive/episode.ts';
import { jointAngles, turningJoints } from '../derive/kinematics.ts';
import { actionAtSigma, actionComponents } from '../derive/policy.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import type { Plot } from './plot.ts';

/** Column i of rows of that width. */
function column(rows: ArrayLike<number>, width: number, i: number): Float64Array {
  return Float64Array.from({ length: rows.length / width }, (_, t) => rows[t * width + i]);
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
  title: 'Value',
  series: ({ episode, recording }) => {
    if (!Number.isFinite(episode.value[0])) return [];
    return [
      { name: 'value', values: episode.value, at: 'state' },
      { name: 'advantage', values: advantages(episode, recording.header), at: 'step' },
    ];
  },
};

/** The sampled actions; one of them isolated shows the policy's mean with one sigma to either side as a band. */
const actions: Plot = {
  name: 'actions',
  title: 'Actions',
  series: ({ episode, recording }) => {
    const components = actionComponents(recording.header);
    const edges = (sigmas: number) =>
      episode.mean.map((_, k) => actionAtSigma(episode, k, sigmas, recording.header.policy.squashed));
    const [low, high] = [edges(-1), edges(1)];
    return components.map(({ name, field }, i) => ({
      name,
      values: column(episode.act, components.length, i),
      at: 'step',
      band: { low: column(low, components.length, i), high: column(high, components.length, i) },
      limits: limitsOf(field),
    }));
  },
};

const angles: Plot = {
  name: 'angles',
  title: 'Joint angles',
  unit: 'rad',
  series: ({ episode, recording }) => {
    const joints = turningJoints(recording.header.scene);
    const all = jointAngles(episode, recording.header.scene);
    return joints.map((joint, j) => ({
      name: joint.name,
      values: column(all, joints.length, j),
      at: 'state',
      limits: limitsOf(joint),
    }));
  },
};

const logProbability: Plot = {
  name: 'logp',
  title: 'Log-probability of the action',
  compared: true,
  series: ({ episode }) => [{ name: 'log π(a | s)', values: episode.logp, at: 'step' }],
};

export const episodePlots: readonly Plot[] = [distance, reward, value, actions, angles, logProbability];
