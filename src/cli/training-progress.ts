import { styleText } from 'node:util';
import type { Metric } from '../../envs/env.ts';
import { defaultBackend } from '../policy/network/wasm.ts';
import { bar, count, measure, percent, seconds, sparkline } from '../report/format.ts';
import type { Evaluation } from '../train/evaluate.ts';
import type { Learner, Progress } from '../train/learner.ts';
import type { Iteration } from '../train/train.ts';
import type { Training } from '../train/training.ts';
import { clock, createDisplay } from './display.ts';

/** Shows a training run as it goes. */
export interface TrainingDisplay {
  show(progress: Iteration): void;
  /** Leaves the last state standing. */
  end(): void;
}

const barWidth = 32;

/** What the display says of a run so far. */
interface Status {
  readonly latest: Iteration;
  /** The policy on the held-out goals; on its training episodes before it was first evaluated. */
  readonly performance: Evaluation;
  /** Mean returns of all evaluations. */
  readonly returns: readonly number[];
  /** Training and evaluation steps a second since the display began. */
  readonly rate: number;
}

export function trainingDisplay({ training, progress }: Learner, out: NodeJS.WriteStream): TrainingDisplay {
  const { config, env } = training;
  const stepsOf = ({ envSteps, evalSteps }: Progress) => envSteps + evalSteps;
  const [begun, before] = [clock(), stepsOf(progress)];
  const returns: number[] = [];
  let evaluated: Evaluation | null = null;
  let status: Status | undefined;
  const display = createDisplay(out, {
    title: title(config),
    rows: () => (status ? screen(status, config.steps, env.metrics) : []),
    redrawEvery: 0.1,
    lineEvery: 1,
  });
  return {
    show(latest) {
      if (latest.evaluation) returns.push(latest.evaluation.meanReturn);
      evaluated = latest.evaluation ?? evaluated;
      const rate = Math.round((stepsOf(latest) - before) / Math.max(clock() - begun, 1e-9));
      status = { latest, performance: evaluated ?? latest.training, returns, rate };
      display.update(line(status, env.metrics));
    },
    end: display.end,
  };
}

function line({ latest, performance, rate }: Status, shown: readonly Metric[]): string {
  const { iteration, envSteps, sigma } = latest;
  const { episodes, successRate, meanReturn, metrics } = performance;
  const terms = termsOf(performance).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  const parts = terms.length ? ` (${terms.join(', ')})` : '';
  return [
    `iteration ${iteration}`,
    `steps ${envSteps}`,
    ...(successRate === null ? [] : [`success ${percent(successRate)} of ${episodes}`]),
    `return ${meanReturn.toFixed(3)}${parts}`,
    ...shown.map(({ name, label, unit }) => `${label} ${measure(metrics[name], unit)}`),
    `sigma ${sigma.toFixed(3)}`,
    `${count(rate)} steps/s`,
    seconds(clock()),
  ].join('  ');
}

function screen({ latest, performance, returns, rate }: Status, budget: number, shown: readonly Metric[]): string[] {
  const { iteration, envSteps, sigma } = latest;
  const { episodes, successRate, meanReturn, metrics } = performance;
  const dim = (text: string) => styleText('dim', text);
  const row = (name: string, value: string, rest: string) => `  ${dim(name.padEnd(10))}${value.padEnd(10)}${rest}`;
  const reached = (rate: number) => `${styleText('green', bar(rate, barWidth))} ${dim(`of ${count(episodes)} goals`)}`;
  const success = successRate === null ? [] : [row('success', percent(successRate), reached(successRate))];
  const curve = sparkline(returns, Math.min(...returns), Math.max(...returns), barWidth);
  const facts = [`iteration ${iteration}`, `sigma ${sigma.toFixed(2)}`, `${count(rate)} steps/s`, seconds(clock())];
  return [
    ...success,
    row('return', meanReturn.toFixed(3), curve),
    ...termsOf(performance).map(([name, value]) => row(`  ${name}`, value.toFixed(3), dim('of the return'))),
    ...shown.map(({ name, label, unit, description }) => row(label, measure(metrics[name], unit), dim(description))),
    row('steps', count(envSteps), `${dim(bar(envSteps / budget, barWidth))} ${dim(`of ${count(budget)}`)}`),
    `  ${dim(facts.join('   '))}`,
  ];
}

/** Terms of the reward, where there are several: one by itself is the return. */
function termsOf({ terms }: Evaluation): [name: string, value: number][] {
  const all = Object.entries(terms);
  return all.length > 1 ? all.map(([name, value]) => [name.replaceAll('_', ' '), value]) : [];
}

function title({ env, algorithm, backend, seed }: Training['config']): string {
  const special = backend === defaultBackend.name ? '' : ` · ${backend}`;
  return `${env.env} · ${env.arm} · ${algorithm} · seed ${seed}${special}`;
}
