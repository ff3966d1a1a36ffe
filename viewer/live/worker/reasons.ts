/** What to say of something that was thrown. */

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why files were not written. */
export function whyNotKept(error: unknown): string {
  const isFull = error instanceof Error && error.name === 'QuotaExceededError';
  return isFull ? 'there is no space left for this page' : messageOf(error);
}
