/** A thread with Rapier in it; nothing of it is loaded before. */
export function startSimulator(): Worker {
  return new Worker(new URL('./simulate.ts', import.meta.url), { type: 'module' });
}
