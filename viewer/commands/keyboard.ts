import type { App } from './command.ts';
import { commands } from './index.ts';
import { keyName } from './lookup.ts';

export const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.userAgent ?? '');

/** Runs commands by their keys, wherever the focus is but in an element that uses the key itself. */
export function keyboard(app: App): void {
  const byKey = new Map(commands.flatMap((command) => (command.keys ?? []).map((key) => [key, command] as const)));
  window.addEventListener('keydown', (event) => {
    const name = keyName(event);
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.defaultPrevented || isTaken(target, event, name)) return;
    const command = byKey.get(onSlider(target, name));
    if (!command || command.when?.(app) === false) return;
    event.preventDefault();
    void command.run(app);
  });
  // A button pressed with the mouse loses the focus, or Space would press it again instead of playing.
  document.addEventListener('click', ({ detail, target }) => {
    if (detail > 0 && target instanceof Element) target.closest('button')?.blur();
  });
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && !target.matches(':focus-visible')) target.blur();
  });
}

/** Whether the focused element, or an open dialog, needs the key for itself. */
function isTaken(target: Element, { key }: KeyboardEvent, name: string): boolean {
  if (document.querySelector('dialog[open]')) return name !== '?' || target.matches('input');
  if (name.startsWith('Mod+')) return false;
  if (target.matches('input[type=range]')) return /^(Arrow|Home|End|Page)/.test(key);
  if (target.closest('input, select, textarea, [contenteditable]')) return true;
  return (key === ' ' || key === 'Enter') && target.closest('button, [role=option]') !== null;
}

/** A slider that has the focus moves on all arrows. */
function onSlider(target: Element, name: string): string {
  if (!target.closest('[role=slider]')) return name;
  return name.replace('ArrowUp', 'ArrowRight').replace('ArrowDown', 'ArrowLeft');
}
