import type { Stage } from '../scene/stage.ts';
import type { Session } from '../state/session.ts';
import type { Icon } from '../ui/icons.ts';
import type { Messages } from '../ui/messages.ts';

/** What an action may touch. */
export interface App {
  readonly session: Session;
  readonly stage: Stage;
  readonly messages: Messages;
}

export type Group = 'Playback' | 'Episodes' | 'Compare' | 'Camera' | 'Scene' | 'File' | 'Page';

/** Something the user can do: the keyboard, the help sheet, the palette and the bar all read this one list. */
export interface Action {
  readonly id: string;
  /** What it does, in the words of the help sheet and the palette. */
  readonly title: string;
  readonly group: Group;
  /** As in KeyboardEvent.key, after `Shift+` or `Mod+` (Ctrl, or Command on a Mac). */
  readonly keys?: readonly string[];
  /** Shown as a button in the bar. */
  readonly icon?: Icon;
  /** Whether what it switches is on; only for what stays on or off. */
  readonly pressed?: (app: App) => boolean;
  /** Whether it can be done now; always if not given. */
  readonly when?: (app: App) => boolean;
  readonly run: (app: App) => void | Promise<void>;
}
