import type { App, Command } from './commands/command.ts';
import { byId } from './dom/elements.ts';
import { prepareWorker } from './files/spare-worker.ts';

/** The room where a policy acts and learns is loaded when it is asked for. */
const load = () => import('./live/index.ts');

/**
 * Has the room's worker load what it needs, and the policy be fetched, while the page is still made; for a page that goes live at
 * once. Resolves when the room's own code is there, or cannot be had.
 */
export async function prepareLive(): Promise<void> {
  prepareWorker();
  await load().then(
    ({ fetchAhead }) => fetchAhead(),
    // Going live says why.
    () => {},
  );
}

/** Enters the room. */
export async function goLive(app: App, file?: File): Promise<void> {
  try {
    await (await load()).enter(app, file);
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
