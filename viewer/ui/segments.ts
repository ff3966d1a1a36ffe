import { button, html } from './dom.ts';

export interface Segments<T> {
  readonly element: HTMLElement;
  choose(value: T): void;
}

/** A row of buttons of which one is pressed. */
export function segments<T extends string>(
  label: string,
  options: readonly (readonly [value: T, text: string])[],
  pick: (value: T) => void,
): Segments<T> {
  const buttons = options.map(([value, text]) => ({ value, element: button('', () => pick(value), text) }));
  const element = html('div', 'segments', ...buttons.map((one) => one.element));
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
  return {
    element,
    choose(value) {
      for (const one of buttons) one.element.setAttribute('aria-pressed', String(one.value === value));
    },
  };
}
