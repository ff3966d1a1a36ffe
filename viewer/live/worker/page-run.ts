/** A run in the page: begun anew, forked, or gone on with; its files are those of a run's folder on the disk. */
import { sha256 } from '../../../envs/recording/checksum.ts';
import { decodeMeshes, encodeMeshes } from '../../../envs/recording/meshes.ts';
import { algorithms } from '../../../src/algorithms/index.ts';
import { defaultBackend } from '../../../src/policy/network/index.ts';
import { RunContent, type TableDigest } from '../../../src/run/content.ts';
import { names } from '../../../src/run/folder.ts';
import { checkTraining } from '../../../src/run/limits.ts';
import { type LoadedLearner, loadLearner, loadPlan, type RunFiles } from '../../../src/run/load.ts';
import { csvOf } from '../../../src/run/metrics.ts';
import { differences, encodePlan, type RunPlan, usualCheckpointEvery } from '../../../src/run/plan.ts';
import { runName } from '../../../src/run/recording.ts';
import { versionsOf } from '../../../src/run/schema.ts';
import { builtIn, configFor, configureNewTraining, trainingOf } from '../../../src/train/config.ts';
import { forkLearner } from '../../../src/train/fork.ts';
import { createLearner, type Learner } from '../../../src/train/learner.ts';
import type { FindRegistry } from '../../../src/train/registry.ts';
import type { Training } from '../../../src/train/training.ts';
import type { Beginning } from './messages.ts';
import { openPolicy, refuseStrangers } from './opening.ts';
import type { Folders, PageFolder } from './page-folder.ts';
import { runIn } from './picked-folder.ts';
import { whyNotKept } from './reasons.ts';
import { isZip, unzipRun } from './zip.ts';

export interface PageRun {
  readonly learner: Learner;
  readonly plan: RunPlan;
  readonly content: RunContent;
  readonly folder: PageFolder;
}

/**
 * @param warn told of what is not as it should be, and keeps no run from going on
 * @throws Error in words for a reader of the page
 */
export async function openRun(
  beginning: Beginning,
  folders: Folders,
  warn: (message: string) => void,
): Promise<PageRun> {
  switch (beginning.kind) {
    case 'new':
      return newRun(beginning, folders);
    case 'fork':
      return fork(beginning, folders);
    case 'kept':
      return goOn(await folders.kept(beginning.run), warn);
    case 'file':
      return isZip(beginning.bytes)
        ? goOn(await copied(unzipRun(beginning.bytes, beginning.name), folders, warn), warn)
        : fromPolicy(beginning, folders);
    case 'folder':
      return goOn(await copied(await runIn(beginning.folder), folders, warn), warn);
  }
}

/** Writes what is to be written, in an order in which the run can be gone on with at every moment. */
export async function writeRun({ content, folder }: Pick<PageRun, 'content' | 'folder'>): Promise<void> {
  const { lines, pending } = content;
  if (lines.length) await folder.write(names.metrics, bytesOf(csvOf(lines)));
  for (const [path, bytes] of [...pending]) {
    await folder.write(path, bytes);
    if (pending.get(path) === bytes) pending.delete(path);
  }
  for (const path of content.dropped([...(await folder.sizes()).keys()])) await folder.remove(path);
}

/** All files of a run as they are by now, those among them that could not be written yet. */
export async function runFiles({
  content,
  folder,
}: Pick<PageRun, 'content' | 'folder'>): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of (await folder.sizes()).keys()) files.set(path, (await folder.read(path)) as Uint8Array);
  if (content.lines.length) files.set(names.metrics, bytesOf(csvOf(content.lines)));
  for (const [path, bytes] of content.pending) files.set(path, bytes);
  for (const path of content.dropped([...files.keys()])) files.delete(path);
  return files;
}

async function newRun(
  { choice, untilSolved }: Extract<Beginning, { kind: 'new' }>,
  folders: Folders,
): Promise<PageRun> {
  const training = trainingOf(configureNewTraining(choice));
  return begun(createLearner(training), planOf(training, untilSolved), folders);
}

/** Another run from where a policy's stands, with other options. */
async function fork(
  { bytes, run, choice, untilSolved }: Extract<Beginning, { kind: 'fork' }>,
  folders: Folders,
): Promise<PageRun> {
  const from = await openPolicy(bytes, run, defaultBackend);
  const { algorithm, seed, steps, options } = choice;
  const config = configFor(from.env, algorithms[algorithm], { seed, steps, options });
  const training = trainingOf(config, { env: from.env });
  const learner = forkLearner(from, training);
  const plan = { ...planOf(training, untilSolved), fork: { run, iteration: from.progress.iteration } };
  const forked = await begun(learner, plan, folders);
  await forked.content.save(learner);
  return forked;
}

/** A policy's file has all that training goes on from, but for the table of metrics, which begins anew. */
async function fromPolicy({ bytes, name }: Extract<Beginning, { kind: 'file' }>, folders: Folders): Promise<PageRun> {
  const learner = await openPolicy(bytes, name, defaultBackend);
  const { training } = learner;
  refuseBackend(training.config.backend);
  const run = await begun(learner, planOf(training, false), folders);
  await run.content.save(learner);
  return run;
}

function planOf({ config, env }: Training, untilSolved: boolean): RunPlan {
  const limits = { iterations: null, untilSolved: untilSolved && env.spec.hasSuccess };
  return { config, limits, checkpointEvery: usualCheckpointEvery, fork: null };
}

async function begun(learner: Learner, plan: RunPlan, folders: Folders): Promise<PageRun> {
  const { training } = learner;
  checkTraining(training);
  const content = new RunContent(plan, digestOfTable());
  const { meshes } = training.env;
  if (meshes) content.pending.set(names.meshes, await encodeMeshes(meshes));
  content.pending.set(names.config, await encodePlan(plan, training.backend));
  return { learner, plan, content, folder: await folders.add(runName(plan.config)) };
}

async function goOn(folder: PageFolder, warn: (message: string) => void): Promise<PageRun> {
  const files = filesOf(folder);
  const config = await folder.read(names.config);
  if (config) refuseStrangers(new TextDecoder().decode(config), files.place(names.config));
  const find = await finderIn(folder);
  const saved = await loadPlan(files, find);
  const { plan } = saved;
  refuseBackend(plan.config.backend);
  const loaded = await loadLearner(files, saved, warn, { backend: defaultBackend, find });
  const others = differences(loaded.versions, versionsOf(defaultBackend));
  if (others.length) {
    const what = `${folder.name} was made by another version (${others.join(', ')}), and would not come to the same bytes here`;
    throw new Error(`${what}. Its policy can be forked: open ${names.policy}.`);
  }
  return { learner: loaded.learner, plan, content: await contentOf(folder, plan, loaded), folder };
}

/** What a run's files hold that goes on from where it was loaded. */
async function contentOf(folder: PageFolder, plan: RunPlan, loaded: LoadedLearner): Promise<RunContent> {
  const { learner, lines, isTableLost } = loaded;
  const content = new RunContent(plan, digestOfTable());
  content.add(lines);
  const sizes = await folder.sizes();
  content.limitRecordings(undefined, (path) => sizes.get(path));
  const table = isTableLost && (await folder.read(names.metrics));
  if (table) content.pending.set(names.oldMetrics, table);
  if (!lines.length) await folder.remove(names.metrics);
  // What the policy did where the run stopped, or failed, is not what it will do at the end.
  for (const path of [names.rollouts, names.fault]) await folder.remove(path);
  if (isTableLost) await content.save(learner);
  return content;
}

/**
 * The same run in a folder that outlasts the page, if there is one with room for it; the policy comes last, as it is written in training.
 */
async function copied(from: PageFolder, folders: Folders, warn: (message: string) => void): Promise<PageFolder> {
  const to = await folders.add(from.name);
  const paths = [...(await from.sizes()).keys()].sort(
    (a, b) => Number(a === names.policy) - Number(b === names.policy),
  );
  try {
    for (const path of paths) await to.write(path, (await from.read(path)) as Uint8Array);
    return to;
  } catch (error) {
    warn(`This browser could not keep the run: ${whyNotKept(error)}.`);
    for (const path of paths) await to.remove(path);
    return from;
  }
}

function filesOf(folder: PageFolder): RunFiles {
  return {
    run: folder.name,
    place: (path) => `${folder.name}/${path}`,
    read: (path) => folder.read(path),
    async list(inner) {
      const paths = [...(await folder.sizes()).keys()].filter((path) => path.startsWith(`${inner}/`));
      return paths.map((path) => path.slice(inner.length + 1));
    },
  };
}

/** Finds what ships, and the meshes that the run keeps. */
async function finderIn(folder: PageFolder): Promise<FindRegistry> {
  const bytes = await folder.read(names.meshes);
  const meshes = bytes ? await decodeMeshes(bytes, `${folder.name}/${names.meshes}`) : {};
  return async () => ({ ...builtIn, meshes });
}

function refuseBackend(name: string): void {
  if (name === defaultBackend.name) return;
  throw new Error(`It was trained on the backend ${name}, which a page does not have: go on with \`armature resume\`.`);
}

function digestOfTable(): TableDigest {
  let table = '';
  return {
    add(text) {
      table += text;
    },
    hex: () => sha256(bytesOf(table)),
  };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
