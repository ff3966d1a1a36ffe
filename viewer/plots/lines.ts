/** What a plot draws now: lines with their numbers, from a moment and the series that is isolated. */
import { ghostName, timingOf } from '../state/compare.ts';
import type { Moment, Subject } from '../state/types.ts';
import { alignedTo, atStates, stack } from './data.ts';
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
  /** [T+1] */
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
  const all = plot.comparison?.(moment) ?? plot.series(moment);
  const states = moment.episode.steps + 1;
  const chosen = all.find(({ name }) => name === isolated);
  const shown = all.map((series, look) => ({ series, look })).filter(({ series }) => !chosen || series === chosen);
  const rows = shown.map(({ series }) => atStates(series, states));
  const edges = plot.stacked ? stack(rows) : undefined;
  const lines = shown.map(({ series, look }, i): Line => {
    const row = edges ? edges[i].top : rows[i];
    const base = edges?.[i].base;
    const band = base ? between(base, row) : chosen && bandOf(chosen, states);
    return {
      name: series.name,
      look,
      ghost: plot.comparison !== undefined,
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

function bandOf({ band }: Series, states: number): Line['band'] {
  if (!band) return undefined;
  return { low: atStates({ values: band.low }, states), high: atStates({ values: band.high }, states), solid: false };
}

function ghostLine(plot: Plot, main: Moment, ghost: Subject, i: number): Line | undefined {
  const [series] = plot.series(ghost);
  if (!series) return undefined;
  const row = alignedTo(series, timingOf(main), timingOf(ghost), main.state.align === 'success');
  return { name: ghostName(ghost, i), look: i, ghost: true, row, stepped: series.at === 'step' };
}
