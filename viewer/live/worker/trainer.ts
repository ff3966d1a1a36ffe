/** Training in a worker: the same code, and so the same files to the byte, as on the command line. */
import { EpisodeError } from '../../../envs/sim/episode-error.ts';
import type { Trajectory } from '../../../envs/trajectory.ts';
import { snapshotOf } from '../../../src/rollout/acting-policy.ts';
import { type PolicyConfig, policyConfigOf } from '../../../src/rollout/policy-config.ts';
import { answeringAsync, type RollOutAsync } from '../../../src/rollout/rollout.ts';
import { names } from '../../../src/run/folder.ts';
import { limitsOf } from '../../../src/run/plan.ts';
import { finalRollouts, recordedEpisodes } from '../../../src/run/recording.ts';
import { heldOutEpisodes, isSolved } from '../../../src/train/held-out.ts';
import { policyPartsOf } from '../../../src/train/learner.ts';
import { NonFiniteError } from '../../../src/train/non-finite.ts';
import { trainOnAsync } from '../../../src/train/train.ts';
import { UpdateError } from '../../../src/train/update-error.ts';
import { batchOf } from './batch.ts';
import { curveOf } from './curve.ts';
import type { DirectoryHandle } from './handle-folder.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { Answer, Batch, Begun, Request, Saved, SavedInto, Trained } from './messages.ts';
import type { Folders } from './page-folder.ts';
import { openRun, type PageRun, runFiles } from './page-run.ts';
import { writeInto } from './picked-folder.ts';
import { messageOf } from './reasons.ts';
import { zipRun } from './zip.ts';

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
  /** Writes the run as it stands into a folder that was picked. */
  saveInto(folder: DirectoryHandle): Promise<SavedInto>;
  /** The episodes that were last learned from. */
  batch(): Batch;
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
  const run = await openRun(beginning, folders, (message) => tell({ type: 'warned', message }));
  const keep = createKeeper(run, (problem) => tell({ type: 'keeping', problem }));
  tell(begunOf(run));
  /** What waits for the learner to be whole, which it is between two iterations. */
  const waiting: (() => Promise<void>)[] = [];
  let [held, isStill, wake] = [false, false, () => {}];
  const between = async () => {
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
  };
  const newest: Newest = { iteration: 0, episodes: [] };
  void trainRun(run, { ...around, workers, keep, newest, between })
    .catch(async (error: unknown) => tell({ type: 'failed', of: 'train', message: await explained(error, run, keep) }))
    .then(async () => {
      isStill = true;
      for (const each of waiting.splice(0)) await each();
    });
  const whenWhole = <T>(work: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const doing = () => work().then(resolve, reject);
      if (isStill) void doing();
      else waiting.push(doing);
    });
  return {
    hold(value) {
      held = value;
      if (!held) wake();
    },
    save: (what) => whenWhole(() => saved(run, keep, what)),
    saveInto: (folder) => whenWhole(() => savedInto(run, keep, folder)),
    batch: () => batchOf(newest.iteration, newest.episodes),
  };
}

/** The episodes that were last learned from, and the iteration that did. */
interface Newest {
  iteration: number;
  episodes: readonly Trajectory[];
}

interface AroundRun extends Surroundings {
  readonly workers: number;
  readonly keep: Keeper;
  readonly newest: Newest;
  /** Awaited between two iterations. */
  between(): Promise<void>;
}

/** Trains to the end of the run's plan. */
async function trainRun(run: PageRun, { workers, keep, newest, between, openPool, tell }: AroundRun): Promise<void> {
  const { learner, plan } = run;
  const pool = openPool(policyConfigOf(policyPartsOf(learner.training)), workers);
  const rollOut: RollOutAsync = async (acting, request) => {
    const episodes = await pool.rollOut(acting, request);
    if (request.purpose === 'training') Object.assign(newest, { iteration: request.index + 1, episodes });
    return episodes;
  };
  try {
    await keep.all();
    if (learner.progress.iteration === 0) {
      const some = heldOutEpisodes(learner, { episodes: recordedEpisodes });
      await keep.record(await answeringAsync(learner, some, rollOut));
    }
    for await (const iteration of trainOnAsync(learner, limitsOf(plan), rollOut)) {
      await keep.record(iteration.evaluated.slice(0, recordedEpisodes));
      await keep.log(iteration);
      tell(trainedOf(run));
      await between();
    }
    await keep.finish(await rollOut(learner, finalRollouts(learner)));
  } finally {
    pool.close();
    // What anything throws leaves the learner as it was after its last whole iteration.
    await keep.all();
  }
  tell({ type: 'ended' });
}

/** What to say of what ended a training, once what there is of it is kept. */
async function explained(error: unknown, { learner }: PageRun, keep: Keeper): Promise<string> {
  const message = messageOf(error);
  const where = `in iteration ${learner.progress.iteration + 1}`;
  if (error instanceof EpisodeError || error instanceof UpdateError)
    return `${message}, ${where}. What was learned before is kept.`;
  if (!(error instanceof NonFiniteError)) return message;
  if (error.origin) await keep.fault(error.origin);
  const episode = error.origin ? ` The episode is saved with the run, as ${names.fault}.` : '';
  return `${message}, ${where}; it was not learned from.${episode} With a lower learning rate, a fork may get past it.`;
}

async function savedInto(run: PageRun, keep: Keeper, folder: DirectoryHandle): Promise<SavedInto> {
  await keep.all();
  return { type: 'saved-into', name: await writeInto(folder, run.folder.name, await runFiles(run)) };
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
      envOptions: config.env.options,
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
