import type { Action, App } from '../actions/types.ts';

/** Has an action's button look as the action stands: possible or not, on or off. */
export function reflect(app: App, action: Action, element: HTMLButtonElement): void {
  element.disabled = action.when?.(app) === false;
  if (action.pressed) element.setAttribute('aria-pressed', String(action.pressed(app)));
}
