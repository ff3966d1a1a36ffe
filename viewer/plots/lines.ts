/** What a plot draws now: lines with their numbers, from a moment and the series that is isolated. */
import { ghostName, ghostTime, timingOf } from '../state/compare.ts';
import { type Span, spanOf } from '../state/player.ts';
import type { Moment, Subject } from '../state/types.ts';
import { overSpan, reader, stack } from './data.ts';
import type { Plot, Series } from './types.ts';

export interface Band {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** An area of its own, rather than a range about a line. */
  readonly solid: boolean;
}

export interface Line {
  readonly name: string;
  /** Which colour and dash; main series come first, ghosts follow. */
  readonly look: number;
  readonly ghost: boolean;
  /** At every state of the clock; NaN where there is nothing. */
  readonly row: Float64Array;
  /** Where a stacked area starts; its top is `row`. */
  readonly base?: Float64Array;
  readonly band?: Band;
  readonly stepped: boolean;
}

export interface Drawing {
  readonly lines: readonly Line[];
  /** Names of all series, those in the dark too. */
  readonly names: readonly string[];
  /** Levels to draw across. */
  readonly levels: readonly number[];
}

export function drawingOf(plot: Plot, moment: Moment, isolated: string | undefined): Drawing {
  const compared = plot.comparison?.(moment);
  const all: readonly Series[] = compared?.map((one) => ({ ...one, at: 'state' })) ?? plot.series(moment);
  const span = spanOf(moment.player);
  const chosen = all.find(({ name }) => name === isolated);
  const shown = all.map((series, look) => ({ series, look })).filter(({ series }) => !chosen || series === chosen);
  const rows = compared
    ? shown.map(({ look }) => compared[look].values)
    : shown.map(({ series }) => overSpan(span, reader(series)));
  const edges = plot.stacked ? stack(rows) : undefined;
  const lines = shown.map(({ series, look }, i): Line => {
    const row = edges ? edges[i].top : rows[i];
    const base = edges?.[i].base;
    const band = base ? between(base, row) : chosen && bandOf(chosen, span);
    return {
      name: series.name,
      look,
      ghost: compared !== undefined,
      row,
      base,
      band,
      stepped: series.at === 'step',
    };
  });
  const ghosts = plot.compared ? moment.ghosts.map((ghost, i) => ghostLine(plot, moment, ghost, i)) : [];
  const level = plot.level?.(moment);
  return {
    lines: [...lines, ...ghosts.filter((line) => line !== undefined)],
    names: all.map(({ name }) => name),
    levels: [...(level === undefined ? [] : [level]), ...(chosen?.limits ?? [])],
  };
}

function between(a: Float64Array, b: Float64Array): Band {
  return { low: a.map((x, t) => Math.min(x, b[t])), high: a.map((x, t) => Math.max(x, b[t])), solid: true };
}

function bandOf({ band, at }: Series, span: Span): Line['band'] {
  if (!band) return undefined;
  const [low, high] = [band.low, band.high].map((values) => overSpan(span, reader({ values, at })));
  return { low, high, solid: false };
}

function ghostLine(plot: Plot, main: Moment, ghost: Subject, i: number): Line | undefined {
  const [series] = plot.series(ghost);
  if (!series) return undefined;
  const [mine, theirs] = [timingOf(main), timingOf(ghost)];
  const read = reader(series);
  const row = overSpan(spanOf(main.player), (position) =>
    read(ghostTime(position, mine, theirs, main.state.align === 'success')),
  );
  return { name: ghostName(ghost, i), look: i, ghost: true, row, stepped: series.at === 'step' };
}
