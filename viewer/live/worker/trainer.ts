/** Training in a worker: the same code, and so the same files to the byte, as on the command line. */
import type { Trajectory } from '../../../envs/trajectory.ts';
import { snapshotOf } from '../../../src/rollout/acting-policy.ts';
import { type PolicyConfig, policyConfigOf } from '../../../src/rollout/policy-config.ts';
import { answeringAsync, type RollOutAsync } from '../../../src/rollout/rollout.ts';
import { names } from '../../../src/run/folder.ts';
import { fitting } from '../../../src/run/limits.ts';
import { limitsOf } from '../../../src/run/plan.ts';
import { finalRollouts, provenanceOf, recordedEpisodes, recordingOf } from '../../../src/run/recording.ts';
import { heldOutEpisodes, isSolved } from '../../../src/train/held-out.ts';
import { policyPartsOf } from '../../../src/train/learner.ts';
import { type Iteration, trainOnAsync } from '../../../src/train/train.ts';
import { curveOf } from './curve.ts';
import type { Answer, Begun, Request, Saved, Trained } from './messages.ts';
import type { Folders } from './page-folder.ts';
import { openRun, type PageRun, runFiles, writeRun } from './page-run.ts';
import { zipRun } from './zip.ts';

/** So long training goes on before what it came to is written, ms: what a tab that is closed has to train again. */
const saveEvery = 1000;

/** What a training has around it. */
export interface Surroundings {
  readonly folders: Folders;
  /** Workers that run episodes, so many. */
  openPool(policy: PolicyConfig, size: number): { readonly rollOut: RollOutAsync; close(): void };
  tell(answer: Answer): void;
}

export interface Trainer {
  /** Stops between two iterations, once all that there is has been written, or goes on. */
  hold(held: boolean): void;
  /** The run as it stands after a whole iteration, zipped, or its policy alone. */
  save(what: Saved['what']): Promise<Saved>;
}

/**
 * Opens the run and begins at once, and tells of every iteration.
 * @throws Error in words where the run cannot be opened
 */
export async function createTrainer(
  { beginning, workers }: Extract<Request, { type: 'train' }>,
  around: Surroundings,
): Promise<Trainer> {
  const { folders, tell } = around;
  const warn = (message: string) => tell({ type: 'warned', message });
  const run = await openRun(beginning, folders, warn);
  const keep = createKeeper(run, warn);
  tell(begunOf(run));
  /** What waits for the learner to be whole, which it is between two iterations. */
  const waiting: (() => Promise<void>)[] = [];
  let [held, isStill, wake] = [false, false, () => {}];
  const work = trainRun(run, { ...around, workers, keep }, async () => {
    // Messages come between two turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    for (const each of waiting.splice(0)) await each();
    if (!held) return;
    await keep.all();
    tell({ type: 'held', held });
    isStill = true;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    isStill = false;
    tell({ type: 'held', held });
  });
  void work
    .catch((error: unknown) => tell({ type: 'failed', of: 'train', message: messageOf(error) }))
    .then(async () => {
      isStill = true;
      for (const each of waiting.splice(0)) await each();
    });
  return {
    hold(value) {
      held = value;
      if (!held) wake();
    },
    save: (what) =>
      new Promise((resolve, reject) => {
        const saving = () => saved(run, keep, what).then(resolve, reject);
        if (isStill) void saving();
        else waiting.push(saving);
      }),
  };
}

/** Writes the files of a run while it trains. */
interface Keeper {
  /** Takes in an iteration, and writes what is due. */
  log(iteration: Iteration): Promise<void>;
  /** Takes in what the present policy does, to be seen as it learns. */
  record(episodes: readonly Trajectory[]): Promise<void>;
  /** Writes all that there is. */
  all(): Promise<void>;
}

/** @param warn told, once, that the files cannot be written: training goes on, and they are kept in memory until they can */
function createKeeper(run: PageRun, warn: (message: string) => void): Keeper {
  const { learner, content } = run;
  let [savedAt, isWarned] = [performance.now(), false];
  const write = async () => {
    savedAt = performance.now();
    try {
      await writeRun(run);
    } catch (error) {
      if (!isWarned)
        warn(`This browser could not keep the run (${messageOf(error)}). Save it before you close the page.`);
      isWarned = true;
    }
  };
  return {
    async log(iteration) {
      if (await content.log(learner, iteration, performance.now() - savedAt >= saveEvery)) await write();
    },
    async record(episodes) {
      if (!episodes.length) return;
      const kept = fitting(learner.env.spec, episodes);
      content.record(learner, await recordingOf(learner.env, kept, provenanceOf(learner)));
    },
    async all() {
      await content.save(learner);
      await write();
    },
  };
}

interface AroundRun extends Surroundings {
  readonly workers: number;
  readonly keep: Keeper;
}

/** Trains to the end of the run's plan. @param between is awaited between two iterations */
async function trainRun(
  run: PageRun,
  { workers, keep, openPool, tell }: AroundRun,
  between: () => Promise<void>,
): Promise<void> {
  const { learner, plan, content } = run;
  const pool = openPool(policyConfigOf(policyPartsOf(learner.training)), workers);
  try {
    await keep.all();
    if (learner.progress.iteration === 0) {
      const some = heldOutEpisodes(learner, { episodes: recordedEpisodes });
      await keep.record(await answeringAsync(learner, some, pool.rollOut));
    }
    for await (const iteration of trainOnAsync(learner, limitsOf(plan), pool.rollOut)) {
      await keep.record(iteration.evaluated.slice(0, recordedEpisodes));
      await keep.log(iteration);
      tell(trainedOf(run));
      await between();
    }
    const rollouts = fitting(learner.env.spec, await pool.rollOut(learner, finalRollouts(learner)));
    content.pending.set(names.rollouts, await recordingOf(learner.env, rollouts, provenanceOf(learner)));
  } finally {
    pool.close();
    // What anything throws leaves the learner as it was after its last whole iteration.
    await keep.all();
  }
  tell({ type: 'ended' });
}

async function saved(run: PageRun, keep: Keeper, what: Saved['what']): Promise<Saved> {
  const { name } = run.folder;
  await keep.all();
  const files = await runFiles(run);
  if (what === 'run') return { type: 'saved', what, bytes: zipRun(name, files), name: `${name}.zip` };
  return {
    type: 'saved',
    what,
    bytes: files.get(names.policy) as Uint8Array<ArrayBuffer>,
    name: `${name}.safetensors`,
  };
}

function begunOf({ learner, content, folder }: PageRun): Begun {
  const { training, env, progress } = learner;
  const { config } = training;
  return {
    type: 'begun',
    run: folder.name,
    isLasting: folder.isLasting,
    config,
    ...(env.meshes && { meshes: env.meshes }),
    choice: {
      env: config.env.env,
      arm: config.env.arm,
      algorithm: config.algorithm,
      seed: config.seed,
      steps: config.steps,
      options: config.options,
    },
    curve: curveOf(content.lines),
    envSteps: progress.envSteps,
    solved: isSolved(progress),
    snapshot: snapshotOf(learner),
  };
}

function trainedOf({ learner, content }: PageRun): Trained {
  const [heading, last] = [content.lines[0], content.lines[content.lines.length - 1]];
  const [point] = curveOf([heading, last]);
  // Posting it copies it.
  return { type: 'trained', ...point, solved: isSolved(learner.progress), snapshot: snapshotOf(learner) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
