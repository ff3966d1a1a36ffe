/** Whether two lists hold the very same things in the same order: then there is nothing to draw anew. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
