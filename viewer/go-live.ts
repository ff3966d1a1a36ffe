import type { App, Command } from './commands/command.ts';
import { byId } from './dom/elements.ts';
import { prepare } from './live/connection.ts';

/** Has the worker of the room load what it needs while the page is still made; for a page that goes live at once. */
export function prepareLive(): void {
  prepare(0);
}

/** Enters the room where a policy acts and learns; it is loaded when it is asked for. */
export async function goLive(app: App, file?: File): Promise<void> {
  try {
    await (await import('./live/index.ts')).enter(app, file);
  } catch (reason) {
    app.messages.fail('Live', reason);
  }
}

export const liveCommands: readonly Command[] = [
  {
    id: 'go-live',
    title: 'Live: play with a policy, or train one',
    group: 'Playback',
    words: 'training learn reinforcement act',
    keys: ['Shift+L'],
    run: (app) => goLive(app),
  },
];

export function liveButton(app: App): void {
  const button = byId(app.root, 'live', HTMLButtonElement);
  button.hidden = false;
  button.onclick = () => void goLive(app);
}
