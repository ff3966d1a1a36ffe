/** The viewer as a library, for pages of others. */
import type { ViewerApi } from './api.ts';
import { startViewer, type ViewerOptions } from './viewer.ts';
import { viewerApi } from './viewer-api.ts';

/**
 * Fills an element with a viewer of the element's size, in place of what the element holds. Its keys work while the focus
 * is inside; a page can have several.
 * Where the browser has no WebGL 2, all but the scene is there, and a sentence says so.
 */
export function createViewer(element: Element, options: ViewerOptions = {}): ViewerApi {
  const viewer = startViewer(element, options);
  return viewerApi(viewer, viewer.shown);
}

export type { Recording, RecordingHeader } from '../envs/recording/header.ts';
export type { Trajectory } from '../envs/trajectory.ts';
export type { ViewerApi } from './api.ts';
export type { Derived } from './derive/episode.ts';
export { overlays } from './overlays/index.ts';
export type { Legend, Overlay, OverlayEntry } from './overlays/overlay.ts';
export { plots } from './plots/index.ts';
export type { Plot, Series } from './plots/plot.ts';
export type { Palette } from './scene/palette.ts';
export type { EpisodeView, Moment, State, ThemeChoice } from './state/state.ts';
export type { ViewerOptions } from './viewer.ts';
