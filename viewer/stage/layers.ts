import { Group } from 'three';
import type { Recording } from '../../envs/recording/header.ts';
import type { Key, Legend, Overlay, OverlayEntry } from '../overlays/overlay.ts';
import { disposeTree } from '../scene/materials.ts';
import type { Palette } from '../scene/palette.ts';
import { secondOf } from '../state/compare.ts';
import type { Moment } from '../state/state.ts';

/** What explains the overlays. */
export interface Annotations {
  readonly legends: readonly Legend[];
  readonly keys: readonly Key[];
  readonly notes: readonly string[];
}

interface Layer {
  readonly name: string;
  readonly overlay: Overlay;
}

/** The overlays about the episode that plays, and about that of a second policy. */
export class Layers {
  readonly object = new Group();
  readonly #entries: readonly OverlayEntry[];
  #own: readonly Layer[] = [];
  #second: readonly Layer[] = [];
  #secondRecording?: Recording;
  #shown: ReadonlySet<string> = new Set();
  /** So many of the first policy's are drawn by now. */
  #drawn = Infinity;
  /** Whether the second policy has a pane of its own. */
  #isSecondApart = false;
  #palette?: Palette;

  constructor(entries: readonly OverlayEntry[]) {
    this.#entries = entries;
  }

  /**
   * Makes those of another recording.
   * @param isGradual whether each comes with a frame of its own: a processor compiles for a while what it has not drawn before
   */
  open(recording: Recording, isGradual: boolean): void {
    this.#own = this.#replaced(this.#own, recording);
    this.#drawn = isGradual ? 0 : Infinity;
  }

  /** Whether none is left for frames to come. */
  get isComplete(): boolean {
    return this.#drawn >= this.#own.length;
  }

  /** Has the next be drawn, too, or all. */
  more(count = 1): void {
    this.#drawn += count;
  }

  show(moment: Moment): void {
    const { state } = moment;
    const isShown = (name: string) => !state.swarm && !state.hidden.includes(name);
    this.#shown = new Set(this.#entries.map(({ name }) => name).filter(isShown));
    this.#showAll(this.#own, moment);
    const second = secondOf(moment);
    const isApart = state.arrange === 'split';
    const isNew = this.#secondRecording !== second?.recording;
    this.#secondRecording = second?.recording;
    if (isNew) this.#second = this.#replaced(this.#second, second?.recording);
    if (!second) return;
    const isMoved = isApart !== this.#isSecondApart;
    this.#isSecondApart = isApart;
    if ((isNew || isMoved) && this.#palette) this.paint(this.#palette);
    this.#showAll(this.#second, { ...moment, ...second, ghosts: [] });
  }

  #showAll(layers: readonly Layer[], moment: Moment): void {
    for (const { name, overlay } of layers) {
      if (this.#shown.has(name)) overlay.show(moment);
    }
  }

  #replaced(layers: readonly Layer[], recording: Recording | undefined): Layer[] {
    for (const { overlay } of layers) disposeTree(overlay.object);
    if (!recording) return [];
    const { header } = recording;
    const entries = this.#entries.filter(({ isOf }) => !isOf || isOf(header));
    const made = entries.map(({ name, create }) => ({ name, overlay: create(header) }));
    for (const { overlay } of made) this.object.add(overlay.object);
    return made;
  }

  /** Beside the first policy's, those of the second are in its ghost's colour. */
  paint(palette: Palette): void {
    this.#palette = palette;
    const [ghost] = palette.ghosts;
    const beside = this.#isSecondApart ? palette : { ...palette, accent: ghost, policy: ghost };
    for (const { overlay } of this.#own) overlay.paint(palette);
    for (const { overlay } of this.#second) overlay.paint(beside);
  }

  /** Legends, keys and notes of the overlays that are not hidden. */
  annotations(hidden: readonly string[]): Annotations {
    const shown = this.#own.filter(({ name }) => !hidden.includes(name)).map(({ overlay }) => overlay);
    return {
      legends: shown.map((overlay) => overlay.legend?.()).filter((legend) => legend !== undefined),
      keys: shown.flatMap(({ keys = [] }) => keys),
      notes: shown.map(({ note }) => note).filter((note) => note !== undefined),
    };
  }

  /** Leaves those of one pane in the scene; undefined where there is but one. */
  showPane(pane: number | undefined): void {
    for (const [i, { name, overlay }] of this.#own.entries()) {
      overlay.object.visible = i < this.#drawn && this.#shown.has(name) && (!pane || name === 'frame');
    }
    for (const { name, overlay } of this.#second) {
      overlay.object.visible = this.#shown.has(name) && isSecondShown(name, pane, this.#isSecondApart);
    }
  }
}

/** Whether a layer of the second policy's episode belongs into a pane: in one of its own all but the frame, which the panes share. */
function isSecondShown(name: string, pane: number | undefined, isApart: boolean): boolean {
  return isApart ? pane === 1 && name !== 'frame' : pane === undefined && name === 'policy';
}
