/** In place of verify.ts in a page that is one file: a file on disk can start no worker. */
export function openVerifier(): never {
  throw new Error('a shared page cannot simulate: open the recording with `armature view`, or use `armature verify`');
}
