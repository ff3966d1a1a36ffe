import type { Icon } from '../dom/elements.ts';
import type { Messages } from '../dom/messages.ts';
import type { Trainings } from '../files/training.ts';
import type { OverlayEntry } from '../overlays/overlay.ts';
import type { Plot } from '../plots/plot.ts';
import type { Next } from '../stage/frame-loop.ts';
import type { Stage } from '../stage/stage.ts';
import type { Session } from '../state/session.ts';
import type { Task } from './task.ts';

/** A viewer: its parts, and what a command may touch. */
export interface App {
  /** All elements of the viewer are below it; attributes of its own say what is in view, for the style sheet. */
  readonly root: HTMLElement;
  readonly session: Session;
  readonly stage: Stage;
  readonly messages: Messages;
  readonly task: Task;
  readonly trainings: Trainings;
  readonly overlays: readonly OverlayEntry[];
  readonly plots: readonly Plot[];
  readonly commands: readonly Command[];
  /** Aborted when the viewer is closed. */
  readonly closed: AbortSignal;
  readonly frames: Frames;
  /** Goes live: with the policy of what is in view, or of a file. Absent where a page cannot. */
  readonly goLive?: (app: App, file?: File) => Promise<void>;
}

/** What takes part in the frames of the page, and a request for one. */
export interface Frames {
  /** Called before each frame with the seconds since the last one. */
  before?: (seconds: number) => Next;
  /** Plays a training as a film: called before each frame with the seconds since the last one; answers whether the film goes on. */
  film?: (seconds: number) => boolean;
  /** Called in each frame just before the scene is drawn, for what has to change together with the scene. */
  along?: () => void;
  /** Has a frame drawn soon. */
  request(): void;
}

export type Group = 'Playback' | 'Episodes' | 'Compare' | 'Camera' | 'Scene' | 'File' | 'Page';

/** Something the user can do: the keyboard, the help sheet, the palette and the bar all read this one list. */
export interface Command {
  readonly id: string;
  /** What it does, in the words of the help sheet and the palette. */
  readonly title: string;
  readonly group: Group;
  /** Other words that it is looked for by. */
  readonly words?: string;
  /** As in KeyboardEvent.key, after `Shift+` or `Mod+` (Ctrl, or Command on a Mac). */
  readonly keys?: readonly string[];
  /** Shown as a button in the bar. */
  readonly icon?: Icon;
  /** Whether what the command switches is on; only for what stays on or off. */
  readonly pressed?: (app: App) => boolean;
  /** Whether the command can run now; always where absent. */
  readonly when?: (app: App) => boolean;
  readonly run: (app: App) => void | Promise<void>;
}

export function inGroup(group: Group, commands: readonly Omit<Command, 'group'>[]): readonly Command[] {
  return commands.map((command) => ({ ...command, group }));
}

export function isOpen({ session }: App): boolean {
  return session.player !== undefined;
}

/** Whether what is in view was recorded: what is live has no end to go to. */
export function isReplay(app: App): boolean {
  return isOpen(app) && !app.session.state.isLive;
}

/** Whether there is a scene to look at or to save. */
export function isDrawn(app: App): boolean {
  return app.stage.canDraw;
}

/** With all episodes in view there are no layers, and there is no one end effector. */
export function isSingleEpisode(app: App): boolean {
  return isDrawn(app) && isOpen(app) && !app.session.state.swarm;
}
