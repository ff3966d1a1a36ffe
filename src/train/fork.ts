import { UsageError } from '../../envs/options.ts';
import type { NetBackend } from '../policy/network/types.ts';
import type { TrainConfig } from './config.ts';
import { arraysOf, createLearner, type Learner } from './learner.ts';

/**
 * The learner under another configuration: everything it has learned goes over.
 * @throws UsageError that names what does not fit there
 */
export function forkLearner(from: Learner, config: TrainConfig, backend?: NetBackend): Learner {
  const to = createLearner(config, backend);
  const [old, arrays] = [arraysOf(from), arraysOf(to)];
  for (const name of new Set([...Object.keys(old), ...Object.keys(arrays)])) {
    if (old[name]?.length !== arrays[name]?.length) {
      throw new UsageError(`cannot go on with another configuration: ${name} has another size there`);
    }
    arrays[name].set(old[name]);
  }
  to.normalizer.count = from.normalizer.count;
  // What was best, and whether that was good enough, is of a configuration.
  Object.assign(to.progress, from.progress, { best: null, solvedInARow: 0, solvedAt: null });
  to.history.push(...from.history.slice(-(config.options.reuse as number) || from.history.length));
  return to;
}
