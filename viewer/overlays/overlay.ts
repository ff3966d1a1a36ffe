import type { Object3D } from 'three';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/state.ts';

/** A range of colours that an overlay uses, with the numbers at its ends. */
export interface Legend {
  readonly title: string;
  readonly low: string;
  readonly high: string;
  /** CSS colours from low to high. */
  readonly colors: readonly string[];
}

/** A mark that an overlay draws, and what the mark says. */
export interface Key {
  readonly mark: 'arrow' | 'faint' | 'ball' | 'ring';
  readonly text: string;
}

/** Something drawn into the scene beside the arm. What `show` draws depends on its moment alone, not on earlier moments. */
export interface Overlay {
  /** Its geometries and materials are disposed with it. */
  readonly object: Object3D;
  show(moment: Moment): void;
  paint(palette: Palette): void;
  legend?(): Legend | undefined;
  /** Its marks, where they do not speak for themselves. */
  readonly keys?: readonly Key[];
  /** A caveat for the reader of the picture. */
  readonly note?: string;
}

/** A layer of the scene that can be switched on and off. */
export interface OverlayEntry {
  /** Its word in a link's `hidden`. */
  readonly name: string;
  /** The text of its switch. */
  readonly title: string;
  /** What it draws, in a few words. */
  readonly description: string;
  /** Whether a recording has something of the kind; all have if not given. */
  isOf?(header: RecordingHeader): boolean;
  create(header: RecordingHeader): Overlay;
}
