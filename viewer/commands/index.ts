import type { OverlayEntry } from '../overlays/overlay.ts';
import { cameraCommands } from './camera.ts';
import type { Command } from './command.ts';
import { episodeCommands } from './episodes.ts';
import { exportCommands } from './export.ts';
import { filmCommands } from './film.ts';
import { pageCommands } from './page.ts';
import { playbackCommands } from './playback.ts';
import { sceneCommandsFor } from './scene.ts';
import { verifyCommands } from './verify.ts';

/** @param more those of the page around the viewer */
export function commandsFor(overlays: readonly OverlayEntry[], more: readonly Command[]): readonly Command[] {
  return [
    ...playbackCommands,
    ...filmCommands,
    ...episodeCommands,
    ...cameraCommands,
    ...sceneCommandsFor(overlays),
    ...verifyCommands,
    ...exportCommands,
    ...more,
    ...pageCommands,
  ];
}
