/** In place of tfjs-packages.ts in a page, which has no packages to find: training there has the kernels of its own. */
export function loadNative(): never {
  throw new Error('a page trains on its own kernels alone');
}

export const loadPlain = loadNative;
