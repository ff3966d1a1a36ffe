import { join } from 'node:path';
import { software } from '../../envs/recording/sealed.ts';
import { plottingLibrary } from '../pages/assets.ts';
import { count, table } from '../report/format.ts';
import { type PlottingLibrary, pageHtml } from '../report/page.ts';
import { writeWhole } from '../run/files.ts';
import { writeSealedJson } from '../run/sealed-json.ts';
import { type Comparison, comparisonOf, type Run } from '../sweep/comparison.ts';
import { comparisonPage } from '../sweep/comparison-report.ts';
import type { FoundVariant } from '../sweep/conduct.ts';
import { runName } from '../sweep/job.ts';
import { type Results, resultsOf, type WallTimes, wallTimesOf } from '../sweep/results.ts';
import { notesOf, tableOf } from '../sweep/table.ts';

import { clock } from './display.ts';
import { printJson, printLines } from './output.ts';
import { sweepFiles } from './sweep-files.ts';
import { carryOut, replayAddress, resultIn, type Sweep, writeReplay, writeTiming } from './sweeping.ts';

const format = { name: 'armature.comparison', version: 3, noun: 'the results of a comparison' };

/** Makes the runs of a comparison, and its report. */
export async function runComparison(sweep: Sweep): Promise<void> {
  const comparison = comparisonOf(sweep.plan, sweep.variants, sweep.registry);
  const library = plottingLibrary();
  const sweeping = {
    ...sweep,
    title: titleOf(comparison, sweep.jobs),
    labelOf: ({ variant, seed }: { readonly variant: { readonly label: string }; readonly seed: number }) =>
      `${variant.label} seed ${seed}`,
    needsAll: true,
  };
  await carryOut(sweeping, (found) => report(sweep, comparison, found, library));
}

async function report(
  sweep: Sweep,
  comparison: Comparison,
  found: readonly FoundVariant[],
  library: PlottingLibrary,
): Promise<void> {
  const { plan, out } = sweep;
  const runs = await runsOf(sweep, found);
  const results = resultsOf(comparison, runs);
  const wall = wallTimesOf(comparison, runs, clock());
  await writeSealedJson(join(out, sweepFiles.results), format, { software, ...results, command: plan.command });
  await writeTiming(sweep, { wall });
  const inReplay = await writeReplay(
    runs.map(({ algorithm, seed }) => runName({ name: algorithm }, seed)),
    out,
  );
  const provenance = { command: plan.command, software, plotting: `uPlot ${library.version}` };
  const replayOf = (algorithm: string, seed: number) => replayAddress(runName({ name: algorithm }, seed));
  const page = comparisonPage(results, provenance, inReplay.size === runs.length ? replayOf : undefined);
  const file = join(out, sweepFiles.report);
  writeWhole(file, pageHtml(page, library));
  if (sweep.json) printJson({ type: 'result', report: file, ...briefly(results, wall) });
  else print(results, wall, { jobs: sweep.jobs, report: file });
}

/** The runs, in the order of the algorithms and the seeds. */
async function runsOf(sweep: Sweep, found: readonly FoundVariant[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const variant of found) {
    for (const { seed, seconds } of variant.runs) {
      const { evaluations, solvedAt, meanReturn, successRate } = await resultIn(sweep, variant, seed);
      const algorithm = sweep.variants.at(variant.index).name;
      runs.push({ algorithm, seed, evaluations, solvedAt, meanReturn, successRate, wall: seconds });
    }
  }
  return runs;
}

function titleOf({ env, algorithms, seeds, steps }: Comparison, jobs: number): string {
  const names = algorithms.map(({ name }) => name).join(', ');
  const many = `${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`;
  return `${env.env} · ${env.arm} · ${names} · ${many} · ${count(steps)} steps · ${jobs} at a time`;
}

/** The results without their curves. */
function briefly({ grid: _, algorithms, ...rest }: Results, wall: WallTimes) {
  return { ...rest, algorithms: algorithms.map(({ curves: _, runs: __, ...figures }) => figures), wall };
}

function print(
  results: Results,
  wall: WallTimes,
  { jobs, report }: { readonly jobs: number; readonly report: string },
): void {
  const { columns, rows } = tableOf(results, wall);
  const cells = rows.map((row) => row.map(({ text, interval }) => (interval ? `${text} (${interval})` : text)));
  const notes = notesOf(results, jobs).map((note) => `  ${note}`);
  printLines(['', ...table([columns, ...cells]), '', ...notes, '', `  Report: ${report}`, '']);
}
