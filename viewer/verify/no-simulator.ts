/** In place of simulator.ts in a page that `armature share` made. */
export function startSimulator(): Worker {
  throw new Error('a shared page cannot simulate: open the recording with `armature view`, or use `armature verify`');
}
