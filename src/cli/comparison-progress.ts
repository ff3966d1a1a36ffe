import { styleText } from 'node:util';
import { type ComparisonPlan, label, type RunKey } from '../compare/plan.ts';
import type { Evaluated, Run, RunListener } from '../compare/runs.ts';
import { bar, count, percent, seconds } from '../report/format.ts';
import { clock, createDisplay } from './display.ts';

interface Running {
  readonly run: RunKey;
  steps: number;
  last?: Evaluated;
}

const barWidth = 24;

/** Shows a comparison as it goes: a row for each run that is going on in a terminal, elsewhere a line for each that is done. */
export function comparisonDisplay(plan: ComparisonPlan, jobs: number, out: NodeJS.WriteStream) {
  const all = plan.algorithms.length * plan.seeds.length;
  const running: Running[] = [];
  let done = 0;
  const at = ({ algorithm, seed }: RunKey) =>
    running.findIndex(({ run }) => run.algorithm === algorithm && run.seed === seed);
  const display = createDisplay(out, {
    title: title(plan, jobs),
    rows: () => screen(plan, running, done),
    redrawEvery: 0.2,
    lineEvery: 0,
  });
  const listener: RunListener = {
    started(run) {
      running.push({ run, steps: 0 });
      display.update();
    },
    progressed(run, steps, last) {
      Object.assign(running[at(run)], { steps, last });
      display.update();
    },
    finished(run) {
      running.splice(at(run), 1);
      done++;
      display.update([`${done} of ${all}`, label(run), ...outcome(run, plan), seconds(clock())].join('  '));
    },
  };
  return { ...listener, end: display.end };
}

function outcome({ solvedAt, successRate, meanReturn }: Run, { hasGoals }: ComparisonPlan): string[] {
  const solved = solvedAt === null ? 'not solved' : `solved after ${count(solvedAt)} steps`;
  return [...(hasGoals ? [solved, `success ${percent(successRate ?? 0)}`] : []), `return ${meanReturn.toFixed(3)}`];
}

function screen(plan: ComparisonPlan, running: readonly Running[], done: number): string[] {
  const all = plan.algorithms.length * plan.seeds.length;
  const dim = (text: string) => styleText('dim', text);
  const share = (done + running.reduce((sum, { steps }) => sum + Math.min(1, steps / plan.steps), 0)) / all;
  const left = share > 0 && done < all ? `, about ${seconds((clock() * (1 - share)) / share)} left` : '';
  const width = Math.max(...plan.algorithms.map(({ name }) => name.length)) + ` seed ${plan.seeds.at(-1)}`.length;
  return [
    `  ${'runs'.padEnd(width)}  ${bar(share, barWidth)}  ${done} of ${all} done`,
    ...running.map((one) =>
      dim(`  ${label(one.run).padEnd(width)}  ${bar(one.steps / plan.steps, barWidth)}  ${status(one, plan)}`),
    ),
    dim(`  ${seconds(clock())}${left}`),
  ];
}

function status({ steps, last }: Running, { hasGoals }: ComparisonPlan): string {
  const found = !last ? [] : [hasGoals ? `success ${percent(last.success_rate ?? 0)}` : last.return.toFixed(3)];
  return [`${count(steps)} steps`.padEnd(14), ...found].join('  ');
}

function title({ env, algorithms, seeds, steps }: ComparisonPlan, jobs: number): string {
  const names = algorithms.map(({ name }) => name).join(', ');
  const many = `${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`;
  return `${env.env} · ${env.arm} · ${names} · ${many} · ${count(steps)} steps · ${jobs} at a time`;
}
