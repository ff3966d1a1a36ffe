/** The library in a page: no threads, no files. */

import { UsageError } from '../envs/options.ts';
import { loadPhysics } from '../envs/sim/rapier.ts';
import { trainOnPlatform } from './library/train.ts';
import { rollOut } from './rollout/rollout.ts';

export * from './library/exports.ts';

/** Trains a policy; iterate over it, one iteration of training at a time. */
export const train = trainOnPlatform({
  loadPhysics,
  async openModule() {
    throw new UsageError('a module is opened by Node alone: import it, and hand over makeEnv(definition) as env');
  },
  async openWorkers(_, threads) {
    if (threads > 1) throw new UsageError('workers are threads of Node: in a page training runs on the calling thread');
    return { rollOut, close() {} };
  },
});
