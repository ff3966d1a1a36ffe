import type { Format } from '../../envs/recording/sealed.ts';

/** The version of a run's config.json and of policies alike; both are still read as version 2 wrote them. */
export const runVersion = 3;
export const oldestRunVersion = 2;

export const policyFormat: Format = {
  name: 'armature.policy',
  version: runVersion,
  oldest: oldestRunVersion,
  noun: 'a policy file',
};
