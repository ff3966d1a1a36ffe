import { overlays } from '../overlays/index.ts';
import type { State, Trail } from '../state/types.ts';
import type { Action, App } from './types.ts';

const trails: readonly Trail[] = ['plain', 'reward', 'advantage'];

/** What colours the trail next; advantages only where the recording holds values to derive them from. */
function nextTrail(state: State): State {
  const recording = state.files.find(({ id }) => id === state.file)?.recording;
  const valued = Number.isFinite(recording?.episodes[state.player?.episode ?? 0]?.value[0]);
  const usable = trails.filter((trail) => valued || trail !== 'advantage');
  return { ...state, trail: usable[(usable.indexOf(state.trail) + 1) % usable.length] };
}

export function toggleLayer(state: State, name: string): State {
  const hidden = state.hidden.includes(name) ? state.hidden.filter((n) => n !== name) : [...state.hidden, name];
  return { ...state, hidden };
}

/** A swarm has no layers, and no end effector of its own. */
export const isAlone = ({ session }: App) => session.player !== undefined && !session.state.swarm;

export const scene: readonly Action[] = [
  ...overlays.map(({ name, title }, i) => ({
    id: `layer-${name}`,
    title: `Show or hide: ${title.toLowerCase()}`,
    group: 'Scene' as const,
    keys: [String(i + 5)].filter((key) => key.length === 1),
    when: isAlone,
    pressed: ({ session }: App) => !session.state.hidden.includes(name),
    run: ({ session }: App) => session.update((state) => toggleLayer(state, name)),
  })),
  {
    id: 'trail-color',
    title: 'Colour the trail by reward, advantage or not',
    group: 'Scene',
    keys: ['t'],
    when: isAlone,
    pressed: ({ session }) => session.state.trail !== 'plain',
    run: ({ session }) => session.update(nextTrail),
  },
];
