import { escaped } from './format.ts';
import { light } from './style.ts';

/** Curves or marks in a plane, which the page's script draws (src/report/chart-script.ts). */
export interface Chart {
  readonly title: string;
  readonly subtitle?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Charts of a group are read at the same place, and isolate a series together. */
  readonly group?: string;
}

export interface Axis {
  readonly label: string;
  readonly log?: boolean;
  readonly percent?: boolean;
  /** From end to end; the extent of the data, with a margin, where there is none. */
  readonly range?: readonly [low: number, high: number];
  /** Names at the places 0, 1, 2, ... instead of numbers: the chart lies on its side. */
  readonly names?: readonly string[];
  /** What x counts, for a chart whose legend shows the values under the pointer. */
  readonly unit?: string;
}

type Values = readonly (number | null)[];

export interface Series {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: Values;
  /** Intervals around y, drawn as bars or as a band. */
  readonly low?: Values;
  readonly high?: Values;
  readonly band?: boolean;
  /** What y sums up, drawn faintly: a list of values for each. */
  readonly faint?: readonly Values[];
  /** Of each of these, what it is called and the page that a press on it opens. */
  readonly opens?: readonly { readonly name: string; readonly href: string }[];
  readonly line?: boolean;
  readonly points?: boolean;
  /** Of each point, what it is called and the page that a press on it opens. */
  readonly links?: readonly ({ readonly name: string; readonly href: string } | null)[];
  /** Drawn and left out by turns, px. */
  readonly dash?: readonly number[];
  /** The series whose colour and mark it shares, by its place in the list. */
  readonly like?: number;
}

/** One fewer than colours, so that a pair of dash and colour comes again only after their product. */
export const dashes: readonly (readonly number[])[] = [
  [],
  [9, 5],
  [2, 4],
  [12, 4, 2, 4],
  [5, 3],
  [16, 5],
  [8, 3, 2, 3, 2, 3],
];

/** Marks around the origin, as SVG paths: series differ in them as well as in colour. */
export const shapes = [
  'M-1 0A1 1 0 1 0 1 0A1 1 0 1 0-1 0Z',
  'M-.88-.88H.88V.88H-.88Z',
  'M0-1.25L1.25 0L0 1.25L-1.25 0Z',
  'M0-1.15L1.2 1H-1.2Z',
  'M0 1.15L1.2-1H-1.2Z',
  'M-.35-1.2H.35V-.35H1.2V.35H.35V1.2H-.35V.35H-1.2V-.35H-.35Z',
];

export function figureHtml({ title, subtitle = '', x, y, series }: Chart): string {
  // A legend of one needs no button, unless it shows values.
  const tag = series.length > 1 || x.unit ? 'button' : 'span';
  const output = x.unit ? '<output></output>' : '';
  const entries = series.map((one, i) => {
    const attributes = tag === 'button' ? ' type="button" aria-pressed="false"' : '';
    return `<li><${tag}${attributes}>${symbol(one, i)}${escaped(one.label)}${output}</${tag}></li>`;
  });
  const axes = [x.label, y.label].filter(Boolean).join(', ');
  const label = `${title} ${subtitle}. Axes: ${axes}. Series: ${series.map((one) => one.label).join(', ')}. The numbers are in the tables.`;
  return `<figure data-chart="${escaped(title)}">
<figcaption><div><h3>${escaped(title)}</h3><span class="quiet">${escaped(subtitle)}</span></div><span class="at quiet"></span></figcaption>
<ul class="legend">
${entries.join('\n')}
</ul>
<div class="plot" role="img" aria-label="${escaped(label)}"></div>
</figure>`;
}

/** A piece of the series' line, and its mark. */
export function symbol({ line, points, dash = [], like }: Series, place: number): string {
  const i = like ?? place;
  const stroke = line ? `<path d="M0 6H34" stroke-dasharray="${dash.join(' ')}"/>` : '';
  const shape = points
    ? `<path class="mark" transform="translate(17 6) scale(4.5)" d="${shapes[i % shapes.length]}"/>`
    : '';
  const color = `color: var(--series-${i % light.series.length})`;
  return `<svg class="symbol" style="${color}" viewBox="${line ? '0 0 34 12' : '11 0 12 12'}" aria-hidden="true">${stroke}${shape}</svg>`;
}
