import type { RecordingHeader } from '../../envs/recording/header.ts';
import { presets } from '../commands/camera.ts';
import type { App } from '../commands/command.ts';
import { hasTrail } from '../commands/scene.ts';
import { byId, html, icon, setLabel, setText } from '../dom/elements.ts';
import type { Legend } from '../overlays/overlay.ts';
import { commandButton, commandOf, reflectCommand, shortcutOf } from './command-button.ts';

/** A button for each command that has an icon; on a phone all but the theme's and the help are left to the palette. */
export function commandBar(app: App): void {
  const bar = byId(app.root, 'bar-actions', HTMLElement);
  for (const command of app.commands) {
    if (!command.icon) continue;
    const element = commandButton(app, command, 'icon-button', icon(command.icon));
    setLabel(element, command.title, shortcutOf(command));
    if (command.id !== 'theme' && command.id !== 'help') element.classList.add('extra');
    reflectCommand(app, command, element);
    bar.append(element);
  }
}

/** The tools over the scene: layers, views, and a legend for the colours of the trail. */
export function sceneTools(app: App): void {
  layers(app);
  views(app);
  legend(app);
}

function layers(app: App): void {
  const switches = app.overlays.map((entry) => {
    const { name, title, description } = entry;
    const button = textButton(app, `layer-${name}`, title, `${title}: ${description}`);
    // Of what a recording has nothing of there is no switch.
    const reflect = (header?: RecordingHeader) => {
      button.hidden = entry.isOf !== undefined && !(header && entry.isOf(header));
    };
    reflect();
    app.session.watch(({ recording }) => reflect(recording.header));
    return button;
  });
  const segments = html('div', 'segments', ...switches);
  byId(app.root, 'layers', HTMLElement).append(segments);
  if (!hasTrail(app.overlays)) return;
  const trail = textButton(app, 'trail-color', 'By reward', 'Colour of the trail: plain, by reward, by advantage');
  trail.classList.add('extra');
  segments.append(trail);
  app.session.watch(({ state }) => setText(trail, state.trail === 'advantage' ? 'By advantage' : 'By reward'));
}

function views(app: App): void {
  const buttons = presets.map(({ name, label, title }) => textButton(app, `view-${name}`, label, title));
  for (const element of buttons.slice(1)) element.classList.add('extra');
  const follow = textButton(app, 'follow', 'Follow', 'Follow the end effector');
  byId(app.root, 'views', HTMLElement).append(html('div', 'segments', ...buttons, follow));
}

function textButton(app: App, id: string, text: string, title: string): HTMLButtonElement {
  const command = commandOf(app, id);
  const element = commandButton(app, command, '', text);
  element.title = `${title} (${shortcutOf(command)})`;
  reflectCommand(app, command, element);
  return element;
}

function legend(app: App): void {
  const { root, session, stage } = app;
  const box = byId(root, 'legend', HTMLElement);
  let shown = '';
  session.watch(({ state }) => {
    const { legends, keys, notes } = stage.layers.annotations(
      state.swarm ? app.overlays.map(({ name }) => name) : state.hidden,
    );
    const key = JSON.stringify([legends, keys, notes]);
    if (key === shown) return;
    shown = key;
    box.hidden = legends.length + keys.length + notes.length === 0;
    const marks = html('ul', 'keys', ...keys.map(({ mark, text }) => html('li', mark, text)));
    marks.hidden = keys.length === 0;
    box.replaceChildren(...legends.flatMap(legendElements), marks, ...notes.map((note) => html('p', '', note)));
  });
}

function legendElements({ title, low, high, colors }: Legend): HTMLElement[] {
  const scale = html('i');
  scale.style.background = `linear-gradient(to right, ${colors.join(', ')})`;
  return [html('b', '', title), html('span', '', low), scale, html('span', '', high)];
}
