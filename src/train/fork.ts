import { UsageError } from '../../envs/options.ts';
import { arraysOf, createLearner, type Learner } from './learner.ts';
import type { Training } from './training.ts';

/**
 * A learner of another training that begins with everything that a learner has learned.
 * @throws UsageError that names what does not fit there
 */
export function forkLearner(from: Learner, training: Training): Learner {
  const to = createLearner(training);
  const [old, arrays] = [arraysOf(from), arraysOf(to)];
  for (const name of new Set([...Object.keys(old), ...Object.keys(arrays)])) {
    const [before, after] = [old[name], arrays[name]].map((array) => array?.length ?? 'no');
    if (before !== after) {
      throw new UsageError(
        `cannot go on with that configuration: it has ${after} numbers of ${name}, the run ${before}`,
      );
    }
    arrays[name].set(old[name]);
  }
  to.normalizer.count = from.normalizer.count;
  // What was best, and whether that was good enough, is of a configuration.
  Object.assign(to.progress, from.progress, { best: null, solvedInARow: 0, solvedAt: null });
  to.history.push(...from.history.slice(-training.options.reuse || from.history.length));
  return to;
}
