/** Something that an algorithm threw in an update; the learner is as it was before. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError';

  constructor(algorithm: string, cause: unknown) {
    super(`${cause instanceof Error ? cause.message : String(cause)} (algorithm ${algorithm})`, { cause });
  }
}
