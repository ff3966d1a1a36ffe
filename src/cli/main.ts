#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { software } from '../../envs/files/sealed.ts';
import { withExamples } from './command.ts';
import { compareCommand } from './compare.ts';
import { envsCommand } from './envs.ts';
import { exitCode, isExpected } from './errors.ts';
import { evalCommand } from './eval.ts';
import { labCommand } from './lab.ts';
import { recordCommand } from './record.ts';
import { resumeCommand } from './resume.ts';
import { trainCommand } from './train.ts';
import { verifyCommand } from './verify.ts';
import { viewCommand } from './view.ts';

const program = new Command('armature')
  .description('Trains robot arms to reach, and shows what they learned.')
  .version(software.split(' ')[1])
  .option('--debug', 'print the stack trace of an error');
withExamples(program, 'armature train panda-reach-joints', 'armature view runs/panda-reach-joints-s0');

for (const command of [
  trainCommand(),
  resumeCommand(),
  evalCommand(),
  compareCommand(),
  labCommand(),
  recordCommand(),
  verifyCommand(),
  viewCommand(),
  envsCommand(),
]) {
  program.addCommand(command);
}
for (const command of [program, ...program.commands]) {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) });
}

// A reader that closes the pipe early, as `head` does, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

// Node would wait for V8 to finish optimising Rapier's code, which takes longer than a short command. The viewer stays.
if (program.args[0] !== 'view' || process.exitCode) process.stdout.write('', () => process.exit());

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are not errors; commander has printed what else there is to say.
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = isExpected(error) || program.opts().debug ? '' : ' (unexpected; --debug shows where)';
  process.stderr.write(`${oneLine(`error: ${message}${hint}`)}\n`);
  if (program.opts().debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCode(error);
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, ' ');
}
