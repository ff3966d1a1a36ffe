import type { EnvConfig } from '../../envs/env.ts';
import { type EnvRegistry, envOf } from '../../envs/tasks/index.ts';
import { baselines } from '../baselines/index.ts';
import { distributions } from '../policy/distributions/index.ts';
import type { PolicyParts } from './acting-policy.ts';

/** What a policy is made of, by name: a thread makes the same one from it. */
export interface PolicyConfig extends Pick<PolicyParts, 'hidden' | 'initialLogSigma'> {
  readonly env: EnvConfig;
  readonly distribution: string;
  readonly baseline: string;
}

export function policyConfigOf({ env, distribution, baseline, ...rest }: PolicyParts): PolicyConfig {
  return { ...rest, env: env.config, distribution: distribution.name, baseline: baseline.name };
}

/** @param registry what the names of the environment stand for */
export function partsOfConfig(
  { env, distribution, baseline, ...rest }: PolicyConfig,
  registry?: EnvRegistry,
): PolicyParts {
  return {
    ...rest,
    env: envOf(env, registry),
    distribution: distributions[distribution],
    baseline: baselines[baseline],
  };
}
