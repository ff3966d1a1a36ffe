/** A task, an arm or an algorithm of a user's that is not what it has to be. The message is one line for the user. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}
