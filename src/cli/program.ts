import { Command, CommanderError } from 'commander';
import { software } from '../../envs/recording/sealed.ts';
import { placeOf, readableStack } from '../modules/place.ts';
import { exitCode, isExpected } from '../run/failure.ts';
import type { Registry } from '../train/registry.ts';
import { withExamples } from './command.ts';
import { printLines } from './output.ts';
import { endOnceWritten } from './streams.ts';

/** Each is loaded when it is asked for: a command that shows a page need not load the physics. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./train.ts')).trainCommand(await named()),
  resume: async () => (await import('./train.ts')).resumeCommand(await named()),
  eval: async () => (await import('./eval.ts')).evalCommand(),
  compare: async () => (await import('./compare.ts')).compareCommand(),
  sweep: async () => (await import('./sweep.ts')).sweepCommand(),
  work: async () => (await import('./work.ts')).workCommand(),
  lab: async () => (await import('./lab.ts')).labCommand(),
  record: async () => (await import('./record.ts')).recordCommand(),
  verify: async () => (await import('./verify.ts')).verifyCommand(),
  view: async () => (await import('./view.ts')).viewCommand(),
  share: async () => (await import('./share.ts')).shareCommand(),
  site: async () => (await import('./site.ts')).siteCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  robot: async () => (await import('./robot.ts')).robotCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  new: async () => (await import('./new.ts')).newCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  'setup-gpu': async () => (await import('./setup-gpu.ts')).setupGpuCommand(),
  envs: async () => (await import('./envs.ts')).envsCommand(),
};

/** @param name the command on the line; without one of these, all of them are there, for the help that lists them */
export async function runCommand(name: string): Promise<void> {
  const program = new Command('armature')
    .description('Trains robot arms to reach, and shows what they learned.')
    .version(software.split(' ')[1])
    .option('--debug', 'print the stack trace of an error');
  withExamples(program, 'armature train panda-reach-joints', 'armature view runs/panda-reach-joints-s0');
  try {
    const asked = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
    for (const load of asked) program.addCommand(await load());
    for (const command of [program, ...program.commands]) {
      command.exitOverride().configureOutput({
        writeOut: (text) => printLines(linesOf(text)),
        outputError: (text) => printLines([oneLine(text)], process.stderr),
        writeErr: (text) => printLines(linesOf(text), process.stderr),
      });
    }
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
  // Node would wait for V8 to finish optimising Rapier's code, which takes longer than a short command. The viewer stays.
  if (name !== 'view' || process.exitCode) endOnceWritten();
}

/** The modules of the user's that the line names, whose options the command has. */
async function named(): Promise<Registry> {
  return (await import('./modules.ts')).openNamesOn(process.argv.slice(2));
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are not errors; commander has printed what else there is to say.
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  const place = placeOf(error);
  const isDebug = process.argv.includes('--debug');
  const hint = isExpected(error) || place || isDebug ? '' : ' (unexpected; --debug shows where)';
  printLines([oneLine(`error: ${place ? `${place}: ` : ''}${message}${hint}`)], process.stderr);
  if (isDebug && error instanceof Error) printLines(linesOf(readableStack(error)), process.stderr);
  return exitCode(error);
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, ' ');
}
