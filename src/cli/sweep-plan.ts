import { basename, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { Arm, Meshes } from '../../envs/model/types.ts';
import { isNumeric, type Option, type OptionValue, UsageError } from '../../envs/options.ts';
import { decodeMeshes } from '../../envs/recording/meshes.ts';
import { taskSettings } from '../robots/motor-settings.ts';
import { Failure } from '../run/failure.ts';
import { exists, read } from '../run/files.ts';
import { differences } from '../run/plan.ts';
import { readSealedJson } from '../run/sealed-json.ts';
import { checkAxes, isNamed, type Names, planFormat, planSchema, planVersions, type SweepPlan } from '../sweep/plan.ts';
import { type Axis, parseAxis } from '../sweep/values.ts';
import { allOptions } from '../train/config.ts';
import { registryOf } from '../train/modules.ts';
import type { ModuleKind, ModuleSource, Registry } from '../train/registry.ts';
import { addOptions, valuesOf } from './command.ts';
import { isRobotPath, nameIn, openLists } from './modules.ts';
import { warn } from './output.ts';
import type { RobotFlags } from './robot-flags.ts';
import { type Planned, sweepFiles } from './sweep-files.ts';

/** What `compare` and `sweep` say of all their runs. */
export interface SweepFlags extends RobotFlags {
  readonly env?: string;
  readonly algorithm?: string;
  readonly arm?: string;
  readonly reward?: string;
  readonly randomize?: string;
  readonly backend?: string;
  readonly steps?: number;
  readonly seeds: readonly number[];
  readonly goals: number;
}

/** What is varied, and how. */
export interface Variation extends Pick<SweepPlan, 'isComparison' | 'command' | 'random' | 'stages'> {
  /** As `--vary` has it. */
  readonly vary: readonly string[];
}

/**
 * The plan that a command line describes.
 * @param training the options after `--`
 * @throws UsageError for what makes no plan
 */
export async function planFromLine(
  flags: SweepFlags,
  training: readonly string[],
  { vary, ...rest }: Variation,
): Promise<Planned> {
  const raw = vary.map(splitVary);
  const said = (key: string) =>
    raw.filter(([name]) => name === key).flatMap(([, text]) => parseAxis(key, text).values.map(String));
  const named = {
    tasks: [...(flags.env === undefined ? [] : [flags.env]), ...said('env')],
    arms: [...(flags.arm === undefined ? [] : [flags.arm]), ...said('arm')],
    algorithms: [...(flags.algorithm === undefined ? [] : [flags.algorithm]), ...said('algorithm')],
  };
  const registry = await openLists(named, flags);
  const { reward, randomize, backend, steps, seeds, goals } = flags;
  const base: Names = {
    ...nameAll({ env: flags.env, arm: flags.arm, algorithm: flags.algorithm }, registry),
    ...definedOf({ reward, randomize, backend, steps }),
    set: taskSettings(flags.set),
    options: parseTraining(training, registry),
  };
  const axes = raw.map(([key, text]) => axisOf(key, text, registry));
  const modules = registry.sources.map(({ kind, identity }) => ({ kind, identity }));
  const plan: SweepPlan = { ...rest, base, axes, seeds, goals, robots: robotsOf(named.arms, registry), modules };
  checkAxes(plan);
  return { plan, registry };
}

function splitVary(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--vary ${text}: expected key=values, as algorithm=ppo,trpo`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

function axisOf(given: string, text: string, registry: Registry): Axis {
  const { key, option } = keyOf(given, registry);
  const isInteger = key === 'steps' || (option !== undefined && isNumeric(option) && option.integer === true);
  const axis = parseAxis(key, text, isInteger);
  const values = axis.values.map((value): OptionValue => {
    return key === 'env' || key === 'arm' || key === 'algorithm' ? nameOf(key, String(value), registry) : value;
  });
  const again = values.find((value, i) => values.indexOf(value) < i);
  if (again !== undefined) throw new UsageError(`--vary ${key}: two values go by the name ${again}`);
  return { ...axis, values };
}

/** The key of what is varied, by whatever name it was called, and the option behind it, if it is one. */
function keyOf(given: string, registry: Registry): { readonly key: string; readonly option?: Option } {
  const bare = given.replace(/^--/, '').replace(/^set\.motors\./, 'motors.');
  if (isNamed(bare) || bare.startsWith('motors.')) return { key: bare };
  const ofTasks: Record<string, Option> = Object.assign(
    {},
    ...Object.values(registry.tasks).map(({ options }) => options),
  );
  if (bare.startsWith('set.')) return { key: bare, option: ofTasks[bare.slice('set.'.length)] };
  const all = allOptions(registry);
  const camel = bare.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (Object.hasOwn(all, camel)) return { key: camel, option: all[camel] };
  if (bare === 'seed' || bare === 'seeds') throw new UsageError('--vary seed: seeds are given by --seeds');
  const hint = Object.hasOwn(ofTasks, camel) ? `; of the environment it would be set.${camel}` : '';
  throw new UsageError(
    `--vary ${given}: expected algorithm, arm, reward, env, backend, randomize, steps, an option of \`armature train\`, set.OPTION or motors.PART${hint}`,
  );
}

type Placed = 'env' | 'arm' | 'algorithm';

const lists = { env: 'tasks', arm: 'arms', algorithm: 'algorithms' } as const;

/** What plans and reports call what a path names: no place on this machine is in it. */
function nameOf(kind: Placed, text: string, registry: Registry): string {
  if (kind === 'arm' && isRobotPath(text)) return basename(text).replace(/\.\w+$/, '');
  return nameIn(lists[kind], text, registry);
}

function nameAll(given: Partial<Record<Placed, string>>, registry: Registry): Partial<Record<Placed, string>> {
  const entries = Object.entries(definedOf(given)) as [Placed, string][];
  return Object.fromEntries(entries.map(([kind, text]) => [kind, nameOf(kind, text, registry)]));
}

function robotsOf(arms: readonly string[], registry: Registry): Record<string, Arm> {
  const paths = arms.filter((path) => Object.hasOwn(registry.robots, path));
  return Object.fromEntries(paths.map((path) => [nameOf('arm', path, registry), registry.robots[path]]));
}

function definedOf<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The options after `--`. Algorithms may share a name, each with bounds of its own: those are checked with the rest of a configuration. */
function parseTraining(training: readonly string[], registry: Registry): Record<string, OptionValue> {
  if (training.length && !training[0].startsWith('-')) {
    throw new UsageError(
      `${training[0]}: expected an environment by --env, as --env panda-reach, and options of training after --`,
    );
  }
  const all = allOptions(registry);
  const unbounded = Object.fromEntries(
    Object.entries(all).map(([name, option]) => [name, { ...option, low: undefined, high: undefined }]),
  );
  const command = new Command('train').exitOverride().configureOutput({ writeErr: () => {} });
  addOptions(command, unbounded, 'train');
  try {
    command.parse(training, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (of the training options, which follow --)`);
  }
  return valuesOf(all, command.opts()) as Record<string, OptionValue>;
}

/**
 * The plan of a sweep that was begun.
 * @throws Failure where there is none, and for one that was begun by another version or with modules that have changed
 */
export async function loadSweep(out: string): Promise<Planned> {
  const { versions, ...plan } = await planIn(out);
  const others = differences(versions, planVersions());
  if (others.length) {
    throw new Failure(
      `${out} was begun by another version (${others.join(', ')}), and would not come to the same results`,
    );
  }
  const registry = await registryOf(await sourcesOf(out, plan));
  return { plan, registry: { ...registry, robots: plan.robots, meshes: await meshesIn(out) } };
}

/**
 * The plan as it stands in the folder of a sweep, of whatever version.
 * @throws Failure where there is none
 */
export async function planIn(out: string) {
  const file = join(out, sweepFiles.plan);
  if (!exists(file)) throw new Failure(`${out} is the folder of no sweep: it holds no ${sweepFiles.plan}`);
  return readSealedJson(file, planFormat, planSchema);
}

async function sourcesOf(out: string, { modules }: SweepPlan): Promise<ModuleSource[]> {
  if (!modules.length) return [];
  const { findModules } = await import('../modules/open.ts');
  const sources: ModuleSource[] = [];
  for (const { kind, identity } of modules) {
    const saved = savedNames(kind, identity);
    const found = await findModules({
      owner: out,
      saved,
      named: {},
      accept: 'same',
      remedy: 'start another sweep',
      warn,
    });
    sources.push(...found.sources);
  }
  return sources;
}

/** A module as a file names it that was made with it alone. */
function savedNames(kind: ModuleKind, identity: SweepPlan['modules'][number]['identity']) {
  const env = { env: '', arm: '' };
  return kind === 'algorithm'
    ? { env, modules: { algorithm: identity } }
    : { env: { ...env, modules: { [kind]: identity } } };
}

async function meshesIn(out: string): Promise<Meshes> {
  const file = join(out, sweepFiles.meshes);
  return exists(file) ? decodeMeshes(await read(file), file) : {};
}
