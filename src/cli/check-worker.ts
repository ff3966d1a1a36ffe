import { parentPort, workerData } from 'node:worker_threads';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeTask, type Task } from '../../envs/task.ts';
import { runTaskChecks } from '../check/check-task.ts';
import { placeOf } from '../modules/place.ts';
import { compilingInPlace } from '../rollout/workers/compile-in-place.ts';
import { registryOf } from '../train/modules.ts';
import type { ModuleSource } from '../train/registry.ts';
import { type CheckJob, type Finding, functionsOfModule, only } from './check-thread.ts';

/** A thread that checks a task, and shows which of its functions runs. */

// A promise that a function returns is found as one, however it ends.
process.on('unhandledRejection', () => {});

const { config, sources, shared } = workerData as CheckJob;
const sign = new Int32Array(shared);

function trace(name: (typeof functionsOfModule)[number] | null): void {
  Atomics.store(sign, 1, name === null ? -1 : functionsOfModule.indexOf(name));
  Atomics.add(sign, 0, 1);
}

async function taskOf(from: readonly ModuleSource[]): Promise<Task> {
  const { tasks, arms } = await registryOf(from);
  trace('create');
  const task = makeTask(tasks[config.env], config.robot ?? arms[config.arm], config.options);
  trace(null);
  return task;
}

async function findings(): Promise<Finding[]> {
  await compilingInPlace(loadPhysics);
  const task = await taskOf(sources);
  // A module by another address is another one, with variables of its own.
  const fresh = await taskOf(sources.map((source) => ({ ...source, url: `${source.url}#fresh` })));
  return runTaskChecks(task, trace, sources.length ? fresh : undefined).map(({ check, problem, isJudged }) => ({
    check,
    message: problem?.message ?? null,
    place: placeOf(problem?.cause),
    isJudged,
  }));
}

function onlyFinding(error: unknown): Finding[] {
  const message = error instanceof Error ? error.message : String(error);
  return only(error instanceof DefinitionError ? 'spec' : 'exceptions', message, placeOf(error));
}

parentPort?.postMessage(await findings().catch(onlyFinding));
