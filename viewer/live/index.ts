/**
 * The live room: a policy acts in the page, in a worker that simulates, while hands move its goal and pull its arm. It is a module
 * of its own, loaded when somebody goes live, and it draws with the scene, the layers and the panels of the replay.
 */
import type { App } from '../commands/command.ts';
import { button, byId, setText } from '../dom/elements.ts';
import { reveal } from '../ui/page.ts';
import { liveBar } from './bar.ts';
import { handView } from './hand-view.ts';
import { showKept } from './keep.ts';
import { liveKeys } from './keys.ts';
import styles from './live.css?inline';
import { hint, livePanel } from './panel.ts';
import { playPanel } from './play-panel.ts';
import { handleScene } from './pointer.ts';
import { Room } from './room.ts';
import { share } from './share.ts';
import { isZip, type PolicySource, policyOnOffer } from './source.ts';
import { currentTraining, type TrainPanel, trainPanel } from './train-panel.ts';

export { fetchAhead } from './source.ts';

let current: Room | undefined;
let training: TrainPanel | undefined;
/** What acted last: a kept recording has no run that its policy could be found in. */
let remembered: PolicySource | undefined;
/** Whether it was a policy in training. */
let wasTraining = false;

/** Goes live with the policy of a file, of the run in view, or the one before; where there is none, one can be trained. */
export async function enter(app: App, file?: File): Promise<void> {
  const isOn = current !== undefined && !current.closing.signal.aborted;
  if (isOn && !file) return;
  app.messages.clear();
  const room = isOn && current ? current : open(app);
  current = room;
  if (file && (await isZip(file))) {
    room.set({ mode: 'train' });
    training?.begin({ kind: 'file', bytes: new Uint8Array(await file.arrayBuffer()), name: file.name });
    return;
  }
  const trainingBefore = currentTraining();
  // The worker loads meanwhile.
  const source = await sourceFor(app, file).catch((reason: unknown) => {
    room.leave();
    throw reason;
  });
  if (room.closing.signal.aborted) return;
  // Whoever opened another policy meanwhile, or began to train one, has that.
  const { opened, isLoading } = room.state;
  if (!file && (opened || isLoading || currentTraining() !== trainingBefore)) return;
  if (!source) {
    room.set({ mode: 'train' });
    return;
  }
  remembered = source;
  // Whoever chose to train meanwhile stays there.
  if (file) room.set({ mode: 'play' });
  room.send({ type: 'open', ...source });
}

async function sourceFor(app: App, file: File | undefined): Promise<PolicySource | undefined> {
  if (file) return { bytes: new Uint8Array(await file.arrayBuffer()), name: file.name };
  if (wasTraining && currentTraining()) return undefined;
  return (await policyOnOffer(app)) ?? remembered;
}

/** What acts, with its file. */
async function actingIn({ state }: Room): Promise<PolicySource | undefined> {
  return state.opened?.isInTraining ? currentTraining()?.save('policy') : remembered;
}

function open(app: App): Room {
  const room = new Room(app);
  const { root } = app;
  root.dataset.live = '';
  app.session.change((player) => ({ ...player, playing: false }));
  const stage = byId(root, 'canvas-host', HTMLElement).parentElement as HTMLElement;
  training = trainPanel(room, () => remembered);
  const contents = { play: playPanel(room), train: training.element };
  const onShare = () => void share(room, () => actingIn(room));
  const parts = [livePanel(room, contents, onShare), liveBar(room), hint(room)];
  const [panel, bar, words] = parts;
  stage.before(panel);
  stage.after(bar);
  stage.append(words);
  const undress = dress(root);
  const tab = [...byId(root, 'tabs', HTMLElement).children].at(-1);
  if (tab) setText(tab, 'Live');
  const panelBefore = root.dataset.panel;
  root.dataset.panel = 'episodes';
  reveal(app);
  handView(room);
  handleScene(room);
  liveKeys(room);
  hear(room);
  room.closing.signal.addEventListener('abort', () => {
    wasTraining = room.state.mode === 'train';
    for (const part of parts) part.remove();
    undress();
    if (tab) setText(tab, 'Episodes');
    root.dataset.panel = panelBefore;
  });
  return room;
}

/** What the panel that trains says itself. */
const ofTrainPanel: readonly string[] = ['catalogue', 'kept-runs', 'remove-run'];

/** What the worker says beside states. */
function hear(room: Room): void {
  const { app } = room;
  let isGone = false;
  room.answers.push((answer) => {
    if (answer.type === 'kept') {
      showKept(room, answer).catch((reason) => app.messages.fail(answer.name, reason));
    } else if (answer.type === 'gone') {
      isGone = true;
      const again = button('button primary', () => room.reset(), 'Start it again');
      const why = 'The worker that it ran in has died, as it may where memory runs out.';
      app.messages.tell('The simulation stopped', why, again);
    } else if (answer.type === 'opened' && isGone) {
      isGone = false;
      app.messages.clear();
    } else if (answer.type === 'failed' && answer.of === 'open') {
      app.messages.fail(remembered?.name ?? 'The policy', new Error(answer.message), undefined, 'cannot act here');
      remembered = undefined;
      if (!room.state.opened && room.hasBefore) room.leave();
      else if (!room.state.opened) room.set({ mode: 'train' });
    } else if (answer.type === 'failed' && !ofTrainPanel.includes(answer.of)) {
      app.messages.fail('The simulation', new Error(answer.message), undefined, 'stopped');
    }
  });
}

/** The room's own styles, beside those of the viewer. */
function dress(root: HTMLElement): () => void {
  const tree = root.getRootNode() as ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet];
  return () => {
    tree.adoptedStyleSheets = tree.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}
