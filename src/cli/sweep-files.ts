import { join } from 'node:path';
import { encodeMeshes } from '../../envs/recording/meshes.ts';
import { writeWhole } from '../run/files.ts';
import { names as runFiles } from '../run/folder.ts';
import { writeSealedJson } from '../run/sealed-json.ts';
import { planFormat, planVersions, type SweepPlan } from '../sweep/plan.ts';
import type { Registry } from '../train/registry.ts';

/** The files in the folder of a sweep. */
export const sweepFiles = {
  plan: 'plan.json',
  meshes: runFiles.meshes,
  report: 'report.html',
  results: 'results.json',
  timing: 'timing.json',
  replay: 'replay.html',
  runs: 'runs',
} as const;

/** Writes the plan, with which a sweep can be gone on with, and what its robots are drawn with. */
export async function savePlan(out: string, { plan, registry: { meshes = {} } }: Planned): Promise<void> {
  if (Object.keys(meshes).length) writeWhole(join(out, sweepFiles.meshes), await encodeMeshes(meshes));
  await writeSealedJson(join(out, sweepFiles.plan), planFormat, { versions: planVersions(), ...plan });
}

/** A plan, and what its names stand for. */
export interface Planned {
  readonly plan: SweepPlan;
  readonly registry: Registry;
}
