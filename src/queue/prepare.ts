import { FileError } from '../../envs/recording/errors.ts';
import { checked, parseJson } from '../../envs/recording/json.ts';
import { defaultBackend } from '../policy/network/index.ts';
import { Failure } from '../run/failure.ts';
import { differences } from '../run/plan.ts';
import { asConfigured, configSchema } from '../run/schema.ts';
import { type Job, jobDigest } from '../sweep/job.ts';
import type { Material } from '../sweep/messages.ts';
import { builtIn, configureTraining } from '../train/config.ts';
import type { Payload } from './records.ts';
import type { SweepStore } from './store.ts';
import { jobOf, meshesIn, moduleIn, type Variant, variantSchema } from './variant.ts';

/** A job that this worker does not do. The message says why. */
export class Refused extends Failure {}

/** What a worker does for jobs, whoever sent them. */
export interface Allowance {
  /** Whether code that comes with a job is run. */
  readonly code: boolean;
  /** Training steps of a job. */
  readonly steps: number;
}

/** A job with all that it takes to make it. */
export interface Prepared {
  readonly job: Job;
  readonly material: Material;
}

/**
 * A job as its sweep has it, once everything about it is checked that can be before it runs.
 * @param digest the one that it goes by on the queue
 * @returns null where the sweep is there no more
 * @throws Refused for a job that is not what it says, or asks for more than is allowed
 */
export async function prepare(
  store: SweepStore,
  payload: Payload,
  digest: string,
  allowance: Allowance,
): Promise<Prepared | null> {
  const text = await store.input(payload.variant);
  if (text === null) return missing(store, 'its plan');
  try {
    const variant = parseJson(variantSchema, text, 'the job', 'plan');
    const job = jobOf(variant, payload);
    if (jobDigest(job) !== digest) throw new Refused('it is not the job that its name says');
    checkAllowed(job, variant, allowance);
    const material = await materialOf(store, variant);
    if (!material) return missing(store, 'a module or its meshes');
    if (!variant.modules.length) checkConfig(job);
    return { job, material };
  } catch (error) {
    throw error instanceof FileError ? new Refused(error.message) : error;
  }
}

/** Null where the sweep was cancelled, or nobody has used it for long. */
async function missing(store: SweepStore, what: string): Promise<null> {
  if (await store.exists()) throw new Refused(`${what} is not on the queue, or not what its digest says`);
  return null;
}

function checkAllowed({ plan: { config } }: Job, { modules }: Variant, { code, steps }: Allowance): void {
  const named = [config.modules, config.env.modules].some((each) => each && Object.keys(each).length > 0);
  if ((modules.length || named) && !code) throw new Refused('it brings code of its own, and --allow-code is not given');
  if (config.backend !== defaultBackend.name) {
    throw new Refused(
      `its backend ${config.backend} has other bits on other machines: expected ${defaultBackend.name}`,
    );
  }
  if (config.steps > steps) throw new Refused(`it has ${config.steps} training steps, more than --max-steps ${steps}`);
}

async function materialOf(store: SweepStore, { modules, meshes }: Variant): Promise<Material | null> {
  const texts = await Promise.all(modules.map((each) => store.input(each)));
  const drawn = meshes === null ? null : await store.input(meshes);
  if (texts.includes(null) || (meshes !== null && drawn === null)) return null;
  const sources = (texts as string[]).map(moduleIn);
  return { sources, ...(drawn !== null && { meshes: await meshesIn(drawn) }) };
}

/** A configuration of what ships has every name and number as this version would have it. */
function checkConfig({ plan: { config } }: Job): void {
  const own = asConfigured(checked(configSchema, config, 'the job', 'config'), configureTraining, builtIn, 'the job');
  const others = differences(config, own);
  if (others.length) throw new Refused(`its configuration is not one of this version: ${others.join(', ')}`);
}
