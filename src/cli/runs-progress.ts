import { styleText } from 'node:util';
import { bar, count, percent, seconds } from '../report/format.ts';
import type { RunProgress } from '../sweep/result.ts';
import { clock, createDisplay } from './display.ts';

/** A run as a display shows it. */
export interface ShownRun {
  readonly label: string;
  /** Training steps that it goes on to. */
  readonly steps: number;
}

interface Running {
  readonly run: ShownRun;
  progress: RunProgress;
}

/** What came of a run, or why nothing did. */
type Ending =
  | { readonly solvedAt: number | null; readonly successRate: number | null; readonly meanReturn: number }
  | { readonly failure: string };

const barWidth = 24;

/** Shows many runs as they go: a row for each that is going on in a terminal, elsewhere a line for each that is done. */
export function runsDisplay(title: string, out: NodeJS.WriteStream) {
  const running = new Map<string, Running>();
  const state = { all: 0, done: 0, failed: 0, about: '', begun: clock() };
  const display = createDisplay(out, {
    title,
    rows: () => screen(state, [...running.values()]),
    redrawEvery: 0.2,
    lineEvery: 0,
  });
  return {
    /** So many runs follow, of which is to be said what they are. */
    begin(all: number, about = '') {
      Object.assign(state, { all, about, done: 0, failed: 0, begun: clock() });
      running.clear();
      display.update(about || undefined);
    },
    started(run: ShownRun) {
      running.set(run.label, { run, progress: { steps: 0 } });
      display.update();
    },
    progressed({ label }: ShownRun, progress: RunProgress) {
      const one = running.get(label);
      if (one) one.progress = progress;
      display.update();
    },
    ended({ label }: ShownRun, ending: Ending) {
      running.delete(label);
      if ('failure' in ending) state.failed++;
      state.done++;
      display.update([`${state.done} of ${state.all}`, label, ...outcome(ending), seconds(clock())].join('  '));
    },
    end: display.end,
  };
}

function outcome(ending: Ending): string[] {
  if ('failure' in ending) return [`failed: ${ending.failure}`];
  const { solvedAt, successRate, meanReturn } = ending;
  const solved = solvedAt === null ? 'not solved' : `solved after ${count(solvedAt)} steps`;
  return [
    ...(successRate === null ? [] : [solved, `success ${percent(successRate)}`]),
    `return ${meanReturn.toFixed(3)}`,
  ];
}

interface State {
  readonly all: number;
  readonly done: number;
  readonly failed: number;
  readonly about: string;
  readonly begun: number;
}

function screen({ all, done, failed, about, begun }: State, running: readonly Running[]): string[] {
  const dim = (text: string) => styleText('dim', text);
  const shares = running.map(({ run, progress }) => Math.min(1, progress.steps / run.steps));
  const share = all ? (done + shares.reduce((sum, each) => sum + each, 0)) / all : 0;
  const left = share > 0 && done < all ? `, about ${seconds(((clock() - begun) * (1 - share)) / share)} left` : '';
  const width = Math.max(4, ...running.map(({ run }) => run.label.length));
  const bad = failed ? `, ${failed} failed` : '';
  return [
    `  ${'runs'.padEnd(width)}  ${bar(share, barWidth)}  ${count(done)} of ${count(all)} done${bad}`,
    ...running.map(({ run, progress }) =>
      dim(`  ${run.label.padEnd(width)}  ${bar(progress.steps / run.steps, barWidth)}  ${status(progress)}`),
    ),
    dim(`  ${about ? `${about}, ` : ''}${seconds(clock())}${left}`),
  ];
}

function status({ steps, last }: RunProgress): string {
  const rate = last?.success_rate ?? null;
  const found = !last ? [] : [rate === null ? last.return.toFixed(3) : `success ${percent(rate)}`];
  return [`${count(steps)} steps`.padEnd(14), ...found].join('  ');
}
