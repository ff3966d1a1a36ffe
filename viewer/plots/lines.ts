/** What a plot draws at a moment: lines with their numbers, all or the isolated one. */
import { ghostClock, ghostName } from '../state/compare.ts';
import { type Span, spanOf } from '../state/player.ts';
import type { EpisodeView, Moment } from '../state/state.ts';
import type { Plot, Series } from './plot.ts';
import { overSpan, sampler, stack } from './rows.ts';

export interface Band {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Whether the band is an area of its own, rather than a range about a line. */
  readonly solid: boolean;
}

export interface Line {
  readonly name: string;
  /** Among the series, or among the ghosts: decides colour and dash. */
  readonly index: number;
  readonly ghost: boolean;
  /** At every state of the clock; NaN where there is nothing. */
  readonly row: Float64Array;
  /** Where a stacked area starts; its top is `row`. */
  readonly base?: Float64Array;
  readonly band?: Band;
  readonly stepped: boolean;
}

export interface PlotLines {
  readonly lines: readonly Line[];
  /** Names of all series, also of those that are not drawn. */
  readonly names: readonly string[];
  /** Levels that are drawn as lines across. */
  readonly levels: readonly number[];
}

export function linesOf(plot: Plot, moment: Moment, isolated: string | undefined): PlotLines {
  const span = spanOf(moment.player);
  const compared = plot.comparison?.(moment);
  const all: readonly Series[] = compared?.map((ghost) => ({ ...ghost, at: 'state' })) ?? plot.series(moment);
  const chosen = all.find(({ name }) => name === isolated);
  const shown = [...all.entries()].filter(([, series]) => !chosen || series === chosen);
  const rows = shown.map(([i, series]) => compared?.[i].values ?? overSpan(span, sampler(series)));
  const edges = plot.stacked ? stack(rows) : undefined;
  const lines = shown.map(([index, { name, at }], i): Line => {
    const row = edges?.[i].top ?? rows[i];
    const base = edges?.[i].base;
    const band = base ? between(base, row) : chosen && bandOf(chosen, span);
    return { name, index, ghost: compared !== undefined, row, base, band, stepped: at === 'step' };
  });
  const ghosts = plot.compared ? moment.ghosts.flatMap((ghost, i) => ghostLine(plot, moment, ghost, i)) : [];
  const level = plot.level?.(moment);
  return {
    lines: [...lines, ...ghosts],
    names: all.map(({ name }) => name),
    levels: [...(level === undefined ? [] : [level]), ...(chosen?.limits ?? [])],
  };
}

function between(a: Float64Array, b: Float64Array): Band {
  return { low: a.map((x, t) => Math.min(x, b[t])), high: a.map((x, t) => Math.max(x, b[t])), solid: true };
}

function bandOf({ band, at }: Series, span: Span): Line['band'] {
  if (!band) return undefined;
  const edges = typeof band === 'function' ? band() : band;
  const [low, high] = [edges.low, edges.high].map((values) => overSpan(span, sampler({ values, at })));
  return { low, high, solid: false };
}

function ghostLine(plot: Plot, main: Moment, ghost: EpisodeView, index: number): Line[] {
  const [series] = plot.series(ghost);
  if (!series) return [];
  const [timeOf, read] = [ghostClock(main, ghost), sampler(series)];
  const row = overSpan(spanOf(main.player), (position) => read(timeOf(position)));
  return [{ name: ghostName(ghost, index, main), index, ghost: true, row, stepped: series.at === 'step' }];
}
