/** Colours and dashes of lines: each line has both, so that neither alone has to tell two lines apart. */
import { svg } from '../dom/elements.ts';

const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [9, 3, 2, 3], [5, 2], [1.5, 4], [12, 3]];

export interface ChartColors {
  readonly series: readonly string[];
  /** Of the only line of a chart. */
  readonly alone: string;
  readonly grid: string;
  readonly text: string;
}

/** The viewer's colours as a canvas takes them: `light-dark()` and variables resolved. */
export function chartColors(root: HTMLElement): ChartColors {
  const probe = document.createElement('span');
  root.append(probe);
  const resolve = (variable: string) => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => resolve(`--series-${i}`)),
    alone: resolve('--ink'),
    grid: resolve('--line'),
    text: resolve('--quiet'),
  };
  probe.remove();
  return found;
}

export function translucent(color: string, share: number): string {
  return `color-mix(in srgb, ${color} ${share * 100}%, transparent)`;
}

/** Colour and dash of a line by its index among its kind; a ghost's line is never solid. */
export function strokeOf(index: number, ghost: boolean, { series }: ChartColors): { color: string; dash: number[] } {
  const dash = dashes[ghost ? 1 + (index % 4) : index % dashes.length];
  return { color: series[index % series.length], dash: [...dash] };
}

/** A short piece of a line, for a legend. */
export function swatch(index: number, ghost: boolean, colors: ChartColors): SVGElement {
  const { color, dash } = strokeOf(index, ghost, colors);
  const element = svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': 'true' });
  element.append(svg('path', { d: 'M0 4h16', stroke: color, 'stroke-dasharray': dash.join(' ') }));
  return element;
}
