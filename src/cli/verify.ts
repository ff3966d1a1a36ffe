import { Command } from 'commander';
import { type Env, type EnvConfig, engineName } from '../../envs/env.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { UsageError } from '../../envs/options.ts';
import {
  type Difference,
  differenceInConfig,
  differenceInHeader,
  differenceInRobot,
} from '../../envs/recording/difference.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { claimsOf, findDifference } from '../../envs/recording/replay.ts';
import { type EnvSpec, width } from '../../envs/spec.ts';
import { configureEnv, envOf, givenIn } from '../../envs/tasks/index.ts';
import { commandLine } from '../report/format.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { findPolicyDifference } from '../rollout/policy-replay.ts';
import { loadPhysics } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { read } from '../run/files.ts';
import { loadPolicy } from '../run/policy.ts';
import { moduleArgsOf, provenanceOf } from '../run/recording.ts';
import type { Learner } from '../train/learner.ts';
import type { Registry } from '../train/registry.ts';
import { withExamples } from './command.ts';
import { addModuleFlags, finderFor, isRobotPath, type ModuleFlags, namedModules } from './modules.ts';
import { printJson, printLines } from './output.ts';

interface VerifyFlags extends ModuleFlags {
  readonly policy?: string;
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('re-simulate every episode of a file from its seed and actions, and compare bit for bit')
    .argument('<file>', 'a rollout file')
    .option('--policy <run>', "also recompute what this run's policy thought, and compare what the file says of it")
    .option('--json', 'print one line of JSON');
  return withExamples(
    addModuleFlags(command),
    'armature verify runs/panda-reach-joints-s0/rollouts.safetensors',
    'armature verify reach.safetensors --policy runs/panda-reach-joints-s0',
  ).action(execute);
}

async function execute(file: string, flags: VerifyFlags): Promise<void> {
  const { json, policy } = flags;
  const recording = await decodeRecording(await read(file), file);
  const difference = await compare(recording, file, flags);
  const { length: episodes } = recording.episodes;
  const claims = claimsOf(recording, policy !== undefined);
  if (difference) process.exitCode = 1;
  if (json) printJson({ type: 'result', identical: difference === null, episodes, difference, claims });
  else printLines([`${file}: ${difference ? different(difference) : identical(episodes, claims, policy)}`]);
}

function different({ episode, step, field, expected, found }: Difference): string {
  if (episode === null) return `different at ${field}: recorded ${expected}, should be ${found}`;
  return `different at episode ${episode}, step ${step}, ${field}: recorded ${expected}, simulated ${found}`;
}

/** What was compared, and what the file merely says. */
function identical(episodes: number, claims: readonly string[], policy: string | undefined): string {
  const remedy = policy === undefined ? '; --policy RUN compares those of its policy' : '';
  return [
    `identical (${episodes} episodes)`,
    ...(policy === undefined ? [] : [`its policy is that of ${policy}`]),
    ...(claims.length ? [`claims of the file: ${claims.join(', ')}${remedy}`] : []),
  ].join('; ');
}

async function compare(recording: Recording, file: string, flags: VerifyFlags): Promise<Difference | null> {
  const { policy } = flags;
  const { env, engine } = recording.header;
  if (engine) {
    throw new UsageError(
      `${file} was simulated in ${engineName(engine)}; only what Rapier simulated is simulated again here, and compared bit for bit`,
    );
  }
  const registry = await namedRegistry(env, file, flags);
  await loadPhysics();
  const difference =
    differenceFromNamed(env, flags, registry) ?? findDifference(environmentOf(env, registry, file), recording);
  if (difference || policy === undefined) return difference;
  const { learner } = await loadPolicy(policy, finderFor(policy, flags, 'same'));
  const [recorded, own] = [sizes(recording.header.spec), sizes(learner.env.spec)];
  if (recorded !== own) throw new Failure(`${policy} is no policy for ${file}: expected ${recorded}, found ${own}`);
  return findPolicyDifference(recording, actorOf(learner)) ?? differenceFromRun(recording, learner);
}

/** Where the arm is another than the line names, by a robot file or by a home of its own. */
function differenceFromNamed({ arm, robot }: EnvConfig, flags: ModuleFlags, registry: Registry): Difference | null {
  const named = flags.arm === undefined ? undefined : registry.robots[flags.arm];
  if (!named) return null;
  if (!robot && isRobotPath(flags.arm)) throw new UsageError(`the recording's arm, ${arm}, is of no robot file`);
  return differenceInRobot(robot ?? registry.arms[arm], named, 'header.env.robot');
}

/**
 * Where the file says something else of its policy, or of the environment that it was trained in, than the run does. A policy is
 * recorded in other dynamics than those as well.
 */
function differenceFromRun({ header }: Recording, learner: Learner): Difference | null {
  const { env, policy, gamma, lambda, nSteps, credit } = header;
  const { policy: ownPolicy, credit: ownCredit, ...discounting } = provenanceOf(learner);
  return (
    differenceInHeader(policy, ownPolicy, 'header.policy') ??
    differenceInHeader({ gamma, lambda, nSteps }, discounting, 'header') ??
    // Earlier versions did not tell of it.
    (credit ? differenceInHeader(credit, ownCredit ?? {}, 'header.credit') : null) ??
    differenceInConfig({ ...env, dynamics: undefined }, { ...learner.env.config, dynamics: undefined })
  );
}

/**
 * The modules that the command line names for those of the recording; a file that comes from anybody chooses no code to run.
 * @throws Failure that says what to name
 */
async function namedRegistry(env: EnvConfig, file: string, flags: ModuleFlags): Promise<Registry> {
  const named = namedModules(flags);
  for (const kind of ['task', 'arm'] as const) {
    const module = env.modules?.[kind];
    if (!module || named[kind]) continue;
    const what = `its ${kind} ${kind === 'task' ? env.env : env.arm} is defined in a module, ${module.path}`;
    const command = commandLine('verify', file, ...moduleArgsOf(env));
    throw new Failure(`${file}: ${what}; if you trust it, name it: \`${command}\``);
  }
  return finderFor(file, { ...flags, algorithm: undefined }, 'same')({ env });
}

function environmentOf(config: EnvConfig, registry: Registry, file: string): Env {
  try {
    return envOf(configureEnv(config.env, givenIn(config), registry), registry);
  } catch (error) {
    // The file was well-formed, so what is unknown is unknown to this version.
    if (error instanceof UsageError || error instanceof DefinitionError)
      throw new Failure(`${file} cannot be simulated: ${error.message}`);
    throw error;
  }
}

function sizes({ name, obs, act }: EnvSpec): string {
  return `${name} with ${width(obs)} observations and ${width(act)} actions`;
}
