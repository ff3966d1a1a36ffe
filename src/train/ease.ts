import type { Ease, Env } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import type { TrainOptions } from './options.ts';

/** How much easier than the task's own the starts of training episodes are. */

type EaseOptions = Pick<TrainOptions, 'goalCurriculum' | 'assistedStarts'>;

/**
 * The ease of the next episodes.
 * @param progress fraction of the training budget that is spent, from 0 to 1
 * @returns undefined where starts are the task's own
 */
export function easeAt({ goalCurriculum, assistedStarts }: EaseOptions, progress: number): Ease | undefined {
  const distance = goalCurriculum > 0 ? Math.min(1, progress / goalCurriculum) : 1;
  return distance < 1 || assistedStarts > 0 ? { distance, assisted: assistedStarts } : undefined;
}

/** @throws UsageError where starts are to be easier than those of an environment that knows no easier ones */
export function checkEase({ canEase, config }: Env, { goalCurriculum, assistedStarts }: EaseOptions): void {
  if (canEase || (goalCurriculum === 0 && assistedStarts === 0)) return;
  const option = goalCurriculum > 0 ? 'goalCurriculum' : 'assistedStarts';
  throw new UsageError(`${option} is for tasks that know easier starts, such as panda-push; ${config.env} has none`);
}
