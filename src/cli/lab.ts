import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { software } from '../../envs/recording/sealed.ts';
import type { ExperimentSection } from '../lab/experiment.ts';
import { experiments } from '../lab/experiments/index.ts';
import { labPage } from '../lab/report.ts';
import { plottingLibrary } from '../pages/assets.ts';
import { table } from '../report/format.ts';
import { type Finding, pageHtml, type Table, verdict } from '../report/page.ts';
import { Failure } from '../run/failure.ts';
import { checkOutput, writeWhole } from '../run/files.ts';
import { integer, withExamples } from './command.ts';
import { clock } from './display.ts';
import { printJson, printLines, showOnLine } from './output.ts';

interface LabOptions {
  readonly out: string;
  readonly seed: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function labCommand(): Command {
  const list = experiments.map(({ name, description }) => `  ${name.padEnd(12)} ${description}`).join('\n');
  const command = new Command('lab')
    .description('prove the policy gradient: its claims as experiments, in tables and an HTML report')
    .argument('[experiment...]', `which (${experiments.map(({ name }) => name).join(', ')}); all when none is named`)
    .option('--out <file>', 'where to write the report', 'lab.html')
    .option('--seed <integer>', 'seed of everything that is drawn', integer(0), 0)
    .option('--force', 'replace the report if it is there')
    .option('--json', 'print one line of JSON per experiment, and one for the result')
    .addHelpText('after', `\nExperiments:\n${list}`);
  return withExamples(
    command,
    'armature lab',
    'armature lab unbiased variance --out estimators.html',
    'armature lab natural --json',
  ).action((names: string[], given: LabOptions) => execute(names, given));
}

async function execute(names: readonly string[], { out, seed, force, json }: LabOptions): Promise<void> {
  const chosen = choose(names);
  const library = plottingLibrary();
  checkOutput(out, force);
  const sections: ExperimentSection[] = [];
  for (const experiment of chosen) {
    const begun = clock();
    showOnLine(`  ${experiment.name}: ${experiment.description} ...`);
    const section = await experiment.run(seed);
    const seconds = clock() - begun;
    showOnLine('');
    printLines([`${experiment.name}: ${verdict(section.findings)} (${seconds.toFixed(1)} s)`], process.stderr);
    sections.push(section);
    if (json) printJson({ type: 'experiment', ...plain(section), seconds: Number(seconds.toFixed(3)) });
    else printLines(show(section));
  }
  writeWhole(out, pageHtml(labPage(sections, seed, software), library));
  const failed = sections.flatMap(({ name, findings }) =>
    findings.filter(({ holds }) => !holds).map(({ text }) => `${name}: ${text}`),
  );
  if (json) printJson({ type: 'result', holds: failed.length === 0, failed, seed, report: out });
  else printLines(['', `  The report, with plots: ${out}`, '']);
  if (failed.length)
    throw new Failure(`${failed.length === 1 ? 'a claim does' : 'claims do'} not hold: ${failed.join('; ')}`);
}

function choose(names: readonly string[]) {
  const known = experiments.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown experiment "${unknown}"; there are: ${known.join(', ')}`);
  return names.length ? experiments.filter(({ name }) => names.includes(name)) : experiments;
}

/** A section without its plots, whose numbers are in the tables. */
function plain({ name, title, claim, findings, tables }: ExperimentSection) {
  const holds = findings.every((finding) => finding.holds);
  return {
    name,
    title,
    claim,
    holds,
    findings,
    tables: tables.map(({ title, columns, rows }) => ({ title, columns, rows })),
  };
}

function show({ title, claim, tables, findings }: ExperimentSection): string[] {
  const parts = [
    [title],
    wrap(claim, 76).map((line) => `  ${line}`),
    ...tables.flatMap((one) => [[`  ${one.title}`], terminalTable(one)]),
    findings.flatMap(finding),
  ];
  return parts.flatMap((lines) => ['', ...lines]);
}

function finding({ text, holds }: Finding): string[] {
  const [first, ...rest] = wrap(text, 84);
  return [`  ${holds ? 'holds' : 'FAILS'}  ${first}`, ...rest.map((line) => `         ${line}`)];
}

function terminalTable({ columns, rows, detail }: Table): string[] {
  const kept = (row: readonly string[]) => row.filter((_, i) => i !== detail);
  return table([kept(columns), ...rows.map(kept)], '    ');
}

/** Breaks text into lines of at most `width` characters, between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
