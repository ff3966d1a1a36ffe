import { camera } from './camera.ts';
import { compare } from './compare.ts';
import { episodes } from './episodes.ts';
import { exportActions } from './export.ts';
import { page } from './page.ts';
import { playback } from './playback.ts';
import { scene } from './scene.ts';
import { swarm } from './swarm.ts';
import type { Action } from './types.ts';
import { verifyActions } from './verify.ts';

/** Everything the user can do; keyboard, help sheet, palette and bar all read this list. */
export const actions: readonly Action[] = [
  ...playback,
  ...episodes,
  ...compare,
  ...camera,
  ...scene,
  ...swarm,
  ...verifyActions,
  ...exportActions,
  ...page,
];
