/** Buttons, sliders and fields of the live room. */
import { button, html, setText, svg } from '../dom/elements.ts';

/** Outlines in a box of 24 x 24. */
const paths = {
  reset: 'M5 5v5h5M5.600 10a7.200 7.200 0 1 1-.6 4.500',
  step: 'M6 6.500v11l7.500-5.500zM17.500 6.500v11',
  play: 'M8.500 5.500v13l10.500-6.500z',
  pause: 'M8.500 6v12M15.500 6v12',
  goal: 'M12 4.500a7.500 7.500 0 1 0 0 15a7.500 7.500 0 1 0 0-15zM12 9.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5z',
  keep: 'M12 4v10M7.500 10l4.500 4.500L16.500 10M5 19h14',
  left: 'M14.500 6L8.500 12l6 6',
  right: 'M9.500 6l6 6-6 6',
  up: 'M6 14.500L12 8.500l6 6',
  down: 'M6 9.500l6 6 6-6',
  away: 'M12 19V5M6.500 10.500L12 5l5.500 5.500',
  near: 'M12 5v14M6.500 13.500L12 19l5.500-5.500',
} as const;

export type LiveIcon = keyof typeof paths;

export function liveIcon(name: LiveIcon): SVGElement {
  const element = svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' });
  element.append(svg('path', { d: paths[name] }));
  return element;
}

/** A button with a picture over its name. */
export function captioned(icon: LiveIcon, text: string, keys: string, onClick: () => void): HTMLButtonElement {
  const element = button('captioned', onClick, liveIcon(icon), html('span', '', text));
  element.title = `${text} (${keys})`;
  element.setAttribute('aria-keyshortcuts', keys === 'Space' ? 'Space' : keys);
  return element;
}

export interface Slider {
  readonly element: HTMLElement;
  set(value: number): void;
}

interface SliderOptions {
  readonly label: string;
  readonly title: string;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly text: (value: number) => string;
  readonly onInput: (value: number) => void;
}

let ids = 0;

/** A slider between its name and what it is at. */
export function slider({ label, title, low, high, step, text, onInput }: SliderOptions): Slider {
  const input = html('input');
  const id = `live-slider-${++ids}`;
  Object.assign(input, { type: 'range', id, min: String(low), max: String(high), step: String(step), title });
  const output = html('output');
  const name = html('label', '', label);
  name.htmlFor = id;
  name.title = title;
  const show = () => {
    const value = input.valueAsNumber;
    input.style.setProperty('--share', String((value - low) / (high - low)));
    setText(output, text(value));
    input.setAttribute('aria-valuetext', text(value));
  };
  input.addEventListener('input', () => {
    show();
    onInput(input.valueAsNumber);
  });
  const element = html('div', 'slider', name, output, input);
  return {
    element,
    set(value) {
      if (input.valueAsNumber !== value) input.value = String(value);
      show();
    },
  };
}

/** A field for a number, with its name before it and its unit after. */
export function numberField(
  label: string,
  settings: { readonly step: number; readonly low?: number; readonly high?: number },
  onChange: (value: number) => void,
): { readonly element: HTMLElement; set(value: number): void } {
  const input = html('input');
  const { step, low, high } = settings;
  Object.assign(input, { type: 'number', step: String(step), inputMode: 'decimal' });
  if (low !== undefined) input.min = String(low);
  if (high !== undefined) input.max = String(high);
  input.addEventListener('change', () => {
    if (Number.isFinite(input.valueAsNumber)) onChange(input.valueAsNumber);
  });
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return {
    element: labelled('number', label, input),
    set(value) {
      const text = value.toFixed(digits);
      // What is being typed is left alone.
      if (input.value !== text && !input.matches(':focus')) input.value = text;
    },
  };
}

/** A choice among names. */
export function choice(
  label: string,
  options: readonly string[],
  onChange: (value: string) => void,
): { readonly element: HTMLElement; readonly select: HTMLSelectElement } {
  const select = html('select', '', ...options.map((name) => html('option', '', name)));
  select.addEventListener('change', () => onChange(select.value));
  return { element: labelled('choice', label, select), select };
}

/** A control after its name. */
export function labelled(className: string, text: string, control: HTMLElement): HTMLElement {
  control.id = `live-control-${++ids}`;
  const label = html('label', '', text);
  label.htmlFor = control.id;
  return html('div', className, label, control);
}
