import { Command, CommanderError } from 'commander';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import '../../src/run/engine.ts';
import { contactsSection } from './contacts.ts';
import { gradientSection } from './gradient.ts';
import { iterationSection } from './iteration.ts';
import { machine } from './machine.ts';
import { machinesSection } from './machines.ts';
import { pageSection } from './page.ts';
import { physicsSection } from './physics.ts';
import { queueSection } from './queue.ts';
import { jsonOf, type Section, showSection } from './report.ts';
import { rolloutSection } from './rollout.ts';
import { scalingSection } from './scaling.ts';
import { solveSection } from './solve.ts';
import { startSection } from './start.ts';

const parts: Readonly<Record<string, (rounds: number, write: boolean) => Promise<Section>>> = {
  rollout: rolloutSection,
  contacts: contactsSection,
  start: startSection,
  gradient: gradientSection,
  iteration: iterationSection,
  solve: solveSection,
  scaling: scalingSection,
  machines: machinesSection,
  physics: physicsSection,
  queue: queueSection,
  page: pageSection,
};

const program = new Command('npm run bench --')
  .description('Measures Armature beside what bounds it: every figure with its floor, in the same run.')
  .argument('[parts...]', `${Object.keys(parts).join(', ')} [all]`)
  .option('--json', 'print one JSON object for programs, with every sample')
  .option('--write', "put the plot of physics into the repository's assets", false)
  .option('--rounds <n>', 'times that everything is measured', (text) => Number(text), 9)
  .exitOverride()
  .addHelpText(
    'after',
    '\nExamples:\n  $ npm run bench\n  $ npm run bench -- rollout gradient\n  $ npm run --silent bench -- physics --json > physics.json\n  $ npm run bench -- physics --write',
  );

try {
  program.parse();
  const unknown = program.args.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length) throw new Error(`unknown part "${unknown[0]}"; there are: ${Object.keys(parts).join(', ')}`);
  if (!(program.opts().rounds >= 1)) throw new Error('--rounds: expected a number of at least 1');
  await measure(program.args.length ? program.args : Object.keys(parts), program.opts());
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}

interface Flags {
  readonly json?: boolean;
  readonly write: boolean;
  readonly rounds: number;
}

async function measure(names: readonly string[], { json, rounds, write }: Flags): Promise<void> {
  const facts = machine();
  if (!json) process.stdout.write(`${factsOf(facts)}\n`);
  await loadPhysics();
  const sections: Section[] = [];
  for (const name of names) {
    const section = await parts[name](rounds, write);
    sections.push(section);
    if (!json) process.stdout.write(showSection(section));
  }
  if (json) process.stdout.write(`${JSON.stringify({ machine: facts, sections: sections.map(jsonOf) })}\n`);
  // V8 may still be compiling for code that nobody will run.
  process.stdout.write('', () => process.exit());
}

function factsOf(facts: Readonly<Record<string, string | number>>): string {
  const longest = Math.max(...Object.keys(facts).map((name) => name.length));
  return `\n${Object.entries(facts)
    .map(([name, value]) => `  ${name.padEnd(longest)}  ${value}`)
    .join('\n')}\n`;
}
