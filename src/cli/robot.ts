import { Command } from 'commander';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import type { Arm } from '../../envs/model/types.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import { UsageError } from '../../envs/options.ts';
import { software } from '../../envs/recording/sealed.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { plottingLibrary } from '../pages/assets.ts';
import { commandLine, plural, sparkline, table } from '../report/format.ts';
import { pageHtml, type Table } from '../report/page.ts';
import { type ArmContacts, contactNotes, contactsOf } from '../robots/contacts.ts';
import {
  assumptionsOf,
  bodyTable,
  jointTable,
  massOf,
  meshTable,
  missingMeshesOf,
  motorTable,
  remarksOn,
  summaryOf,
} from '../robots/description.ts';
import { fidelityOf, fidelityTable } from '../robots/fidelity.ts';
import type { RobotReading } from '../robots/load.ts';
import { taskSettings } from '../robots/motor-settings.ts';
import { type NoteList, robotPage } from '../robots/page.ts';
import { type StepResponse, stepResponses } from '../robots/step-response.ts';
import { terminalPicture } from '../robots/terminal-picture.ts';
import { loadPhysics, orFailure } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { checkOutput, fromHere, isWithin, writeWhole } from '../run/files.ts';
import { keyValue, withExamples } from './command.ts';
import { armIn, openNames, robotNamed } from './modules.ts';
import { printJson, printLines, styled } from './output.ts';
import { addRobotFlags, motorArgs, type RobotFlags, robotArgs } from './robot-flags.ts';

interface RobotCommandFlags extends RobotFlags {
  readonly against?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function robotCommand(): Command {
  const command = new Command('robot')
    .description('show what a robot file is read as: joints, motors and their step responses, and every assumption')
    .argument('<robot>', 'a robot file in URDF, as ./so101.urdf; the name of an arm, or a module of your own, will do')
    .option(
      '--set <key=value>',
      'set the motors of a robot file: motors.stiffness=2 is a factor, motors.elbow.stiffness=120 that of a joint (repeatable)',
      keyValue,
    )
    .option(
      '--against <engine>',
      'also compare its motions with those in another engine: mujoco, where @mujoco/mujoco is installed',
    )
    .option('--out <file>', 'also write a page with pictures of the arm and plots of the step responses')
    .option('--force', 'replace the page if it is there')
    .option('--json', 'print one line of JSON, with the arm as data');
  return withExamples(
    addRobotFlags(command),
    'armature robot ./so101.urdf',
    'armature robot ./so101.urdf --tip gripper --home 0,0.5,-1,0,0 --out robot.html',
    'armature robot ur5e --against mujoco',
  ).action(execute);
}

async function execute(path: string, flags: RobotCommandFlags): Promise<void> {
  const { against, out, force, json, set } = flags;
  const [stray] = Object.keys(taskSettings(set));
  if (stray)
    throw new UsageError(`--set ${stray}: a robot file has motors.stiffness, motors.damping and motors.effort to set`);
  if (against !== undefined && against !== 'mujoco') {
    throw new UsageError(`--against ${against}: expected mujoco, the engine that arms can be compared with`);
  }
  if (out !== undefined) checkOutput(out, force);
  const named = { ...flags, arm: path };
  const arm = await armNamed(named);
  const reading = await robotNamed(named);
  await loadPhysics();
  const answer = answerOf(arm);
  const fidelity = against && !answer.problem ? await orFailure(fidelityOf(arm)) : null;
  const comparisons = fidelity ? [fidelityTable(arm, fidelity)] : [];
  const meshes = reading && meshTable(reading);
  const lists = [...touching(answer), ...(reading ? listsOf(reading) : [])];
  if (out !== undefined) {
    const library = plottingLibrary();
    const report = robotPage(
      { arm, meshes: reading?.meshes, table: meshes },
      answer.responses,
      comparisons,
      lists,
      `${fileName(path)}; ${software}, uPlot ${library.version}`,
    );
    writeWhole(out, pageHtml(report, library));
  }
  if (json) printJson({ ...plainResult(path, arm, answer, reading), ...(fidelity && { against: fidelity }) });
  else printLines(show(path, arm, answer, [...(meshes ? [meshes] : []), ...comparisons], lists, reading, flags));
  if (answer.problem) throw new Failure(`${path}: it cannot be simulated: ${answer.problem}`);
}

async function armNamed(flags: RobotFlags & { readonly arm: string }): Promise<Arm> {
  const registry = await openNames(undefined, flags);
  const found = armIn(flags.arm, registry) ?? flags.arm;
  if (typeof found === 'object') return found;
  if (Object.hasOwn(registry.arms, found)) return registry.arms[found];
  const names = Object.keys(registry.arms).join(', ');
  throw new UsageError(
    `unknown arm "${found}"; there are: ${names}; a robot file is named by its path, as ./robot.urdf`,
  );
}

/** How the motors answer, or why nothing can be said of that. */
interface Answer {
  readonly responses: readonly StepResponse[];
  readonly problem: string | null;
  /** What touches, or why nothing does. */
  readonly contacts: ArmContacts | string;
}

function answerOf(arm: Arm): Answer {
  try {
    return { responses: stepResponses(arm), problem: null, contacts: contactsOf(arm) };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { responses: [], problem: error.message, contacts: error.message };
  }
}

function touching({ problem, contacts }: Answer): NoteList[] {
  const title = 'Contacts, where a task has them (--set contacts=true)';
  return problem ? [] : [{ name: 'contacts', title, notes: contactNotes(contacts) }];
}

function listsOf(reading: RobotReading): NoteList[] {
  const [notes, missing] = [assumptionsOf(reading), missingMeshesOf(reading)];
  const meshes = missing.length === 1 ? '1 mesh not found' : `${missing.length} meshes not found`;
  return [
    { name: 'assumptions', title: plural(notes.length, 'assumption'), notes },
    { name: 'meshes', title: meshes, notes: missing },
  ];
}

/** A page says nothing of where it was made. */
function fileName(path: string): string {
  return isWithin('', path) ? fromHere(path) : path.replace(/^.*[\\/]/, '');
}

function plainResult(path: string, arm: Arm, { responses, problem, contacts }: Answer, reading: RobotReading | null) {
  return {
    type: 'result',
    file: path,
    reach: reachOf(arm),
    mass: massOf(arm),
    arm,
    step_responses: responses.map((response) => ({
      joint: response.joint,
      unit: response.unit,
      step: response.step,
      settling: response.settling,
      overshoot: response.overshoot,
      steady_error: response.steadyError,
      peak_speed: response.peakSpeed,
    })),
    problem,
    contacts: typeof contacts === 'string' ? null : contacts,
    notes: reading?.notes ?? [],
    meshes: reading?.drawn ?? [],
    missing: reading?.missing ?? [],
    tips: reading?.tips ?? [],
  };
}

function show(
  path: string,
  arm: Arm,
  { responses, problem }: Answer,
  more: readonly Table[],
  lists: readonly NoteList[],
  reading: RobotReading | null,
  flags: RobotCommandFlags,
): string[] {
  const others = (reading?.tips ?? []).filter((tip) => tip !== arm.tip);
  const tip = others.length ? `; --tip names another: ${others.join(', ')}` : '';
  return [
    '',
    `  ${styled('bold', `${arm.name} · ${summaryOf(arm)}`)}`,
    ...(reading ? [`  ${path}`] : [`  ${arm.description}`]),
    `  tip: ${arm.tip}${tip}`,
    '',
    ...listed('At home', terminalPicture(arm, reading?.meshes)),
    ...terminalTable(jointTable(arm)),
    '',
    ...(problem ? [] : [...terminalTable(withCurves(motorTable(arm, responses), responses)), '']),
    ...terminalTable(bodyTable(arm)),
    '',
    ...more.flatMap((table) => [...terminalTable(table), '']),
    ...listed('Look at', remarksOn(responses)),
    ...lists.flatMap(({ title, notes }) => listed(title, notes)),
    flags.out === undefined
      ? `  ${styled('dim', 'draw it')}   ${commandLine('robot', path, ...fileArgs(flags), '--out', 'robot.html')}`
      : `  ${styled('dim', 'page')}      ${flags.out}`,
    ...(problem ? [] : [`  ${styled('dim', 'train it')}  ${nextCommand(path, flags)}`]),
    '',
  ];
}

/** The first quarter of a second, as a line of blocks. */
function withCurves({ columns, rows, ...rest }: Table, responses: readonly StepResponse[]): Table {
  const curves = responses.map(({ values }) => sparkline(values.slice(0, 24), 0, 1.25, 24));
  return { ...rest, columns: [...columns, '0 to 0.25 s'], rows: rows.map((row, i) => [...row, curves[i] ?? '']) };
}

function terminalTable({ columns, rows }: Table): string[] {
  const [head, ...lines] = table([columns, ...rows]);
  return [styled('dim', head), ...lines];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length ? [`  ${title}`, ...lines.map((line) => `    ${line}`), ''] : [];
}

/** By a task that takes any arm. */
function nextCommand(path: string, flags: RobotFlags): string {
  const task = Object.values(tasks).find(({ arms }) => !arms)?.name ?? './task.ts';
  return commandLine('train', task, '--arm', path, ...fileArgs(flags));
}

function fileArgs(flags: RobotFlags): string[] {
  return [...robotArgs(flags), ...motorArgs(flags)];
}
