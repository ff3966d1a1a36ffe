import { isMac } from '../actions/keys.ts';
import { printed } from '../actions/strokes.ts';
import type { Action, App } from '../actions/types.ts';
import { button, name, need } from './dom.ts';
import { icon } from './icons.ts';
import { reflect } from './reflect.ts';

/** A button for each action that has an icon; all but the theme's give way on a phone, where the palette has them. */
export function bar(app: App, actions: readonly Action[]): void {
  const shown = actions.flatMap((action) => (action.icon ? [{ action, icon: action.icon }] : []));
  const buttons = shown.map(({ action, icon: picture }) => {
    const element = button('icon-button', () => void action.run(app), icon(picture));
    name(element, action.title, printed(action.keys?.[0] ?? '', isMac).join('+'));
    if (action.id !== 'theme') element.classList.add('extra');
    return { action, element };
  });
  need('bar-actions', HTMLElement).append(...buttons.map(({ element }) => element));
  const update = () => {
    for (const { action, element } of buttons) reflect(app, action, element);
  };
  app.session.watchState(update);
  update();
}
