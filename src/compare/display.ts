import { clearScreenDown, moveCursor } from 'node:readline';
import { styleText } from 'node:util';
import { clock } from '../cli/progress.ts';
import { bar, count, percent, seconds } from '../report/format.ts';
import { type ComparisonPlan, type Job, label } from './plan.ts';
import type { Evaluated, Run, Watcher } from './runs.ts';

/** Shows a comparison as it goes. */
export interface Display extends Watcher {
  /** Leaves the last state standing. */
  end(): void;
}

/** Between two redraws, s. */
const redrawEvery = 0.2;
const barWidth = 24;

/** A display that redraws itself in a terminal, and a line for each run elsewhere. */
export function createDisplay(plan: ComparisonPlan, jobs: number, out: NodeJS.WriteStream): Display {
  return out.isTTY ? liveDisplay(plan, jobs, out) : plainDisplay(plan, jobs, out);
}

function plainDisplay(plan: ComparisonPlan, jobs: number, out: NodeJS.WriteStream): Display {
  const all = plan.algorithms.length * plan.seeds.length;
  let done = 0;
  out.write(`${title(plan, jobs)}\n`);
  return {
    started: () => {},
    progressed: () => {},
    finished(run) {
      out.write(`${[`${++done} of ${all}`, label(run), ...outcome(run, plan), seconds(clock())].join('  ')}\n`);
    },
    end: () => {},
  };
}

function outcome({ solvedAt, successRate, meanReturn }: Run, { hasGoals }: ComparisonPlan): string[] {
  const solved = solvedAt === null ? 'not solved' : `solved after ${count(solvedAt)} steps`;
  return [...(hasGoals ? [solved, `success ${percent(successRate ?? 0)}`] : []), `return ${meanReturn.toFixed(3)}`];
}

interface Running {
  readonly job: Job;
  steps: number;
  last?: Evaluated;
}

function liveDisplay(plan: ComparisonPlan, jobs: number, out: NodeJS.WriteStream): Display {
  const running: Running[] = [];
  let done = 0;
  let drawn = 0;
  let last = -Infinity;

  function draw(): void {
    const columns = out.columns ?? 80;
    const rows = screen(plan, running, done);
    if (drawn) moveCursor(out, 0, -drawn);
    clearScreenDown(out);
    // A row that wraps would break the redrawing.
    for (const { text, style } of rows) out.write(`${style(text.slice(0, columns))}\n`);
    drawn = rows.length;
    last = clock();
  }

  function drawSoon(): void {
    if (clock() - last >= redrawEvery) draw();
  }

  const at = ({ algorithm, seed }: Job) =>
    running.findIndex(({ job }) => job.algorithm === algorithm && job.seed === seed);
  out.write(`\n  ${styleText('bold', title(plan, jobs))}\n\n`);
  return {
    started(job) {
      running.push({ job, steps: 0 });
      drawSoon();
    },
    progressed(job, steps, evaluated) {
      const row = running[at(job)];
      row.steps = steps;
      row.last = evaluated;
      drawSoon();
    },
    finished(run) {
      running.splice(at(run), 1);
      done++;
      drawSoon();
    },
    end: draw,
  };
}

interface Row {
  readonly text: string;
  readonly style: (text: string) => string;
}

function screen(plan: ComparisonPlan, running: readonly Running[], done: number): Row[] {
  const all = plan.algorithms.length * plan.seeds.length;
  const plain = (text: string): Row => ({ text, style: (shown) => shown });
  const dim = (text: string): Row => ({ text, style: (shown) => styleText('dim', shown) });
  const share = (done + running.reduce((sum, { steps }) => sum + Math.min(1, steps / plan.steps), 0)) / all;
  const left = share > 0 && done < all ? `, about ${seconds((clock() * (1 - share)) / share)} left` : '';
  const width = Math.max(...plan.algorithms.map(({ name }) => name.length)) + ` seed ${plan.seeds.length - 1}`.length;
  return [
    plain(`  ${'runs'.padEnd(width)}  ${bar(share, barWidth)}  ${done} of ${all} done`),
    ...running.map((run) =>
      dim(`  ${label(run.job).padEnd(width)}  ${bar(run.steps / plan.steps, barWidth)}  ${status(run, plan)}`),
    ),
    dim(`  ${seconds(clock())}${left}`),
  ];
}

function status({ steps, last }: Running, { hasGoals }: ComparisonPlan): string {
  const judged = !last ? [] : [hasGoals ? `success ${percent(last.successRate ?? 0)}` : last.meanReturn.toFixed(3)];
  return [`${count(steps)} steps`.padEnd(14), ...judged].join('  ');
}

function title({ env, algorithms, seeds, steps }: ComparisonPlan, jobs: number): string {
  const names = algorithms.map(({ name }) => name).join(', ');
  const many = `${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`;
  return `${env.env} · ${env.arm} · ${names} · ${many} · ${count(steps)} steps · ${jobs} at a time`;
}
