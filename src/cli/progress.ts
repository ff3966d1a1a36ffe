import { clearScreenDown, moveCursor } from 'node:readline';
import { stripVTControlCharacters, styleText } from 'node:util';
import { defaultBackend } from '../policy/network/index.ts';
import { bar, count, meters, percent, seconds, sparkline } from '../report/format.ts';
import type { TrainConfig } from '../train/config.ts';
import type { Iteration } from '../train/train.ts';

/** Shows a run as it goes. */
export interface Display {
  show(progress: Iteration): void;
  /** Leaves the last state standing. */
  end(): void;
}

const barWidth = 32;
/** Between two redraws or lines, s. */
const redrawEvery = 0.1;
const lineEvery = 1;

/** A display that redraws itself in a terminal, and plain lines elsewhere. */
export function createDisplay(config: TrainConfig, out: NodeJS.WriteStream): Display {
  return out.isTTY ? liveDisplay(config, out) : plainDisplay(config, out);
}

/** What the displays say of a run so far. */
class Status {
  readonly successes: number[] = [];
  readonly returns: number[] = [];
  private readonly begun = clock();
  private evaluated: Iteration | null = null;
  private latest: Iteration | null = null;

  take(progress: Iteration): void {
    this.latest = progress;
    if (!progress.evaluation) return;
    this.evaluated = progress;
    this.successes.push(progress.evaluation.successRate ?? 0);
    this.returns.push(progress.evaluation.meanReturn);
  }

  /** The policy on the held-out goals; on its training episodes before it was first evaluated. */
  get judged() {
    return this.evaluated?.evaluation ?? this.latest?.training ?? null;
  }

  /** Training and evaluation steps a second since the display began. */
  get rate(): number {
    const steps = (this.latest?.envSteps ?? 0) + (this.latest?.evalSteps ?? 0);
    return Math.round(steps / Math.max(clock() - this.begun, 1e-9));
  }
}

function plainDisplay(config: TrainConfig, out: NodeJS.WriteStream): Display {
  const status = new Status();
  let last = -Infinity;
  let pending: string | null = null;
  out.write(`${title(config)}\n`);
  return {
    show(progress) {
      status.take(progress);
      pending = line(progress, status);
      if (clock() - last < lineEvery) return;
      last = clock();
      out.write(`${pending}\n`);
      pending = null;
    },
    end() {
      if (pending) out.write(`${pending}\n`);
    },
  };
}

function line({ iteration, envSteps, sigma }: Iteration, status: Status): string {
  const { successRate = null, meanReturn = 0, meanFinalDistance = 0 } = status.judged ?? {};
  return [
    `iteration ${iteration}`,
    `steps ${envSteps}`,
    ...(successRate === null ? [] : [`success ${percent(successRate)}`]),
    `return ${meanReturn.toFixed(3)}`,
    `distance ${meters(meanFinalDistance)}`,
    `sigma ${sigma.toFixed(3)}`,
    `${count(status.rate)} steps/s`,
    seconds(clock()),
  ].join('  ');
}

function liveDisplay(config: TrainConfig, out: NodeJS.WriteStream): Display {
  const status = new Status();
  let drawn = 0;
  let last = -Infinity;
  let latest: Iteration | null = null;

  function draw(): void {
    if (!latest) return;
    const rows = screen(latest, status, config);
    if (drawn) moveCursor(out, 0, -drawn);
    clearScreenDown(out);
    out.write(`${rows.map((row) => clip(row, out.columns || 80)).join('\n')}\n`);
    drawn = rows.length;
    last = clock();
  }

  out.write(`\n  ${styleText('bold', title(config))}\n\n`);
  return {
    show(progress) {
      status.take(progress);
      latest = progress;
      if (clock() - last >= redrawEvery) draw();
    },
    end: draw,
  };
}

function screen(progress: Iteration, status: Status, config: TrainConfig): string[] {
  const { iteration, envSteps, sigma } = progress;
  const { successRate = null, meanReturn = 0, meanFinalDistance = 0 } = status.judged ?? {};
  const dim = (text: string) => styleText('dim', text);
  const row = (name: string, value: string, rest: string) => `  ${dim(name.padEnd(10))}${value.padEnd(10)}${rest}`;
  const lowest = Math.min(...status.returns);
  const success =
    successRate === null ? [] : [row('success', percent(successRate), styleText('green', bar(successRate, barWidth)))];
  const facts = [
    `iteration ${iteration}`,
    `sigma ${sigma.toFixed(2)}`,
    `${count(status.rate)} steps/s`,
    seconds(clock()),
  ];
  return [
    ...success,
    row('return', meanReturn.toFixed(3), sparkline(status.returns, lowest, Math.max(...status.returns), barWidth)),
    row('distance', meters(meanFinalDistance), dim('between end effector and goal at the end')),
    row('steps', count(envSteps), `${dim(bar(envSteps / config.steps, barWidth))} ${dim(`of ${count(config.steps)}`)}`),
    `  ${dim(facts.join('   '))}`,
  ];
}

function title({ env, algorithm, backend, seed }: TrainConfig): string {
  const special = backend === defaultBackend.name ? '' : ` · ${backend}`;
  return `${env.env} · ${env.arm} · ${algorithm} · seed ${seed}${special}`;
}

/** A row that wraps would break the redrawing; styled rows are cut without their colours. */
function clip(row: string, columns: number): string {
  const plain = stripVTControlCharacters(row);
  return plain.length <= columns ? row : plain.slice(0, columns);
}

/** Seconds since the process started. */
export function clock(): number {
  return performance.now() / 1000;
}
