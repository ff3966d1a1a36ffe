/** The panel of the live room: to play with a policy, or to train one. */

import { actorName } from '../derive/policy.ts';
import { button, hasCoarsePointer, html, segmentedControl, setText } from '../dom/elements.ts';
import type { LiveState, Room } from './room.ts';

const modes = { play: 'Play', train: 'Train' } as const;

export function livePanel(
  room: Room,
  contents: Readonly<Record<keyof typeof modes, HTMLElement>>,
  onShare: () => void,
): HTMLElement {
  const title = html('h2', '', 'Live');
  const shares = button('button small', onShare, 'Share');
  shares.title = 'Send this arm to somebody: it acts in any browser';
  const about = html('p', 'quiet');
  const back = button('button small back', () => room.leave(), 'Back to the recording');
  back.hidden = !room.hasBefore;
  const { element: switches, choose } = segmentedControl<keyof typeof modes>('What to do', modes, (mode) =>
    room.set({ mode }),
  );
  const header = html('header', 'about', html('div', 'titled', title, shares), about, switches);
  const panel = html('aside', 'panel list live-panel', header, contents.play, contents.train, html('footer', '', back));
  panel.setAttribute('aria-label', 'Live');
  room.watch((state) => {
    choose(state.mode);
    setText(title, titleOf(state));
    setText(about, aboutOf(state));
    shares.hidden = !state.opened;
    contents.play.hidden = state.mode !== 'play' || !state.opened;
    contents.train.hidden = state.mode !== 'train';
  });
  return panel;
}

function titleOf({ opened }: LiveState): string {
  return opened ? opened.header.env.env : 'Live';
}

function aboutOf({ opened, isLoading, trainedSteps }: LiveState): string {
  if (!opened) return isLoading ? 'Loading …' : 'Nothing acts yet: train a policy, or open one.';
  const { policy, scene, spec } = opened.header;
  const [actor, rate] = [actorName({ ...policy, trainedSteps }), Number((1 / spec.dt).toFixed(2))];
  return `A robot arm, ${scene.arm.model.name}, simulated in this page and moved by a neural network: ${actor}, ${rate} Hz`;
}

/** So long it stands in the way of the scene, s. */
const readIn = 8;

/** Says once what can be done with the scene. */
export function hint(room: Room): HTMLElement {
  const element = html('p', 'live-hint', '');
  const isCoarse = hasCoarsePointer();
  // It stands below the switches, of which some tasks have two rows.
  const switches = room.app.root.querySelector<HTMLElement>('.switches');
  const below = new ResizeObserver(() => element.style.setProperty('--switches', `${switches?.offsetHeight ?? 0}px`));
  if (switches) below.observe(switches);
  room.closing.signal.addEventListener('abort', () => below.disconnect());
  room.watch(({ opened, isHeld, isGone, mode, paused, t }) => {
    const invited = room.app.stage.canDraw ? invitation(opened) : '';
    setText(element, paused && t === 0 ? 'Press Space, or the round button, and it moves.' : invited);
    element.classList.toggle('coarse', isCoarse);
    const seconds = t * (opened?.header.spec.dt ?? 0);
    if (isHeld || seconds > readIn) element.dataset.done = '';
    element.hidden = !opened || isGone || !element.textContent || mode !== 'play' || element.dataset.done !== undefined;
  });
  room.app.root.addEventListener(
    'pointerup',
    () => {
      if (room.app.root.dataset.hand === undefined) return;
      element.dataset.done = '';
      element.hidden = true;
    },
    { capture: true, signal: room.closing.signal },
  );
  return element;
}

function invitation(opened: LiveState['opened']): string {
  if (!opened?.goals) return 'Pull the arm by any link, or tap one to poke it.';
  if (opened.header.spec.markers[0].body === undefined)
    return 'Drag the ball: the arm follows. Pull a link, or tap it.';
  return 'Drag the ball: the arm brings the object there. Pull or tap either.';
}
