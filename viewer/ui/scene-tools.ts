import { presets } from '../actions/camera.ts';
import { actions } from '../actions/index.ts';
import { isMac } from '../actions/keys.ts';
import { printed } from '../actions/strokes.ts';
import type { Action, App } from '../actions/types.ts';
import { overlays } from '../overlays/index.ts';
import type { Legend } from '../overlays/types.ts';
import { button, html, need, write } from './dom.ts';
import { reflect } from './reflect.ts';

/** What stands over the scene: layers, views, and what the colours of the trail mean. */
export function sceneTools(app: App): void {
  layers(app);
  views(app);
  legend(app);
}

function pressable(app: App, id: string, text: string, title: string): HTMLButtonElement {
  const action = actions.find((one) => one.id === id) as Action;
  const element = button('', () => void action.run(app), text);
  element.title = `${title} (${printed(action.keys?.[0] ?? '', isMac).join('+')})`;
  app.session.watchState(() => reflect(app, action, element));
  return element;
}

function layers(app: App): void {
  const { session } = app;
  const root = need('layers', HTMLElement);
  const switches = overlays.map(({ name, title, description }) =>
    pressable(app, `layer-${name}`, title, `${title}: ${description}`),
  );
  const trail = pressable(app, 'trail-color', 'By reward', 'Colour of the trail: plain, by reward, by advantage');
  trail.classList.add('extra');
  root.append(html('div', 'segments', ...switches, trail));
  session.watch(({ state }) => write(trail, state.trail === 'advantage' ? 'By advantage' : 'By reward'));
}

function views(app: App): void {
  const buttons = presets.map(({ name, label, title }) => pressable(app, `view-${name}`, label, title));
  for (const element of buttons.slice(1)) element.classList.add('extra');
  const follow = pressable(app, 'follow', 'Follow', 'Follow the end effector');
  need('views', HTMLElement).append(html('div', 'segments', ...buttons, follow));
}

function legend({ session, stage }: App): void {
  const root = need('legend', HTMLElement);
  let shown = '';
  session.watch(({ state }) => {
    const { legends, notes } = state.swarm ? { legends: [], notes: [] } : stage.said(state.hidden);
    const key = JSON.stringify([legends, notes]);
    if (key === shown) return;
    shown = key;
    root.hidden = legends.length + notes.length === 0;
    root.replaceChildren(...legends.flatMap(scaleOf), ...notes.map((note) => html('p', '', note)));
  });
}

function scaleOf({ title, low, high, colors }: Legend): HTMLElement[] {
  const strip = html('i');
  strip.style.background = `linear-gradient(to right, ${colors.join(', ')})`;
  return [html('b', '', title), html('span', '', low), strip, html('span', '', high)];
}
