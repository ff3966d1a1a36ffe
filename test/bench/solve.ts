import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareCost, physicsOf, resetCost, targetsOf, taskLearner, taskName } from './arms.ts';
import { over, spread } from './measure.ts';
import type { Section } from './report.ts';
import type { Account, Accounts } from './solve-one.ts';
import { armature } from './start.ts';

const seeds = [0, 1, 2, 3, 4];

/** How long a person waits for an arm that reaches, and for what. */
export async function solveSection(): Promise<Section> {
  const runs = seeds.map((seed) => ({ ...runOf(seed), wall: wallOf(seed) }));
  const cores = availableParallelism();
  const iterations = ({ training, learning }: Account) => (training + learning) / 1000;
  const train = runs.map(iterations);
  const again = runs.map(({ warm }) => iterations(warm));
  const stepped = runs.map(({ training, evaluation }) => (training + evaluation) / 1000);
  const young = runs.map(({ steps, evaluationSteps }) => youngOf(steps + evaluationSteps));
  const floor = runs.map(({ steps, episodes, bare, reset }) => (steps * bare + episodes * reset) / 1e6 / cores);
  return {
    name: 'solve',
    title: `Solve: \`armature train ${taskName} --reward dense --until-solved\`, seeds 0-4, ${cores} threads`,
    figures: [
      {
        name: 'process start to solved',
        unit: 's',
        samples: runs.map(({ wall }) => wall),
        bar: { of: 'value', is: 'at most', limit: 5 },
      },
      {
        name: 'the training iterations of it',
        unit: 's',
        samples: train,
        floor: { name: 'their steps and resets in Rapier, on all cores', samples: floor },
        ratio: over(train, floor),
        bar: { of: 'ratio', is: 'at most', limit: 1.5 },
      },
      {
        name: '  the same again, in the same process',
        unit: 's',
        samples: again,
        floor: { name: 'as before', samples: floor },
        ratio: over(again, floor),
      },
      {
        name: 'its steps, trained and evaluated',
        unit: 's',
        samples: stepped,
        floor: { name: 'as many in bare world.step(), in a process as young', samples: young },
        ratio: over(stepped, young),
      },
    ],
    grids: [accountOf(runs, cores)],
    notes: [
      'The floor of the iterations is that of a process which has long been warm; no process is before it is solved: V8 is still compiling Rapier.',
      'The account is of runs in processes of their own, which begin and end as the command does, without its files; batches wait there for evaluations, so that each has a time of its own.',
    ],
  };
}

interface Run extends Account {
  /** The same run once its code is compiled. */
  readonly warm: Account;
  /** us */
  readonly bare: number;
  readonly reset: number;
}

/** Seconds from the start of the command's process to its end. */
function wallOf(seed: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'armature-bench-'));
  const start = performance.now();
  const given = ['--reward', 'dense', '--until-solved', '--seed', String(seed), '--json', '--out', join(folder, 'run')];
  const { status, stderr } = spawnSync(process.execPath, [armature, 'train', taskName, ...given], { encoding: 'utf8' });
  const took = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`armature train ended with ${status}: ${stderr}`);
  return took;
}

/** Seconds that so many bare steps take in a process of their own. */
function youngOf(steps: number): number {
  const program = fileURLToPath(new URL('./young.js', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, String(steps)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`bare steps ended with ${status}: ${stderr}`);
  return Number(stdout);
}

/** The account of a run, and what a step and a reset cost right after it. */
function runOf(seed: number): Run {
  const program = fileURLToPath(new URL('./solve-one.js', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, String(seed)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the run of seed ${seed} ended with ${status}: ${stderr}`);
  const physics = physicsOf();
  const targets = targetsOf(physics, 20, 50);
  const costs = Array.from({ length: 5 }, () => bareCost(physics, targets));
  const resets = Array.from({ length: 5 }, () => resetCost(taskLearner().env, 20, 4));
  const { young, warm }: Accounts = JSON.parse(stdout);
  return { ...young, warm, bare: spread(costs).median, reset: spread(resets).median };
}

function accountOf(runs: readonly Run[], cores: number) {
  const middle = (of: (run: Run) => number) => spread(runs.map(of)).median;
  const seconds = (of: (run: Run) => number) => middle(of) / 1000;
  const rest = ({ wall, started, training, evaluation, learning }: Run & { readonly wall?: number }) =>
    (wall ?? 0) * 1000 - started - training - evaluation - learning;
  return {
    title: 'Account of the medians, s; floors are those steps in bare world.step() on all cores',
    heads: ['', 'count', 's', 'floor'],
    rows: [
      ['start, to the first iteration', '', seconds((run) => run.started), ''],
      [
        'training steps',
        middle((run) => run.steps),
        seconds((run) => run.training),
        seconds((run) => (run.steps * run.bare) / 1000 / cores),
      ],
      [
        '  resets among them',
        middle((run) => run.episodes),
        '',
        seconds((run) => (run.episodes * run.reset) / 1000 / cores),
      ],
      [
        'evaluation steps',
        middle((run) => run.evaluationSteps),
        seconds((run) => run.evaluation),
        seconds((run) => (run.evaluationSteps * run.bare) / 1000 / cores),
      ],
      ['learning, in iterations', middle((run) => run.iterations), seconds((run) => run.learning), ''],
      ['files, end, and what is left', '', seconds(rest), ''],
    ],
  };
}
