/** Starts the worker that simulates episodes again. */
export async function startSimulator(): Promise<Worker> {
  return new Worker(new URL('./simulate.ts', import.meta.url), { type: 'module' });
}
