import type { Field, Trajectory } from '../../envs/types.ts';
import { type Component, components, edgeOf, sigmaOf } from '../derive/actions.ts';
import { anglesAt } from '../derive/angles.ts';
import type { Session } from '../state/session.ts';
import type { Moment } from '../state/types.ts';
import { html, need, write } from './dom.ts';
import { fixed } from './format.ts';

interface Row {
  readonly element: HTMLElement;
  readonly field: Field;
  readonly squashed?: boolean;
  readonly low: number;
  readonly high: number;
  readonly far: HTMLElement;
  readonly band: HTMLElement;
  readonly mean: HTMLElement;
  readonly tick: HTMLElement;
  readonly value: HTMLElement;
  readonly flag: HTMLElement;
}

/** A joint this near to a limit is at it, as a share of its range. */
const nearLimit = 0.01;

/** One row for each component of the action: the policy's mean with one and two sigma as bands, the sample as a tick. */
export function actions(session: Session): void {
  const root = need('actions', HTMLElement);
  let shown: unknown;
  let rows: Row[] = [];
  session.watch((moment) => {
    const { recording, episode, step } = moment;
    if (shown !== episode) {
      shown = episode;
      const { squashed } = recording.header.policy;
      rows = components(recording.header).map((component, i) => row(component, squashed, episode, i));
      root.replaceChildren(...rows.map(({ element }) => element));
    }
    // The last state has no action; it keeps that of the step which led there.
    const t = Math.min(step, episode.steps - 1);
    const limits = jointsAtLimit(moment);
    for (const [i, row] of rows.entries()) {
      fill(row, episode, t * rows.length + i, limits[i] && rows.length === limits.length);
    }
  });
}

/** Which joints are at a limit [J]. */
function jointsAtLimit({ episode, recording, step }: Moment): boolean[] {
  const { scene } = recording.header;
  const angles = anglesAt(episode.pose, scene, step);
  return scene.joints.map(({ low, high }, j) => {
    if (low === undefined || high === undefined) return false;
    return Math.min(angles[j] - low, high - angles[j]) < nearLimit * (high - low);
  });
}

/** From a quarter beyond the bounds on either side, or what the episode needs where there are none. */
function range({ low, high }: Field, episode: Trajectory, i: number): [low: number, high: number, bounds: boolean] {
  if (low !== undefined && high !== undefined) {
    const spare = (high - low) / 4;
    return [low - spare, high + spare, true];
  }
  const width = episode.mean.length / episode.steps;
  let reach = 1e-6;
  for (let k = i; k < episode.mean.length; k += width) {
    for (const sigmas of [-2, 2])
      reach = Math.max(reach, Math.abs(edgeOf(episode, k, sigmas)), Math.abs(episode.act[k]));
  }
  return [-reach, reach, false];
}

function row({ name, title, field }: Component, squashed: boolean | undefined, episode: Trajectory, i: number): Row {
  const [low, high, bounds] = range(field, episode, i);
  const [far, band, mean, tick, value, flag] = ['far', 'band', 'mean', 'tick', 'value', 'flag'].map((part) =>
    html('span', part),
  );
  const track = html('span', bounds ? 'track bounded' : 'track', far, band, mean, tick);
  const element = html('div', 'action', html('span', 'name', name), track, value, flag);
  element.title = title;
  return { element, field, squashed, low, high, far, band, mean, tick, value, flag };
}

function fill(row: Row, episode: Trajectory, at: number, atLimit: boolean): void {
  const { low, high, field, squashed } = row;
  const { mean: means, act } = episode;
  const along = (x: number) => Math.min(100, Math.max(0, (100 * (x - low)) / (high - low)));
  for (const [element, sigmas] of [
    [row.far, 2],
    [row.band, 1],
  ] as const) {
    const left = along(edgeOf(episode, at, -sigmas, squashed));
    element.style.left = `${left}%`;
    element.style.width = `${along(edgeOf(episode, at, sigmas, squashed)) - left}%`;
  }
  row.mean.style.left = `${along(means[at])}%`;
  row.tick.style.left = `${along(act[at])}%`;
  write(row.value, fixed(act[at], 2));
  const sigma = `sigma${squashed ? ' before tanh' : ''} ${fixed(sigmaOf(episode, at), 3)}`;
  row.value.title = `mean ${fixed(means[at], 3)}, ${sigma}, sampled ${fixed(act[at], 3)}`;
  const clipped = act[at] < (field.low ?? -Infinity) || act[at] > (field.high ?? Infinity);
  write(row.flag, atLimit ? 'limit' : clipped ? 'clip' : '');
}
