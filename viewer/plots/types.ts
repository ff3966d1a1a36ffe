import type { Moment, Subject } from '../state/types.ts';

/** A line of a plot. */
export interface Series {
  readonly name: string;
  /** One number for each state [T+1], or for each step [T], which holds until the next. */
  readonly values: ArrayLike<number>;
  readonly at: 'state' | 'step';
  /** Edges of a band, drawn while the series is isolated. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
  /** Lines that the series should stay between, drawn while it is isolated. */
  readonly limits?: readonly number[];
}

export interface Plot {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Areas on top of one another instead of lines. */
  readonly stacked?: boolean;
  /** Whether compared episodes are drawn too. */
  readonly compared?: boolean;
  /** A level worth a line. */
  readonly level?: (subject: Subject) => number | undefined;
  /** What the plot shows of an episode; empty where the recording holds nothing of the kind. */
  series(subject: Subject): readonly Series[];
  /** Series of its own for a comparison, instead of those of each episode: a number at every state of the clock. */
  comparison?(moment: Moment): readonly { readonly name: string; readonly values: Float64Array }[];
}
