import { cameraCommands } from './camera.ts';
import type { Command } from './command.ts';
import { episodeCommands } from './episodes.ts';
import { exportCommands } from './export.ts';
import { pageCommands } from './page.ts';
import { playbackCommands } from './playback.ts';
import { sceneCommands } from './scene.ts';
import { verifyCommands } from './verify.ts';

export const commands: readonly Command[] = [
  ...playbackCommands,
  ...episodeCommands,
  ...cameraCommands,
  ...sceneCommands,
  ...verifyCommands,
  ...exportCommands,
  ...pageCommands,
];
