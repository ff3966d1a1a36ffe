import { countSuccesses } from '../../envs/trajectory.ts';
/** All episodes at once: what of them is shown, and choosing one with a press. */
import type { App } from '../commands/command.ts';
import { changeDetector } from '../derive/memo.ts';
import { button, byId, html, setText } from '../dom/elements.ts';
import { integer } from '../dom/format.ts';
import { seek } from '../state/player.ts';
import type { Moment } from '../state/state.ts';
import { episodesShown, maxInstances } from '../state/swarm.ts';

/** Pixels that a pointer may move during a press: beyond, the camera was turned. */
const stillPress = 5;

export function swarm(app: App): void {
  const { root, session } = app;
  const box = byId(root, 'swarm', HTMLElement);
  const shown = html('span');
  const missed = html('span', 'missed');
  const how = html('p', 'quiet', 'Press an arm to choose its episode, twice to see it alone.');
  const all = button('button', () => session.set({ everyEpisode: !session.state.everyEpisode }));
  const line = html('p', '', shown, missed);
  line.setAttribute('role', 'status');
  box.append(line, all, how);
  const isNew = changeDetector();
  session.watch((moment) => {
    const { state, player, recording } = moment;
    box.hidden = !state.swarm;
    if (!state.swarm) return;
    const { from, to } = episodesShown(state, player);
    if (!isNew(recording, from, to)) return;
    setText(shown, rangeText(moment));
    const count = to - from - countSuccesses(recording.episodes.slice(from, to));
    missed.hidden = !recording.header.spec.hasSuccess;
    setText(missed, count === 0 ? 'none missed' : `${integer(count)} missed`);
    missed.dataset.none = String(count === 0);
    all.hidden = player.lengths.length <= maxInstances;
    setText(all, state.everyEpisode ? `Show ${maxInstances}` : `Show all ${integer(player.lengths.length)}`);
  });
  choose(app);
}

/** "Episodes 401–800 of 2,000" */
function rangeText({ state, player }: Moment): string {
  const { from, to } = episodesShown(state, player);
  const { length } = player.lengths;
  if (to - from === length) return `All ${integer(length)} episodes`;
  return `Episodes ${integer(from + 1)}–${integer(to)} of ${integer(length)}`;
}

/** A press on an arm goes to its episode, at the time in view; a double press shows it alone. */
function choose({ session, stage }: App): void {
  const { canvas } = stage;
  let pressed: PointerEvent | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    pressed = event.button === 0 && event.isPrimary ? event : undefined;
  });
  canvas.addEventListener('pointerup', ({ clientX, clientY }) => {
    const isStill = pressed && Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) < stillPress;
    pressed = undefined;
    if (!isStill || !session.state.swarm) return;
    const episode = stage.pickEpisode(clientX, clientY);
    if (episode === undefined) return;
    // The clock, which is that of all, keeps its place.
    session.change((player) => ({ ...seek(player, 0, episode), span: player.span, position: player.position }));
  });
}
