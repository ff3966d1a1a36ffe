import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';
import { decodeMeshes, encodeMeshes } from '../../envs/recording/meshes.ts';
import { moduleIdentity } from '../../envs/recording/schema.ts';
import { digestOf } from '../run/digest.ts';
import { digest } from '../run/schema.ts';
import { type Job, jobSchema } from '../sweep/job.ts';
import type { Material } from '../sweep/messages.ts';
import type { ModuleSource } from '../train/registry.ts';
import { atHome, isScript, portable } from './portable.ts';
import type { Payload } from './records.ts';

/** What the jobs of a sweep that differ in their seeds alone have in common, which is on the queue once. */

const kinds = v.picklist(['task', 'arm', 'algorithm']);

export const variantSchema = v.strictObject({
  /** With seed 0, and without a pause. */
  job: jobSchema,
  /** Modules of the user's, by the digests of the inputs that hold them. */
  modules: v.pipe(v.array(digest), v.maxLength(3)),
  /** What the robot is drawn with, likewise. */
  meshes: v.nullable(digest),
});

export type Variant = Readonly<v.InferOutput<typeof variantSchema>>;

const sourceSchema = v.strictObject({
  kind: kinds,
  url: v.pipe(v.string(), v.check(isScript, 'a script')),
  path: v.pipe(v.string(), v.maxLength(1000)),
  identity: moduleIdentity,
});

/** A module of the user's as an input. @throws Failure for one that cannot travel */
function moduleText(source: ModuleSource): string {
  const { kind, url, path, identity } = portable(source);
  return JSON.stringify({ kind, url, path, identity });
}

/** @throws FileError for what is no module */
export function moduleIn(text: string): ModuleSource {
  return atHome(parseJson(sourceSchema, text, 'a module on the queue', 'module'));
}

async function meshesText(meshes: NonNullable<Material['meshes']>): Promise<string> {
  return Buffer.from(await encodeMeshes(meshes)).toString('base64');
}

/** @throws FileError for what is no file of meshes */
export function meshesIn(text: string): Promise<NonNullable<Material['meshes']>> {
  return decodeMeshes(new Uint8Array(Buffer.from(text, 'base64')), 'the meshes of a job');
}

/** The inputs that hold what a job needs beside its plan, and their digests as a variant has them. */
export interface PackedMaterial extends Pick<Variant, 'modules' | 'meshes'> {
  readonly inputs: readonly string[];
}

export async function pack({ sources, meshes }: Material): Promise<PackedMaterial> {
  const modules = sources.map(moduleText);
  const drawn = meshes && Object.keys(meshes).length ? [await meshesText(meshes)] : [];
  return { modules: modules.map(digestOf), meshes: drawn.map(digestOf)[0] ?? null, inputs: [...modules, ...drawn] };
}

/** A job's variant as an input. */
export function variantText({ plan, goals }: Job, { modules, meshes }: PackedMaterial): string {
  const job: Job = { plan: { ...plan, config: { ...plan.config, seed: 0 } }, goals, pauseAt: null };
  return JSON.stringify({ job, modules, meshes } satisfies Variant);
}

/** The job that a payload is of. */
export function jobOf({ job }: Variant, { seed, pauseAt }: Pick<Payload, 'seed' | 'pauseAt'>): Job {
  return { ...job, pauseAt, plan: { ...job.plan, config: { ...job.plan.config, seed } } };
}
