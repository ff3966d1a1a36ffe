import { episodes } from '../actions/episodes.ts';
import { isMac } from '../actions/keys.ts';
import { playback } from '../actions/playback.ts';
import { printed } from '../actions/strokes.ts';
import type { App } from '../actions/types.ts';
import { type Loop, loops, setSpeed, spanOf, speeds, stepOf } from '../state/player.ts';
import { button, html, name, need, write } from './dom.ts';
import { fixed } from './format.ts';
import { type Icon, icon } from './icons.ts';

const loopNames: Readonly<Record<Loop, string>> = {
  off: 'Off',
  all: 'All episodes',
  episode: 'Episode',
  selection: 'Selection',
};

const row: readonly [id: string, icon: Icon][] = [
  ['previous-episode', 'previous'],
  ['back', 'back'],
  ['play', 'play'],
  ['forward', 'forward'],
  ['next-episode', 'next'],
];

/** The row of buttons under the timeline, the clock, speed and loop. */
export function transport(app: App): void {
  const { session } = app;
  const elements = buttons(app);
  const speed = choices('speed', speeds.map(String), (value) => `${value}×`);
  speed.addEventListener('change', () => session.change((player) => setSpeed(player, Number(speed.value))));
  const loop = choices('loop', loops, (value) => loopNames[value as Loop]);
  loop.addEventListener('change', () => session.change((player) => ({ ...player, loop: loop.value as Loop })));
  const time = need('clock-time', HTMLElement);
  const length = need('clock-length', HTMLElement);
  const steps = need('clock-step', HTMLElement);
  session.watch(({ player, step, episode }) => {
    const { dt, lengths, position } = player;
    const { from, to } = spanOf(player);
    document.body.dataset.playing = String(player.playing);
    name(elements.play, player.playing ? 'Pause' : 'Play', 'Space');
    elements.back.disabled = position <= from;
    elements.forward.disabled = position >= to;
    elements['previous-episode'].disabled = player.episode === 0;
    elements['next-episode'].disabled = player.episode === lengths.length - 1;
    speed.value = String(player.speed);
    for (const option of loop.options) option.disabled = option.value === 'selection' && !player.selection;
    loop.value = player.loop;
    write(time, fixed(stepOf(player) * dt, 2));
    write(length, ` / ${fixed(to * dt, 2)} s`);
    write(steps, `step ${step} of ${episode.steps}`);
  });
}

function buttons(app: App): Readonly<Record<string, HTMLButtonElement>> {
  const entries = row.map(([id, picture]) => {
    const action = [...playback, ...episodes].find((one) => one.id === id);
    if (!action) throw new Error(`no action ${id}`);
    const element = button('icon-button', () => void action.run(app), icon(picture));
    name(element, action.title, printed(action.keys?.[0] ?? '', isMac).join('+'));
    if (id === 'play') {
      element.classList.add('play');
      element.append(icon('pause'));
    }
    return [id, element] as const;
  });
  need('buttons', HTMLElement).append(...entries.map(([, element]) => element));
  return Object.fromEntries(entries);
}

function choices(id: string, values: readonly string[], label: (value: string) => string): HTMLSelectElement {
  const select = need(id, HTMLSelectElement);
  for (const value of values) {
    const option = html('option', '', label(value));
    option.value = value;
    select.append(option);
  }
  return select;
}
