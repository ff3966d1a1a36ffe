import { engineName } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import { differenceInConfig } from '../../envs/recording/difference.ts';
import { software } from '../../envs/recording/sealed.ts';
import type { Engine } from '../../envs/sim/engine.ts';
import { dynamicsOf, envOf } from '../../envs/tasks/index.ts';
import { plottingLibrary } from '../pages/assets.ts';
import { table } from '../report/format.ts';
import { pageHtml } from '../report/page.ts';
import { changesFor } from '../robustness/changes.ts';
import {
  type Contestant,
  type Judged,
  type Measured,
  measure,
  type Scores,
  withDynamics,
} from '../robustness/measure.ts';
import { notesOf, type Robustness, robustnessPage, tableOf } from '../robustness/report.ts';
import { controllers } from '../rollout/controllers.ts';
import { checkOutput, writeWhole } from '../run/files.ts';
import { openActor } from '../run/policy.ts';
import type { Goals } from '../train/evaluate.ts';
import { commandOfPage, withoutPlaces } from './command.ts';
import { environmentNamed, finderFor, type ModuleFlags } from './modules.ts';
import { printJson, printLines, showOnLine } from './output.ts';

/** The command line of `eval --robustness`. */
export interface RobustnessFlags extends ModuleFlags {
  readonly policy?: string;
  readonly against?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Judges runs of one task, and a controller beside them, under one change of the world after another. */
export async function evalRobustness(
  runs: readonly string[],
  goals: Goals,
  flags: RobustnessFlags,
  engine?: Engine,
): Promise<void> {
  const { out, force, json, policy } = flags;
  if (out !== undefined) checkOutput(out, force);
  const library = out === undefined ? null : plottingLibrary();
  const find = finderFor(runs[0], flags, 'named');
  const policies = await policiesOf(runs, flags);
  const [{ config }] = policies;
  const controller = policy === undefined || flags.against !== undefined ? await controllerOf(runs[0], flags) : null;
  const registry = (await environmentNamed(runs[0], flags))?.registry ?? (await find({ env: config }));
  const changes = changesFor(dynamicsOf(config, registry));
  const measured: Measured[] = [];
  for (const one of measure(changes, {
    policies,
    controller,
    goals,
    open: (each) => envOf(each, { ...registry, engine }),
  })) {
    measured.push(one);
    showOnLine(`  ${measured.length} of ${changes.length}: ${one.label}`);
  }
  showOnLine('');
  const found: Robustness = {
    env: config,
    engine: engine ? engineName(engine) : 'rapier',
    runs: policies.map(({ name }) => name),
    controller: controller?.name ?? null,
    goals,
    measured,
  };
  if (out !== undefined && library) {
    const page = robustnessPage({ ...found, runs: found.runs.map(withoutPlaces) }, software, commandOfPage());
    writeWhole(out, pageHtml(page, library));
  }
  if (json) printJson(resultOf(found, out));
  else printLines(linesOf(found, out));
}

/** @throws UsageError for runs of different tasks */
async function policiesOf(runs: readonly string[], flags: RobustnessFlags): Promise<Contestant[]> {
  const { policy: controller } = flags;
  const policies: Contestant[] = [];
  for (const run of runs) {
    const named = await environmentNamed(run, flags);
    const { env, actor } = await openActor(run, { controller }, finderFor(run, flags, 'named'), named);
    policies.push({ name: controller ?? run, config: env.config, actor });
  }
  const [first] = policies;
  for (const { name, config } of policies) {
    const difference = differenceInConfig(config, first.config);
    if (!difference) continue;
    const field = difference.field.replace(/^header\.env\./, '');
    throw new UsageError(
      `--robustness judges runs of one task with the same options together; ${name} has ${field} ${difference.expected}, ${first.name} ${difference.found}`,
    );
  }
  return policies;
}

/** The controller that the line names, else one that drives the task; null where none does. */
async function controllerOf(run: string, flags: RobustnessFlags): Promise<Contestant | null> {
  const open = async (name: string): Promise<Contestant> => {
    const named = await environmentNamed(run, flags);
    const { env, actor } = await openActor(run, { controller: name }, finderFor(run, flags, 'named'), named);
    return { name, config: withDynamics(env.config, {}), actor };
  };
  if (flags.against !== undefined) return open(flags.against);
  for (const name of Object.keys(controllers)) {
    try {
      return await open(name);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return null;
}

function linesOf(found: Robustness, out: string | undefined): string[] {
  const { columns, rows } = tableOf(found);
  const cells = rows.map((row) => row.map(({ text, interval: own = '' }) => `${text} ${own}`.trimEnd()));
  const title = `${found.runs.join(', ')}: ${found.env.env} on ${found.env.arm}, as its world changes`;
  const page = out ? `The picture: ${out}` : '--out robustness.html draws it';
  return [
    '',
    `  ${title}`,
    '',
    ...table([columns, ...cells]),
    '',
    ...notesOf(found).map((note) => `  ${note}`),
    `  ${page}`,
    '',
  ];
}

function resultOf({ env, engine, runs, controller, goals, measured }: Robustness, out: string | undefined) {
  const judged = (key: string, value: Judged | null) =>
    value && { [key]: value.mean, [`${key}_interval`]: value.interval, [`${key}_of_runs`]: value.runs };
  const scores = ({ success, return: total, faults }: Scores) => ({
    ...judged('success_rate', success),
    ...judged('mean_return', total),
    faults,
  });
  return {
    type: 'result',
    env: env.env,
    arm: env.arm,
    engine,
    runs,
    controller,
    episodes: goals.episodes,
    seed: goals.seed,
    changes: measured.map(({ name, label, dynamics, policy, controller: theirs, difference }) => ({
      name,
      label,
      dynamics: Object.fromEntries(Object.entries(dynamics).map(([each, [value]]) => [each, value])),
      ...scores(policy),
      ...(theirs && { controller: scores(theirs) }),
      ...judged('return_difference', difference),
    })),
    ...(out !== undefined && { report: out }),
  };
}
