import { resolve } from 'node:path';
import { Command } from 'commander';
import { rangesText } from '../../envs/dynamics/ranges.ts';
import { type Env, engineName } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import { armsOf, tasks } from '../../envs/tasks/index.ts';
import { type Trajectory, totalReward } from '../../envs/trajectory.ts';
import { commandLine, interval, measure, percent, plural, table } from '../report/format.ts';
import { controllers } from '../rollout/controllers.ts';
import { loadEngine } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { type ActorInEnv, openActor } from '../run/policy.ts';
import { isPretrained, pretrainedFile, pretrainedNames } from '../run/pretrained.ts';
import { type Interval, meanInterval, type Paired, paired, proportionInterval } from '../statistics/intervals.ts';
import {
  type Evaluation,
  evaluate,
  evaluationGoals,
  type Goals,
  totalOfTerm,
  withoutFaults,
} from '../train/evaluate.ts';
import { addEngineFlag, type EngineFlags, integer, withExamples } from './command.ts';
import { addModuleFlags, environmentNamed, finderFor } from './modules.ts';
import { printJson, printLines } from './output.ts';
import { addWorldFlag } from './randomize-flag.ts';
import { evalRobustness, type RobustnessFlags } from './robustness.ts';

interface EvalFlags extends RobustnessFlags, EngineFlags {
  readonly episodes: number;
  readonly seed: number;
  readonly randomize?: string;
  readonly robustness?: boolean;
  readonly pretrained?: boolean;
}

export function evalCommand(): Command {
  const command = new Command('eval')
    .description('judge a policy by its mean action on fresh goals, with 95 % confidence intervals')
    .argument(
      '<run...>',
      "a run's folder or a policy file; with --policy, an environment will do; with --pretrained, the name of a policy that ships; several by --robustness",
    )
    .option('--episodes <integer>', 'episodes', integer(1, 100_000), 100)
    .option('--seed <integer>', 'seed of the goals', integer(0), 0)
    .option('--policy <name>', `judge a controller instead (${Object.keys(controllers).join(', ')})`)
    .option('--pretrained', `judge the policy that ships by this name (${pretrainedNames().join(', ')})`)
    .option('--against <name>', 'compare with a controller on the same goals')
    .option('--robustness', 'judge it, or several runs together, under one change of the world after another')
    .option('--out <file>', 'with --robustness: draw it, as an HTML page')
    .option('--force', 'replace that file if it is there')
    .option('--json', 'print one line of JSON');
  return withExamples(
    addModuleFlags(addEngineFlag(addWorldFlag(command))),
    'armature eval runs/panda-reach-joints-s0 --episodes 500',
    'armature eval panda-reach --policy proportional',
    'armature eval panda-reach --pretrained',
    'armature eval reach --arm ur5e --pretrained',
    'armature eval runs/panda-reach-joints-s0 --episodes 1000 --against proportional',
    'armature eval runs/panda-reach-joints-s0 --episodes 500 --engine mujoco',
    'armature eval runs/panda-reach-joints-s0 --randomize payload=1,delay=1',
    'armature eval runs/panda-reach-joints-s0 runs/panda-reach-joints-s1 --robustness --out robustness.html',
  ).action(execute);
}

async function execute(runs: readonly string[], flags: EvalFlags): Promise<void> {
  const { episodes, seed, policy, against, json, randomize: dynamics } = flags;
  checkTogether(runs, flags);
  const engine = await loadEngine(flags.engine);
  const goals = { seed, set: evaluationGoals, episodes };
  if (flags.robustness) return evalRobustness(runs, goals, flags, engine);
  const [name] = runs;
  const run = flags.pretrained ? pretrainedFile(shippedName(name, flags.arm)) : name;
  if (!flags.pretrained && policy === undefined && isPretrained(name)) {
    const judges = commandLine('eval', name, '--pretrained');
    throw new Failure(
      `cannot open the run ${name}: there is no such folder; \`${judges}\` judges the policy that ships`,
    );
  }
  const [find, named] = [finderFor(run, flags, 'named'), await environmentNamed(run, flags)];
  const { env, actor } = await openActor(run, { controller: policy, dynamics, engine }, find, named);
  const { evaluation, trajectories } = evaluate(env, actor, goals);
  const { faults } = evaluation;
  const figures = figuresOf(env, evaluation, withoutFaults(trajectories));
  const comparison =
    against === undefined
      ? null
      : await compare(
          trajectories,
          await openActor(run, { controller: against, dynamics, engine }, find, named),
          goals,
        );
  if (json) {
    printJson({
      type: 'result',
      episodes: evaluation.episodes,
      ...(env.engine && { engine: env.engine }),
      ...(env.config.dynamics && { dynamics: env.config.dynamics }),
      faults,
      ...Object.fromEntries(figures.map(({ key, mean }) => [key, mean])),
      ...Object.fromEntries(figures.map(({ key, interval }) => [`${key}_interval`, interval])),
      ...(comparison && compared(against, comparison)),
    });
    return;
  }
  const without = faults ? `, without ${faults} in which the simulation diverged` : '';
  const title = `${policy ?? name}${flags.pretrained ? ', as it ships,' : ''} on ${plural(evaluation.episodes, 'episode')} of ${env.spec.name}, goals of seed ${seed}${inDynamics(env)}${inEngine(env)}${without}`;
  const rows = [...figures.flatMap(rowOf), ...(comparison ? rowsAgainst(against ?? '', comparison) : [])];
  printLines(['', `  ${title}`, '', ...table([['', 'mean', '95 % interval'], ...rows]), '']);
}

/** The name of the policy that ships for a task, with its usual arm or another. */
function shippedName(task: string, arm: string | undefined): string {
  const [usual] = Object.hasOwn(tasks, task) ? armsOf(tasks[task]) : [];
  return arm === undefined || arm === usual ? task : `${task}-${arm}`;
}

/** What a title says of the world, where that is not the task's own. */
function inDynamics({ config: { dynamics } }: Env): string {
  return dynamics ? `, drawn from ${rangesText(dynamics)}` : '';
}

/** What a title says of the engine, where that is not Rapier. */
function inEngine({ engine }: Env): string {
  return engine ? `, in ${engineName(engine)}` : '';
}

/** @throws UsageError for what goes with --robustness alone, or not with it */
function checkTogether(
  runs: readonly string[],
  { robustness, out, force, policy, pretrained, randomize }: EvalFlags,
): void {
  const fail = (what: string): never => {
    throw new UsageError(what);
  };
  if (force && out === undefined) fail('--force is for a file that --out names');
  if (robustness && randomize !== undefined) fail('--robustness changes the world itself: leave --randomize out');
  if (pretrained && policy !== undefined)
    fail(`--policy ${policy} is judged in place of a policy: leave --pretrained out`);
  if (pretrained && robustness) fail('--pretrained judges on fresh goals: leave --robustness out');
  if (robustness) {
    const again = runs.find((run, i) => runs.findIndex((other) => resolve(other) === resolve(run)) < i);
    if (again !== undefined) fail(`${again} is named twice: judged together are runs of several seeds`);
    if (policy !== undefined && runs.length > 1) fail(`--policy ${policy} is one whatever the run: name one of them`);
    return;
  }
  if (runs.length > 1) fail(`one run is judged at a time, found ${runs.join(', ')}; several together by --robustness`);
  if (out !== undefined) fail('--out is for --robustness');
}

/** A mean over episodes, null where there is none to have, with its 95 % interval. */
interface Figure {
  readonly key: string;
  readonly label: string;
  readonly mean: number | null;
  readonly interval: Interval | null;
  readonly unit?: string;
  show(value: number): string;
}

function figuresOf({ metrics, spec }: Env, evaluation: Evaluation, whole: readonly Trajectory[]): Figure[] {
  const { successRate, episodes, meanReturn, meanLength } = evaluation;
  // One episode says nothing of others.
  const success = successRate === null || episodes < 2 ? null : proportionInterval(successRate, episodes);
  const over = (of: (trajectory: Trajectory) => number) => meanInterval(whole.map(of));
  const length = over((trajectory) => trajectory.steps);
  const show = (value: number) => value.toFixed(2);
  return [
    { key: 'success_rate', label: 'success', mean: successRate, interval: success, show: percent },
    { key: 'mean_return', label: 'return', mean: meanReturn, interval: over(totalReward), show: fixed },
    // One term by itself is the return.
    ...(spec.terms.length > 1 ? spec.terms : []).map((name, k) => ({
      key: `mean_term_${name}`,
      label: `  ${name.replaceAll('_', ' ')}`,
      mean: evaluation.terms[name],
      interval: over((trajectory) => totalOfTerm(trajectory, k)),
      show: fixed,
    })),
    { key: 'mean_length', label: 'length', mean: meanLength, interval: length, unit: ' steps', show },
    ...metrics.map((metric) => ({
      key: `mean_${metric.name}`,
      label: metric.name.replaceAll('_', ' '),
      mean: evaluation.metrics[metric.name],
      interval: over((trajectory) => metric.of(trajectory)),
      show: (value: number) => measure(value, metric.unit),
    })),
  ];
}

function rowOf({ label, mean, interval: found, unit = '', show }: Figure): string[][] {
  return mean === null ? [] : [[label, `${show(mean)}${unit}`, interval(found, show)]];
}

/** The returns against a controller's on the same goals, where the simulation diverged for neither. */
async function compare(own: readonly Trajectory[], { env, actor }: ActorInEnv, goals: Goals): Promise<Paired> {
  const theirs = evaluate(env, actor, goals).trajectories;
  const pairs = own.flatMap((a, i): [number, number][] =>
    a.end === 'fault' || theirs[i].end === 'fault' ? [] : [[totalReward(a), totalReward(theirs[i])]],
  );
  const [ours, other] = [0, 1].map((i) => pairs.map((pair) => pair[i]));
  return paired(ours, other);
}

function compared(against: string | undefined, found: Paired) {
  return {
    against,
    return_difference: found.difference,
    return_difference_interval: found.differenceInterval,
    cost_ratio: found.ratio,
    cost_ratio_interval: found.ratioInterval,
  };
}

const fixed = (value: number) => value.toFixed(3);

/** Goal by goal: rewards of these tasks are costs, so a ratio below 1 is a better policy. */
function rowsAgainst(name: string, { difference, differenceInterval, ratio, ratioInterval }: Paired): string[][] {
  const signed = (value: number) => `${value < 0 ? '' : '+'}${fixed(value)}`;
  return [
    [`return less ${name}'s`, signed(difference), interval(differenceInterval, signed)],
    [`cost over ${name}'s`, fixed(ratio), interval(ratioInterval, fixed)],
  ];
}
