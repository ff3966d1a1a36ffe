import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { count } from '../../src/report/format.ts';
import { type Bar, barsOf, type Outcome, type Rule, type Run } from './bars.ts';

/** Runs what has to hold over many seeds, one run after the other on all cores, and says what came of it. */

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = join(root, 'docs', 'bars.md');

interface Result extends Run {
  readonly found: number | null;
  readonly seconds: number;
}

const program = new Command('npm run prove --')
  .description('Trains what has to be reached over many seeds, and says whether it is.')
  .argument('[bars...]', `${Object.keys(barsOf([])).join(', ')} [all]`)
  .option(
    '--robot <file and flags>',
    'a robot file beside the arms that ship, as "x.urdf --tip hand"; again for more',
    more,
    [],
  )
  .option('--only <text>', 'only runs whose name has this in it', '')
  .option('--write', 'put the results into docs/bars.md')
  .exitOverride()
  .addHelpText(
    'after',
    '\nExamples:\n  $ npm run prove\n  $ npm run prove -- reach --robot ./ur10.urdf\n  $ npm run prove -- wide-box --only ppo',
  );

function more(text: string, others: string[][]): string[][] {
  return [...others, text.split(' ').filter(Boolean)];
}

try {
  program.parse();
  const { robot, only, write } = program.opts();
  const bars = barsOf(robot);
  const names = program.args.length ? program.args : Object.keys(bars);
  const unknown = names.find((name) => !Object.hasOwn(bars, name));
  if (unknown) throw new Error(`unknown bar "${unknown}"; there are: ${Object.keys(bars).join(', ')}`);
  if (only && write) throw new Error('--write puts whole bars into the page: leave out --only');
  const chosen = names.map((name) => [name, only ? part(bars[name], only) : bars[name]] as const);
  if (!chosen.some(([, { runs }]) => runs.length)) throw new Error(`no run has "${only}" in its name`);
  const held = chosen.map(([name, bar]) => prove(name, bar, write));
  if (!held.every(Boolean)) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}

/** The runs of a bar that have a text in their names, of which the same share is needed. */
function part(bar: Bar, text: string): Bar {
  const runs = bar.runs.filter(({ name }) => name.includes(text));
  return { ...bar, runs, needed: Math.ceil(((bar.needed ?? bar.runs.length) * runs.length) / bar.runs.length) };
}

function prove(name: string, { about, runs, needed = runs.length }: Bar, write: boolean): boolean {
  process.stdout.write(`\n${about}\n\n`);
  const outcomes = runs.map((run) => {
    const outcome = outcomeOf(run);
    process.stdout.write(`  ${passes(outcome) ? 'pass' : 'MISS'}  ${run.name.padEnd(28)} ${shown(outcome)}\n`);
    return outcome;
  });
  const passed = outcomes.filter(passes).length;
  process.stdout.write(`\n  ${passed} of ${runs.length} pass, ${needed} are needed\n`);
  if (write) writeSection(name, about, outcomes);
  return passed >= needed;
}

function outcomeOf(run: Run): Result {
  const folder = mkdtempSync(join(tmpdir(), 'armature-prove-'));
  const out = join(folder, 'run');
  try {
    const trained = armature('train', ...run.train, '--out', out);
    const judged = run.eval ? armature('eval', out, ...run.eval) : trained;
    return {
      ...run,
      found: figureOf(judged, run.passes),
      seconds: Number(trained.wall_s ?? Number.NaN),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is judged; null where a command failed, or its outcome does not have it. */
function figureOf(outcome: Outcome, { figure }: Rule): number | null {
  if (typeof figure === 'string') return (outcome[figure] ?? null) as number | null;
  return outcome.type === 'result' ? figure(outcome) : null;
}

/** The result of a command, the last line of its JSON. */
function armature(...args: readonly string[]): Outcome {
  const main = join(root, 'dist', 'src', 'cli', 'main.js');
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1) as string);
  process.stderr.write(`armature ${args.join(' ')}: ${stderr.trim()}\n`);
  return {};
}

function passes({ found, passes: { atMost = Infinity, atLeast = -Infinity } }: Result): boolean {
  return found !== null && found <= atMost && found >= atLeast;
}

function shown({ found, passes: rule, seconds }: Result): string {
  return `${found === null ? `not ${boundOf(rule)}` : `${number(found)} ${rule.unit}`}, ${seconds.toFixed(0)} s`;
}

function boundOf({ unit, atMost, atLeast }: Rule): string {
  return atMost === undefined ? `at least ${number(atLeast ?? 0)} ${unit}` : `within ${number(atMost)} ${unit}`;
}

function number(value: number): string {
  return value >= 1000 ? count(value) : String(Number(value.toPrecision(3)));
}

/** Puts a bar's results into the page, in the place of those that were there. */
function writeSection(name: string, about: string, outcomes: readonly Result[]): void {
  const rows = outcomes.map((outcome) => {
    const found = outcome.found === null ? 'none' : number(outcome.found);
    return `| ${outcome.name} | ${found} | ${outcome.seconds.toFixed(0)} s |${passes(outcome) ? '' : ' missed |'}`;
  });
  const { unit } = outcomes[0].passes;
  const section = [`## ${name}`, '', `${about}.`, '', `| run | ${unit} | time |`, '|---|---|---|', ...rows, ''].join(
    '\n',
  );
  const text = readFileSync(page, 'utf8');
  const parts = text.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`## ${name}\n`));
  if (at < 0) parts.push(`\n${section}`);
  else parts[at] = `${section}${at + 1 < parts.length ? '\n' : ''}`;
  writeFileSync(page, parts.join(''));
}
