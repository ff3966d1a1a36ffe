import { presets } from '../actions/camera.ts';
import { actions } from '../actions/index.ts';
import { isMac } from '../actions/keys.ts';
import { printed } from '../actions/strokes.ts';
import type { Action, App } from '../actions/types.ts';
import { overlays } from '../overlays/index.ts';
import type { Legend } from '../overlays/types.ts';
import { button, html, need, write } from './dom.ts';

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
  return element;
}

function layers(app: App): void {
  const { session } = app;
  const root = need('layers', HTMLElement);
  const switches = overlays.map(({ name, title }) => {
    const element = pressable(app, `layer-${name}`, title, `Show or hide: ${title.toLowerCase()}`);
    return { name, element };
  });
  const trail = pressable(app, 'trail-color', 'By reward', 'Colour of the trail: plain, by reward, by advantage');
  trail.classList.add('extra');
  root.append(html('div', 'segments', ...switches.map(({ element }) => element), trail));
  session.watch(({ state }) => {
    for (const { name, element } of switches)
      element.setAttribute('aria-pressed', String(!state.hidden.includes(name)));
    trail.setAttribute('aria-pressed', String(state.trail !== 'plain'));
    write(trail, state.trail === 'advantage' ? 'By advantage' : 'By reward');
  });
}

function views(app: App): void {
  const buttons = presets.map(({ name, label, title }) => pressable(app, `view-${name}`, label, title));
  for (const element of buttons.slice(1)) element.classList.add('extra');
  const follow = pressable(app, 'follow', 'Follow', 'Follow the end effector');
  need('views', HTMLElement).append(html('div', 'segments', ...buttons, follow));
  app.session.watchState(({ follow: on }) => follow.setAttribute('aria-pressed', String(on)));
}

function legend({ session, stage }: App): void {
  const root = need('legend', HTMLElement);
  let shown = '';
  session.watch(({ state }) => {
    const legends = stage.legends(state.hidden);
    const key = JSON.stringify(legends);
    if (key === shown) return;
    shown = key;
    root.hidden = legends.length === 0;
    root.replaceChildren(...legends.flatMap(scaleOf));
  });
}

function scaleOf({ title, low, high, colors }: Legend): HTMLElement[] {
  const strip = html('i');
  strip.style.background = `linear-gradient(to right, ${colors.join(', ')})`;
  return [html('b', '', title), html('span', '', low), strip, html('span', '', high)];
}
