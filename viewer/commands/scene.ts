import { advantages } from '../derive/episode.ts';
import type { OverlayEntry } from '../overlays/overlay.ts';
import { seek } from '../state/player.ts';
import { trailColorings } from '../state/state.ts';
import { maxInstances } from '../state/swarm.ts';
import { type App, type Command, inGroup, isDrawn, isSingleEpisode } from './command.ts';

function toggleOverlay({ session }: App, name: string): void {
  const { hidden } = session.state;
  session.set({ hidden: hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name] });
}

/** Colours the trail by the next quantity; by advantage only where the recording holds what that is derived from. */
function colorTrail({ session }: App): void {
  const moment = session.moment();
  const hasAdvantages = moment && Number.isFinite(advantages(moment.episode, moment.recording.header)[0]);
  const usable = trailColorings.filter((coloring) => hasAdvantages || coloring !== 'advantage');
  session.set({ trail: usable[(usable.indexOf(session.state.trail) + 1) % usable.length] });
}

function toggleAllEpisodes({ session }: App): void {
  if (!session.state.swarm) session.change((player) => seek(player, 0));
  session.set({ swarm: !session.state.swarm });
}

/** Whether the trail is among the overlays, so that there is something to colour. */
export function hasTrail(overlays: readonly OverlayEntry[]): boolean {
  return overlays.some(({ name }) => name === 'trail');
}

const trailColor: Omit<Command, 'group'> = {
  id: 'trail-color',
  title: 'Colour the trail by reward, advantage or not',
  keys: ['t'],
  when: isSingleEpisode,
  pressed: ({ session }) => session.state.trail !== 'plain',
  run: colorTrail,
};

const allEpisodes: Omit<Command, 'group'> = {
  id: 'swarm',
  title: 'All episodes at once, each on an arm of its own',
  words: 'grid swarm many',
  keys: ['b'],
  icon: 'swarm',
  // Where nothing is drawn, a link may have switched it on.
  when: (app) => app.session.state.swarm || (isDrawn(app) && (app.session.player?.lengths.length ?? 0) > 1),
  pressed: ({ session }) => session.state.swarm,
  run: toggleAllEpisodes,
};

const everyEpisode: Omit<Command, 'group'> = {
  id: 'every-episode',
  title: `All episodes at once: more than ${maxInstances}`,
  when: ({ session }) => session.state.swarm && (session.player?.lengths.length ?? 0) > maxInstances,
  pressed: ({ session }) => session.state.everyEpisode,
  run: ({ session }) => session.set({ everyEpisode: !session.state.everyEpisode }),
};

export function sceneCommandsFor(overlays: readonly OverlayEntry[]): readonly Command[] {
  const layers = overlays.map(({ name, title, isOf }, i) => ({
    id: `layer-${name}`,
    title: `Show or hide: ${title.toLowerCase()}`,
    keys: [String(i + 5)].filter((key) => key.length === 1),
    when: (app: App) => {
      const header = app.session.moment()?.recording.header;
      return isSingleEpisode(app) && (!isOf || (header !== undefined && isOf(header)));
    },
    pressed: ({ session }: App) => !session.state.hidden.includes(name),
    run: (app: App) => toggleOverlay(app, name),
  }));
  return inGroup('Scene', [...layers, ...(hasTrail(overlays) ? [trailColor] : []), allEpisodes, everyEpisode]);
}
