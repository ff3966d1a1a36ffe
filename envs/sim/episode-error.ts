/** Something that a task threw in the middle of an episode. */
export class EpisodeError extends Error {
  override readonly name = 'EpisodeError';

  /** @param step control step after which the task was asked; 0 at the start */
  constructor(task: string, { seed, step, cause }: { seed: number; step: number; cause: unknown }) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`${what} (task ${task}, step ${step} of the episode of seed ${seed})`, { cause });
  }
}
