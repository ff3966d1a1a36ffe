import type { App } from './command.ts';
import { keyName } from './lookup.ts';

export const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.userAgent ?? '');

/**
 * Runs commands by their keys, wherever the focus is but in an element that uses the key itself.
 * @param scope where keys are listened for
 */
export function keyboard(app: App, scope: Window | HTMLElement): void {
  const { root, commands, closed } = app;
  const byKey = new Map(commands.flatMap((command) => (command.keys ?? []).map((key) => [key, command] as const)));
  const onKey = (event: KeyboardEvent) => {
    const name = keyName(event);
    // Outside of the shadow tree the event's own target is its host.
    const [origin] = event.composedPath();
    const target = origin instanceof Element ? origin : root;
    if (event.defaultPrevented || isTaken(root, target, event, name)) return;
    const command = byKey.get(onSlider(target, name));
    if (!command || command.when?.(app) === false) return;
    event.preventDefault();
    void command.run(app);
  };
  scope.addEventListener('keydown', onKey as EventListener, { signal: closed });
  keepFocus(root);
}

/**
 * After a press with the mouse the focus is on the viewer, where keys reach it: on a button, Space would press it again
 * instead of playing, and without a focus inside, an embedded viewer would hear no keys.
 */
function keepFocus(root: HTMLElement): void {
  root.tabIndex = -1;
  const release = () => root.focus({ preventScroll: true });
  root.addEventListener('click', ({ detail, target }) => {
    if (detail > 0 && target instanceof Element && target.closest('button') && !isDialogOpen(root)) release();
  });
  root.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && !target.matches(':focus-visible')) release();
  });
}

function isDialogOpen(root: HTMLElement): boolean {
  return root.querySelector('dialog[open]') !== null;
}

/** Whether the focused element, or an open dialog, needs the key for itself. */
function isTaken(root: HTMLElement, target: Element, { key }: KeyboardEvent, name: string): boolean {
  if (isDialogOpen(root)) return name !== '?' || target.matches('input');
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
