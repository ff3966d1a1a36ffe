import { Command } from 'commander';
import type { EnvConfig } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { type Difference, findDifference } from '../../envs/recording/replay.ts';
import { type EnvSpec, width } from '../../envs/spec.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { findPolicyDifference } from '../rollout/policy-replay.ts';
import { loadPhysics } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { read } from '../run/files.ts';
import { loadPolicy } from '../run/policy.ts';
import { printJson, withExamples } from './command.ts';

interface VerifyFlags {
  readonly policy?: string;
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('re-simulate every episode of a file from its seed and actions, and compare bit for bit')
    .argument('<file>', 'a rollout file')
    .option('--policy <run>', "also recompute mean, sigma, log-probability and value by this run's policy")
    .option('--json', 'print one line of JSON');
  return withExamples(
    command,
    'armature verify runs/panda-reach-joints-s0/rollouts.safetensors',
    'armature verify reach.safetensors --policy runs/panda-reach-joints-s0',
  ).action(execute);
}

async function execute(file: string, { policy, json }: VerifyFlags): Promise<void> {
  const recording = await decodeRecording(await read(file), file);
  const difference = await compare(recording, file, policy);
  const { length: episodes } = recording.episodes;
  if (json) printJson({ type: 'result', identical: difference === null, episodes, difference });
  if (difference) {
    const { episode, step, field, expected, found } = difference;
    process.exitCode = 1;
    if (!json) {
      process.stdout.write(
        `${file}: different at episode ${episode}, step ${step}, ${field}: recorded ${expected}, simulated ${found}\n`,
      );
    }
  } else if (!json) {
    process.stdout.write(`${file}: identical (${episodes} episodes)\n`);
  }
}

async function compare(recording: Recording, file: string, policy: string | undefined): Promise<Difference | null> {
  await loadPhysics();
  const env = configuredAs(recording.header.env, file);
  const difference = findDifference(envOf(env), recording);
  if (difference || policy === undefined) return difference;
  const { learner } = await loadPolicy(policy);
  const [recorded, own] = [sizes(recording.header.spec), sizes(learner.env.spec)];
  if (recorded !== own) throw new Failure(`${policy} is no policy for ${file}: expected ${recorded}, found ${own}`);
  return findPolicyDifference(recording, actorOf(learner));
}

function configuredAs({ env, arm, options }: EnvConfig, file: string): EnvConfig {
  try {
    return configureEnv(env, { arm, options });
  } catch (error) {
    // The file was well-formed, so what is unknown is unknown to this version.
    if (error instanceof UsageError) throw new Failure(`${file} cannot be simulated: ${error.message}`);
    throw error;
  }
}

function sizes({ name, obs, act }: EnvSpec): string {
  return `${name} with ${width(obs)} observations and ${width(act)} actions`;
}
