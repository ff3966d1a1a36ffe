import { escaped } from './format.ts';

/** Parallel coordinates as SVG: an upright axis for each quantity, and a line across all of them for each case. The page's style colours them. */
export interface Parallel {
  readonly axes: readonly ParallelAxis[];
  readonly lines: readonly ParallelLine[];
}

export interface ParallelAxis {
  readonly title: string;
  /** Where there is something to read off, from 0 at the bottom to 1 at the top. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface ParallelLine {
  readonly title: string;
  /** A place on each axis, from 0 to 1; null where the case has nothing to do with it. */
  readonly places: readonly (number | null)[];
  /** How strongly it is coloured, from 0 to 1. Lines that are stronger lie above others. */
  readonly strength: number;
  readonly isStopped?: boolean;
  readonly href?: string;
}

/** Sizes, px. */
const [height, top, bottom, side, spacing] = [300, 40, 44, 70, 150] as const;
/** Below an axis, for what has no place on it. */
const nowhere = 22;

export function parallelSvg({ axes, lines }: Parallel): string {
  const width = 2 * side + spacing * (axes.length - 1);
  const x = (i: number) => side + spacing * i;
  const y = (place: number | null) => top + (place === null ? height + nowhere : height * (1 - place));
  const hasNowhere = axes.map((_, i) => lines.some(({ places }) => places[i] === null));
  const drawn = lines.toSorted((a, b) => a.strength - b.strength).map((line) => lineSvg(line, x, y));
  const scales = axes.map(({ title, ticks }, i) => {
    const marks = [...apart(ticks), ...(hasNowhere[i] ? [{ at: null, text: '–' }] : [])].map(
      ({ at, text }) => `<text class="tick" x="${x(i) + 7}" y="${rounded(y(at) + 4)}">${escaped(text)}</text>`,
    );
    return `<path class="axis" d="M${x(i)} ${top}V${top + height}"/><text x="${x(i)}" y="18" text-anchor="middle">${escaped(title)}</text>${marks.join('')}`;
  });
  return `<svg class="parallel" viewBox="0 0 ${width} ${top + height + bottom}" style="min-width: ${width}px; max-width: ${Math.round(1.5 * width)}px" aria-hidden="true">
${drawn.join('\n')}
${scales.join('\n')}
</svg>`;
}

function lineSvg(
  { title, places, strength, isStopped, href }: ParallelLine,
  x: (i: number) => number,
  y: (place: number | null) => number,
): string {
  const way = `M${places.map((place, i) => `${x(i)} ${rounded(y(place))}`).join('L')}`;
  const paths = `<title>${escaped(title)}</title><path class="reach" d="${way}"/><path class="line" d="${way}" style="--share: ${Math.round(100 * strength)}%"/>`;
  const kind = isStopped ? ' class="stopped"' : '';
  return href === undefined ? `<g${kind}>${paths}</g>` : `<a${kind} href="${escaped(href)}" tabindex="-1">${paths}</a>`;
}

/** The ticks that leave each other room. */
function apart<T extends { readonly at: number }>(ticks: readonly T[]): T[] {
  const kept: T[] = [];
  for (const tick of ticks) if (kept.every(({ at }) => Math.abs(at - tick.at) * height >= 14)) kept.push(tick);
  return kept;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(1)));
}
