import type { EpisodeView, Moment } from '../state/state.ts';

interface SeriesBand {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

/** A line of a plot. */
export interface Series {
  readonly name: string;
  /** One number for each state [T+1], or for each step [T], which holds until the next. */
  readonly values: ArrayLike<number>;
  readonly at: 'state' | 'step';
  /** Edges of a band, drawn while the series is isolated; a function makes them only then. */
  readonly band?: SeriesBand | (() => SeriesBand);
  /** Limits of the quantity, drawn as lines across while the series is isolated. */
  readonly limits?: readonly number[];
}

export interface Plot {
  readonly name: string;
  readonly title: string;
  readonly unit?: string;
  /** Whether series are areas on top of one another instead of lines. */
  readonly stacked?: boolean;
  /** Whether compared episodes are drawn too. */
  readonly compared?: boolean;
  /** A level that is drawn as a line across. */
  readonly level?: (view: EpisodeView) => number | undefined;
  /** The lines of an episode; empty where the recording holds no such numbers. */
  series(view: EpisodeView): readonly Series[];
  /** Series of a plot that compares, instead of those of each episode: a number at every state of the clock. */
  comparison?(moment: Moment): readonly { readonly name: string; readonly values: Float64Array }[];
}
