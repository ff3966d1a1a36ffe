/**
 * The library, in Node:
 *
 *     import { makeEnv, ppo, train } from '@armature-rl/armature';
 */

import { fileURLToPath } from 'node:url';
import { loadPhysics } from '../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../envs/tasks/index.ts';
import { trainOnPlatform } from './library/train.ts';
import { openModules } from './modules/open.ts';
import { loadRobot } from './robots/load.ts';
import { isRobotFile } from './robots/robot-path.ts';
import { compilingInPlace } from './rollout/workers/compile-in-place.ts';
import { createWorkerPool } from './rollout/workers/pool.ts';
import { trainingOptionsOf } from './train/config.ts';
import { policyPartsOf } from './train/learner.ts';

export * from './library/exports.ts';
export { type LoadRobotOptions, loadRobot, type RobotReading } from './robots/load.ts';

/** Trains a policy; iterate over it, one iteration of training at a time. */
export const train = trainOnPlatform({
  loadPhysics: () => compilingInPlace(loadPhysics),
  async openModule({ module, arm, meshes, options, dynamics }) {
    const armFile = arm instanceof URL ? fileURLToPath(arm) : undefined;
    const ofArm = armFile && !isRobotFile(armFile) ? ([['arm', armFile]] as const) : [];
    const registry = await openModules([['task', fileURLToPath(module)], ...ofArm]);
    const { tasks, arms } = registry.modules;
    const robot = armFile && isRobotFile(armFile) ? await loadRobot(armFile) : undefined;
    const named = arm instanceof URL ? (robot?.arm ?? Object.keys(arms)[0]) : arm;
    const [name] = Object.keys(tasks);
    const given = { arm: named, options: { ...trainingOptionsOf(name, registry), ...options }, dynamics };
    const config = configureEnv(name, given, registry);
    return { env: envOf(config, { ...registry, meshes: robot?.meshes ?? meshes }), sources: registry.sources };
  },
  openWorkers: async (training, threads) =>
    createWorkerPool(policyPartsOf(training), threads, { sources: training.sources }),
});
