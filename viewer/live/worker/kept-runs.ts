import * as v from 'valibot';
import { names } from '../../../src/run/folder.ts';
import { curveOf } from './curve.ts';
import type { KeptRun } from './messages.ts';
import type { PageFolder } from './page-folder.ts';

const configSchema = v.looseObject({
  env: v.looseObject({ arm: v.string() }),
  algorithm: v.string(),
  steps: v.number(),
});

/** What there is of runs in their folders, as far as it can be read. */
export async function keptRunsIn(folders: readonly PageFolder[]): Promise<KeptRun[]> {
  const found = await Promise.all(folders.map((folder) => keptRun(folder).catch(() => null)));
  return found.filter((run) => run !== null);
}

async function keptRun(folder: PageFolder): Promise<KeptRun | null> {
  const [config, table] = await Promise.all([folder.read(names.config), folder.read(names.metrics)]);
  if (!config) return null;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { env, algorithm, steps } = v.parse(configSchema, JSON.parse(text(config)));
  const curve = table ? curveOf(text(table).split('\n').slice(0, -1)) : [];
  return {
    run: folder.name,
    algorithm,
    arm: env.arm,
    steps,
    envSteps: curve.at(-1)?.envSteps ?? 0,
    success: curve.findLast(({ evaluated }) => evaluated)?.evaluated?.success ?? null,
  };
}
