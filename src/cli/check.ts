import { Command } from 'commander';
import { configureEnv } from '../../envs/tasks/index.ts';
import { taskCheckNames } from '../check/check-task.ts';
import { commandLine, plural } from '../report/format.ts';
import { taskSettings } from '../robots/motor-settings.ts';
import { configureTraining, type TrainingNames } from '../train/config.ts';
import type { Registry } from '../train/registry.ts';
import { checkInThread, type Finding } from './check-thread.ts';
import { integer, keyValue, withExamples } from './command.ts';
import { armIn, nameIn, openNames } from './modules.ts';
import { printJson, printLines, styled } from './output.ts';
import { addRobotFlags, type RobotFlags, robotArgs } from './robot-flags.ts';

interface CheckFlags extends RobotFlags {
  readonly arm?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly patience: number;
  readonly json?: boolean;
}

export function checkCommand(): Command {
  const command = new Command('check')
    .description('hold a task to its contract: play it at random, and say what is wrong with it, and where')
    .argument('<task>', 'a module of your own, as ./task.ts; or the name of an environment')
    .option('--arm <name>', 'the arm; a module of your own, as ./arm.ts; or a robot file')
    .option('--set <key=value>', "set an option of the task, or a robot file's motors.* (repeatable)", keyValue)
    .option(
      '--patience <seconds>',
      'time after which a function that does not return is given up',
      integer(1, 3600),
      30,
    )
    .option('--json', 'print one line of JSON');
  return withExamples(
    addRobotFlags(command),
    'armature check ./task.ts',
    'armature check ./task.ts --arm planar --set horizon=100',
    'armature check panda-reach',
  ).action(execute);
}

async function execute(text: string, flags: CheckFlags): Promise<void> {
  const { arm, set, patience, json } = flags;
  const registry = await openNames(text, flags);
  const given = { arm: armIn(arm, registry), options: taskSettings(set) };
  const config = configureEnv(nameIn('tasks', text, registry), given, registry);
  const findings = await checkInThread(config, registry.sources, patience);
  const problems = findings.filter(({ message }) => message !== null);
  if (problems.length) process.exitCode = 1;
  // By then its code has been seen to return.
  else checkTold({ env: config.env, arm: given.arm, envOptions: given.options }, registry);
  if (json) {
    const checks = findings.map(({ isJudged, ...said }) => ({
      ...said,
      passed: isJudged ? said.message === null : null,
    }));
    printJson({ type: 'result', env: config.env, arm: config.arm, passed: !problems.length, checks });
    return;
  }
  const title = styled('bold', `${config.env} · ${config.arm}`);
  const lines = [...findings.filter(({ isJudged }) => isJudged).flatMap(linesOf), ...unjudgedLines(findings)];
  printLines(['', `  ${title}`, '', ...lines, '', `  ${ending(problems.length, text, flags)}`, '']);
}

/** @throws UsageError or DefinitionError for what a task says of its training, and no algorithm has */
function checkTold(training: TrainingNames, registry: Registry): void {
  for (const algorithm of [undefined, ...Object.keys(registry.algorithms)]) {
    configureTraining({ ...training, algorithm }, registry);
  }
}

function ending(problems: number, text: string, { arm, set = {}, ...robot }: CheckFlags): string {
  if (problems) return `${plural(problems, 'problem')} found`;
  const options = Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  return `No problem found. Next: ${commandLine('train', text, ...(arm ? ['--arm', arm] : []), ...robotArgs(robot), ...options)}`;
}

function linesOf({ check, message, place }: Finding): string[] {
  const name = check.padEnd(nameWidth);
  if (message === null) {
    return [`  ${styled('green', '✓')} ${name}  ${dim(taskCheckNames[check])}`];
  }
  const [first, ...rest] = wrapped(place ? `${place}: ${message}` : message);
  return [`  ${styled('red', '✗')} ${name}  ${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}

/** What another problem stands in the way of, in one place. */
function unjudgedLines(findings: readonly Finding[]): string[] {
  const names = findings.filter(({ isJudged }) => !isJudged).map(({ check }) => check);
  if (!names.length) return [];
  const [first, ...rest] = wrapped(`not judged beside that: ${names.join(', ')}`);
  return [`  – ${' '.repeat(nameWidth)}  ${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)].map(dim);
}

const nameWidth = Math.max(...Object.keys(taskCheckNames).map(({ length }) => length));
/** Where the words of a line begin. */
const indent = nameWidth + 6;

/** Text in lines that fit the terminal behind the names of the checks; elsewhere one line. */
function wrapped(text: string): string[] {
  if (!process.stdout.isTTY) return [text];
  const columns = Math.max(40, Math.min(process.stdout.columns || 80, 110) - indent);
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines[lines.length - 1]} ${word}`.trimStart();
    if (longer.length > columns && lines[lines.length - 1]) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const dim = (text: string) => styled('dim', text);
