import { Command } from 'commander';
import type { EnvConfig } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { type Difference, findDifference } from '../../envs/recording/replay.ts';
import { type EnvSpec, width } from '../../envs/spec.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { commandLine } from '../report/format.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { findPolicyDifference } from '../rollout/policy-replay.ts';
import { loadPhysics } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { read } from '../run/files.ts';
import { loadPolicy } from '../run/policy.ts';
import { moduleArgsOf } from '../run/recording.ts';
import type { Registry } from '../train/registry.ts';
import { printJson, withExamples } from './command.ts';
import { addModuleFlags, finderFor, type ModuleFlags, namedModules } from './modules.ts';

interface VerifyFlags extends ModuleFlags {
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
    addModuleFlags(command),
    'armature verify runs/panda-reach-joints-s0/rollouts.safetensors',
    'armature verify reach.safetensors --policy runs/panda-reach-joints-s0',
  ).action(execute);
}

async function execute(file: string, flags: VerifyFlags): Promise<void> {
  const { json } = flags;
  const recording = await decodeRecording(await read(file), file);
  const difference = await compare(recording, file, flags);
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

async function compare(recording: Recording, file: string, flags: VerifyFlags): Promise<Difference | null> {
  const { policy } = flags;
  const { env } = recording.header;
  const registry = await namedRegistry(env, file, flags);
  await loadPhysics();
  const difference = findDifference(envOf(configuredAs(env, registry, file), registry), recording);
  if (difference || policy === undefined) return difference;
  const { learner } = await loadPolicy(policy, finderFor(policy, flags, 'same'));
  const [recorded, own] = [sizes(recording.header.spec), sizes(learner.env.spec)];
  if (recorded !== own) throw new Failure(`${policy} is no policy for ${file}: expected ${recorded}, found ${own}`);
  return findPolicyDifference(recording, actorOf(learner));
}

/**
 * The modules that the command line names for those of the recording; a file that comes from anybody chooses no code to run.
 * @throws Failure that says what to name
 */
async function namedRegistry(env: EnvConfig, file: string, flags: ModuleFlags): Promise<Registry> {
  const named = namedModules(flags);
  const { task, arm } = named;
  for (const kind of ['task', 'arm'] as const) {
    const module = env.modules?.[kind];
    if (!module || named[kind]) continue;
    const what = `its ${kind} ${kind === 'task' ? env.env : env.arm} is defined in a module, ${module.path}`;
    const command = commandLine('verify', file, ...moduleArgsOf(env));
    throw new Failure(`${file}: ${what}; if you trust it, name it: \`${command}\``);
  }
  return finderFor(file, { task, arm }, 'same')({ env });
}

function configuredAs({ env, arm, options }: EnvConfig, registry: Registry, file: string): EnvConfig {
  try {
    return configureEnv(env, { arm, options }, registry);
  } catch (error) {
    // The file was well-formed, so what is unknown is unknown to this version.
    if (error instanceof UsageError) throw new Failure(`${file} cannot be simulated: ${error.message}`);
    throw error;
  }
}

function sizes({ name, obs, act }: EnvSpec): string {
  return `${name} with ${width(obs)} observations and ${width(act)} actions`;
}
