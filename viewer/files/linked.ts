import type { Recording } from '../../envs/recording/header.ts';

/** What came from where the page comes from: a link to it opens, and its name there is its own. */
const linked = new WeakSet<Recording>();

export function link(recording: Recording): void {
  linked.add(recording);
}

export function isLinked(recording: Recording): boolean {
  return linked.has(recording);
}
