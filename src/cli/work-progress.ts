import { styleText } from 'node:util';
import type { WorkerListener } from '../queue/worker.ts';
import { bar, count, plural } from '../report/format.ts';
import type { Job } from '../sweep/job.ts';
import { createDisplay } from './display.ts';
import { warn } from './output.ts';

interface Running {
  readonly label: string;
  /** Training steps that it goes on to. */
  readonly of: number;
  steps: number;
}

const barWidth = 24;
const endings = {
  done: 'done',
  refused: 'refused',
  failed: 'failed',
  elsewhere: 'done or going on elsewhere',
  back: 'back on the queue',
} as const;

/** Shows what a worker does: a row for each run in a terminal, elsewhere a line for each that ends. */
export function workDisplay(title: string, out: NodeJS.WriteStream) {
  const running = new Map<string, Running>();
  const counts = { done: 0, back: 0 };
  const display = createDisplay(out, {
    title,
    rows: () => rowsOf([...running.values()], counts.done),
    redrawEvery: 0.2,
    lineEvery: 0,
  });
  const listener: WorkerListener = {
    started(job, plan) {
      running.set(job, { label: labelOf(plan), of: plan.pauseAt ?? plan.plan.config.steps, steps: 0 });
      display.update();
    },
    progressed(job, steps) {
      const one = running.get(job);
      if (one) one.steps = steps;
      display.update();
    },
    ended(job, how) {
      if (how === 'done' || how === 'back') counts[how]++;
      const label = running.get(job)?.label ?? `job ${job.slice(0, 12)}`;
      running.delete(job);
      display.update(`${label}  ${endings[how]}`);
    },
    warned: warn,
  };
  display.update();
  return { listener, counts: () => counts, end: display.end };
}

function labelOf({ plan: { config } }: Job): string {
  return `${config.env.env} ${config.algorithm} seed ${config.seed}`;
}

function rowsOf(running: readonly Running[], done: number): string[] {
  const dim = (text: string) => styleText('dim', text);
  const width = Math.max(4, ...running.map(({ label }) => label.length));
  return [
    `  ${plural(done, 'run')} made${running.length ? '' : '; waiting for jobs'}`,
    ...running.map(({ label, steps, of }) =>
      dim(`  ${label.padEnd(width)}  ${bar(steps / of, barWidth)}  ${count(steps)} steps`),
    ),
  ];
}
