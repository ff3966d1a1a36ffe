import type { Env } from '../../envs/env.ts';
import { type EnvSpec, width } from '../../envs/spec.ts';
import type { Baseline, BaselineEntry } from '../baselines/types.ts';
import type { Actor } from '../policy/actor.ts';
import type { DistributionEntry } from '../policy/distributions/types.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { defaultBackend } from '../policy/network/wasm.ts';
import { createNormalizer, type Normalizer, normalize } from '../policy/normalizer.ts';
import { createPolicy, type Policy } from '../policy/policy.ts';

/** What a policy is made of before it has learned anything. */
export interface PolicyParts {
  readonly env: Env;
  readonly distribution: DistributionEntry;
  readonly initialLogSigma: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly baseline: BaselineEntry;
}

/** A policy with all that it has learned, in its environment. */
export interface ActingPolicy {
  readonly env: Env;
  /** On the default backend, so that an episode has the same bytes whatever the policy is trained on. */
  readonly acting: Policy;
  readonly theta: Float64Array;
  readonly normalizer: Normalizer;
  readonly baseline: Baseline;
}

/** The family of policies that the parts make, without parameters. */
export function policyFor(
  spec: EnvSpec,
  { distribution, hidden, initialLogSigma }: PolicyParts,
  backend: NetBackend = defaultBackend,
): Policy {
  return createPolicy(backend, width(spec.obs), hidden, distribution.create(width(spec.act), initialLogSigma));
}

/**
 * A policy that has learned nothing, its theta zeros.
 * @param training what its baseline is fitted on, and the run's seed, from which the baseline begins; whatever only acts needs neither
 */
export function createActingPolicy(
  parts: PolicyParts,
  training: { readonly backend: NetBackend; readonly seed: number } = { backend: defaultBackend, seed: 0 },
): ActingPolicy {
  const { baseline, env, hidden } = parts;
  const { spec } = env;
  const obsSize = width(spec.obs);
  const acting = policyFor(spec, parts);
  const context = { obsSize, horizon: spec.horizon, hidden, ...training };
  return {
    env,
    acting,
    theta: new Float64Array(acting.size),
    normalizer: createNormalizer(obsSize),
    baseline: baseline.create(context),
  };
}

/** The present policy, to collect or evaluate with. */
export function actorOf({ acting, theta, normalizer, baseline }: ActingPolicy): Actor {
  const { distribution } = acting;
  return {
    scaleSize: distribution.scaleSize,
    squashed: distribution.squashed,
    forward(obs, n) {
      const x = normalize(normalizer, obs, new Float64Array(obs.length));
      const { y, phi } = acting.outputs(theta, x, n);
      return {
        mean: distribution.mode(y, n),
        scale: distribution.scale(y, phi, n),
        value: baseline.isStateValue ? baseline.predict(x, new Int32Array(n)) : new Float64Array(n).fill(Number.NaN),
        sample: (noise) => distribution.sample(y, phi, noise, n),
        actionsOf: (sampled) => distribution.actionsOf(sampled),
        logProbability: (sampled) => distribution.logProbability(sampled, y, phi, n),
      };
    },
  };
}

/** All that a policy has learned, as plain data. */
export interface PolicySnapshot {
  readonly theta: Float64Array;
  readonly normalizer: Normalizer;
  readonly baseline: Readonly<Record<string, Float64Array>>;
}

export function snapshotOf({ theta, normalizer, baseline }: ActingPolicy): PolicySnapshot {
  return { theta, normalizer, baseline: baseline.state };
}

export function applySnapshot({ theta, normalizer, baseline }: ActingPolicy, from: PolicySnapshot): void {
  theta.set(from.theta);
  normalizer.count = from.normalizer.count;
  normalizer.mean.set(from.normalizer.mean);
  normalizer.squares.set(from.normalizer.squares);
  for (const [name, data] of Object.entries(from.baseline)) baseline.state[name].set(data);
}
