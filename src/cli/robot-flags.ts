import { type Command, InvalidArgumentError } from 'commander';
import type { UrdfError } from '../../envs/model/urdf/index.ts';
import { UsageError } from '../../envs/options.ts';
import { commandLine, plural } from '../report/format.ts';
import type { RobotReading } from '../robots/load.ts';
import { motorSettings, type Settings, withMotorSettings } from '../robots/motor-settings.ts';
import { printJson, printLines } from './output.ts';

/** Options of commands that take the path of a robot file for an arm. */
export interface RobotFlags {
  readonly tip?: string;
  readonly home?: readonly number[];
  readonly mend?: boolean;
  readonly allowPath?: readonly string[];
  readonly meshes?: boolean;
  /** Options of the task, and of a robot file's motors. */
  readonly set?: Settings;
}

export function addRobotFlags(command: Command): Command {
  return command
    .option('--tip <link>', 'of a robot file: the link that reaches; needed where several could')
    .option('--home <numbers>', 'of the arm that --arm names: home posture, as 0,0.5,-1, in rad or m by joint', numbers)
    .option('--mend', 'of a robot file: mend impossible inertias, which are reported or refused otherwise')
    .option('--allow-path <folder>', 'of a robot file: open meshes in this folder, too (repeatable)', repeated)
    .option('--no-meshes', 'of a robot file: do not look for its meshes');
}

function numbers(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.every(Number.isFinite)) return values;
  throw new InvalidArgumentError('expected numbers with commas between, as 0,0.5,-1');
}

function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/**
 * A robot file as the flags say.
 * @throws UsageError that says how to name one, where several chains could be the arm
 */
export async function openRobot(path: string, flags: RobotFlags): Promise<RobotReading> {
  const { allowPath: allowPaths, home, mend, meshes, set } = flags;
  const { loadRobot } = await import('../robots/load.ts');
  try {
    const reading = await loadRobot(path, { tip: flags.tip, home, mend, meshes, allowPaths });
    return { ...reading, arm: withMotorSettings(reading.arm, motorSettings(set)) };
  } catch (error) {
    const [tip] = candidatesOf(error);
    if (tip === undefined) throw error;
    const command = commandLine(...withoutTip(process.argv.slice(2)), '--tip', tip);
    throw new UsageError(`${(error as Error).message}; one of them is named by \`${command}\``, { cause: error });
  }
}

/** Of an error of the reader, whose class would load it; none of another. */
function candidatesOf(error: unknown): readonly string[] {
  return (error as Partial<UrdfError>).candidates ?? [];
}

/**
 * @param arm named beside the flags, and by no robot file
 * @throws UsageError where there is no robot file that the flags are of
 */
export function checkRobotFlags({ tip, home, mend, allowPath, meshes = true, set }: RobotFlags, arm?: string): void {
  if (home && arm === undefined) throw new UsageError('--home is for an arm: name it, as --arm ur5e');
  const given = { tip, mend, 'allow-path': allowPath, 'no-meshes': meshes ? undefined : true };
  const [motor] = Object.keys(motorSettings(set)).map((key) => `set ${key}`);
  const stray = Object.entries(given).find(([, value]) => value !== undefined)?.[0] ?? motor;
  if (stray) throw new UsageError(`--${stray} is for a robot file: name one, as --arm ./robot.urdf`);
}

function withoutTip(args: readonly string[]): string[] {
  return args.filter((arg, i) => arg !== '--tip' && args[i - 1] !== '--tip' && !arg.startsWith('--tip='));
}

/** The flags as a command line has them. */
export function robotArgs({ tip, home, mend, allowPath = [], meshes = true }: RobotFlags): string[] {
  return [
    ...(tip === undefined ? [] : ['--tip', tip]),
    // A number may be negative, which would be an option.
    ...(home ? [`--home=${home.join(',')}`] : []),
    ...(mend ? ['--mend'] : []),
    ...allowPath.flatMap((folder) => ['--allow-path', folder]),
    ...(meshes ? [] : ['--no-meshes']),
  ];
}

/** Of the settings those of motors. */
export function motorArgs({ set }: RobotFlags): string[] {
  return Object.entries(motorSettings(set)).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
}

/** So many are named one by one: most often all are missing for one reason. */
const fewMissing = 3;

/** Says in a line or two what a robot file was read as. */
export async function announceRobot(
  path: string,
  reading: RobotReading,
  flags: RobotFlags & { readonly json?: boolean },
): Promise<void> {
  const { arm, notes, drawn, missing } = reading;
  const joints = arm.joints.filter(({ kind }) => kind !== 'fixed').length;
  if (flags.json) {
    printJson({ type: 'robot', file: path, arm: arm.name, joints, tip: arm.tip, notes, meshes: drawn, missing });
    return;
  }
  const { missingMeshesOf } = await import('../robots/description.ts');
  const bytes = drawn.reduce((sum, row) => sum + row.bytes, 0);
  const counts = [
    ...(notes.length ? [plural(notes.length, 'assumption')] : []),
    ...(bytes ? [`meshes of ${Math.ceil(bytes / 1000)} kB`] : []),
    ...(missing.length ? [missing.length === 1 ? '1 mesh not found' : `${missing.length} meshes not found`] : []),
  ];
  const shows = `: ${commandLine('robot', path, ...robotArgs(flags), ...motorArgs(flags))} shows them`;
  printLines([
    `${path}: ${arm.name}, ${plural(joints, 'joint')} to ${arm.tip}`,
    ...(counts.length ? [`${counts.join(', ')}${shows}`] : []),
    ...missingMeshesOf(reading)
      .slice(0, fewMissing)
      .map((line) => `  not found: ${line}`),
    ...(missing.length > fewMissing ? [`  and ${missing.length - fewMissing} more`] : []),
  ]);
}
