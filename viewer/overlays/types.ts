import type { Object3D } from 'three';
import type { RecordingHeader } from '../../envs/recording/types.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/types.ts';

/** A range of colours that an overlay uses, with what its ends mean. */
export interface Legend {
  readonly title: string;
  readonly low: string;
  readonly high: string;
  /** CSS colours from low to high. */
  readonly colors: readonly string[];
}

/** Something drawn into the scene beside the arm. It shows any moment from the recording alone, never from the last one. */
export interface Overlay {
  readonly object: Object3D;
  show(moment: Moment): void;
  paint(palette: Palette): void;
  legend?(): Legend | undefined;
  /** What the eye would get wrong about it, if anything. */
  readonly note?: string;
  dispose(): void;
}

/** A layer of the scene that can be switched on and off. */
export interface OverlayEntry {
  /** Word in the link. */
  readonly name: string;
  /** What its switch is called. */
  readonly title: string;
  /** What it draws, in a few words. */
  readonly description: string;
  create(header: RecordingHeader): Overlay;
}
