/** The elements of a viewer: found, made and written to. */

/** The element of that id and type below the root; throws where there is none. */
export function byId<T extends Element>(root: ParentNode, id: string, type: new () => T): T {
  const element = root.querySelector(`#${id}`);
  if (element instanceof type) return element;
  throw new Error(`the viewer has no ${type.name} #${id}`);
}

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function button(className: string, onClick: () => void, ...children: (Node | string)[]): HTMLButtonElement {
  const element = html('button', className, ...children);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}

export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
}

/** Opens the list of a select, as a press on it does. */
export function openList(select: HTMLSelectElement): void {
  try {
    select.showPicker();
  } catch {
    // Some frames may not open it; with the focus it is one key away.
  }
}

/** Tells what an icon stands for, in a tooltip and to a screen reader. */
export function setLabel(element: HTMLElement, text: string, keys = ''): void {
  if (element.getAttribute('aria-label') === text) return;
  element.setAttribute('aria-label', text);
  element.title = keys ? `${text} (${keys})` : text;
}

export function svg(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Writes text only where it differs: a screen reader may speak every write. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

interface SegmentedControl<T> {
  readonly element: HTMLElement;
  choose(value: T): void;
}

/** A row of buttons of which one is pressed, each with its text. */
export function segmentedControl<T extends string>(
  label: string,
  options: Readonly<Record<T, string>>,
  pick: (value: T) => void,
): SegmentedControl<T> {
  const entries = Object.entries(options) as [T, string][];
  const buttons = entries.map(([value, text]) => ({ value, element: button('', () => pick(value), text) }));
  const element = html('div', 'segments', ...buttons.map((segment) => segment.element));
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
  return {
    element,
    choose(value) {
      for (const segment of buttons) segment.element.setAttribute('aria-pressed', String(segment.value === value));
    },
  };
}

/** Outlines in a box of 24 x 24. */
const paths = {
  play: 'M8.500 5.500v13l10.500-6.500z',
  pause: 'M7.500 5.500h3v13h-3zM13.500 5.500h3v13h-3z',
  back: 'M14.500 6.500L9 12l5.500 5.500',
  forward: 'M9.500 6.500L15 12l-5.500 5.500',
  previous: 'M12 19V5.500M6.500 11L12 5.500l5.500 5.500',
  next: 'M12 5v13.500M6.500 13l5.500 5.500 5.500-5.500',
  link: 'M10 14a4 4 0 0 0 6 .4l2.600-2.600a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.4l-2.600 2.600a4 4 0 0 0 5.700 5.700l1.300-1.300',
  theme: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  help: 'M9.300 9.200a2.800 2.800 0 1 1 4 2.600c-.9.5-1.300 1-1.300 2M12 17v.01M12 3.500a8.500 8.500 0 1 0 0 17a8.500 8.500 0 1 0 0-17z',
  ghost: 'M12 5v14M5 12h14',
  unghost: 'M5 12h14',
  close: 'M7 7l10 10M17 7L7 17',
  camera: 'M4 8h3.500l1.500-2.500h6L16.500 8H20v11H4zM12 10a3.200 3.200 0 1 0 0 6.400a3.200 3.200 0 1 0 0-6.400z',
  video: 'M4 7h11v10H4zM15 11l5-3v8l-5-3z',
  verify: 'M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6zM9 12l2.200 2.200L15.300 10',
  beside: 'M4 5.500h7v13H4zM13 5.500h7v13h-7zM6 15.500l3-5M15 15.500l3-7',
  download: 'M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 19.500h14',
  differs: 'M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6zM12 8v5M12 16v.01',
  swarm: 'M6 6v.01M12 6v.01M18 6v.01M6 12v.01M12 12v.01M18 12v.01M6 18v.01M12 18v.01M18 18v.01',
} as const;

export type Icon = keyof typeof paths;

export function icon(name: Icon): SVGElement {
  const element = svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: `icon icon-${name}` });
  element.append(svg('path', { d: paths[name] }));
  return element;
}

/** Whether fingers are what there is to point with. */
export function hasCoarsePointer(): boolean {
  return window.matchMedia('(pointer: coarse)').matches;
}
