import type { Field } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { App } from '../commands/command.ts';
import { changeDetector } from '../derive/memo.ts';
import { jointsAtLimit } from '../derive/outcome.ts';
import {
  type ActionComponent,
  type ActionOrigin,
  actionAtSigma,
  actionComponents,
  actionSigma,
  isClipped,
  originOf,
} from '../derive/policy.ts';
import { byId, html, setText } from '../dom/elements.ts';
import { fixed } from '../dom/format.ts';

/** One row for each component of the action: the policy's mean with one and two sigma as bands, the action taken as a tick. */
export function actionBands({ root, session }: App): void {
  const list = byId(root, 'actions', HTMLElement);
  const [spread, taken] = ['spread-key', 'taken-key'].map((id) => byId(root, id, HTMLElement));
  const [isOther, isNew] = [changeDetector(), changeDetector()];
  let rows: readonly ActionRow[] = [];
  session.watch((moment) => {
    const { recording, episode, step } = moment;
    const { header } = recording;
    if (isOther(header)) {
      rows = actionComponents(header).map((component) => new ActionRow(component, header.policy.squashed));
      list.replaceChildren(...rows.map(({ element }) => element));
    }
    if (isNew(episode)) for (const [i, row] of rows.entries()) row.begin(episode, i);
    // The last state has no action: the action of the last step stays in view.
    const t = Math.min(step, episode.steps - 1);
    const limits = jointsAtLimit(moment, step);
    const origin = originOf(episode, t);
    spread.hidden = origin === 'controlled';
    setText(taken, words[origin]);
    for (const [i, row] of rows.entries()) {
      row.show(episode, t * rows.length + i, { origin, atLimit: limits[i] && rows.length === limits.length });
    }
  });
}

/** What the tick is, by how the action came about. */
const words: Readonly<Record<ActionOrigin, string>> = {
  sampled: 'sampled',
  mean: 'taken: the mean',
  controlled: 'taken',
};

/** The range of a row: a quarter beyond the bounds on either side, or what the episode needs where there are none. */
function rangeOf({ low, high }: Field, episode: Trajectory, i: number): [low: number, high: number] {
  if (low !== undefined && high !== undefined) {
    const spare = (high - low) / 4;
    return [low - spare, high + spare];
  }
  const width = episode.mean.length / episode.steps;
  let reach = 1e-6;
  for (let k = i; k < episode.mean.length; k += width) {
    for (const sigmas of [-2, 2])
      reach = Math.max(reach, Math.abs(actionAtSigma(episode, k, sigmas)), Math.abs(episode.act[k]));
  }
  return [-reach, reach];
}

class ActionRow {
  readonly element: HTMLElement;
  readonly #bands = [2, 1].map((sigmas) => ({ sigmas, element: html('span', sigmas === 2 ? 'far' : 'band') }));
  readonly #mean = html('span', 'mean');
  readonly #tick = html('span', 'tick');
  readonly #value = html('span', 'value');
  readonly #flag = html('span', 'flag');
  readonly #field: Field;
  readonly #title: string;
  readonly #squashed?: boolean;
  #low = 0;
  #high = 0;

  constructor({ name, title, field }: ActionComponent, squashed?: boolean) {
    [this.#title, this.#field, this.#squashed] = [title, field, squashed];
    const bands = this.#bands.map(({ element }) => element);
    const isBounded = field.low !== undefined && field.high !== undefined;
    const track = html('span', isBounded ? 'track bounded' : 'track', ...bands, this.#mean, this.#tick);
    this.element = html('div', 'action', html('span', 'name', name), track, this.#value, this.#flag);
  }

  /** @param i which component of the episode's actions it is */
  begin(episode: Trajectory, i: number): void {
    [this.#low, this.#high] = rangeOf(this.#field, episode, i);
  }

  /** @param at index into the actions [T, A] */
  show(episode: Trajectory, at: number, { origin, atLimit }: { origin: ActionOrigin; atLimit: boolean }): void {
    const { mean, act } = episode;
    const share = (x: number) => Math.min(100, Math.max(0, (100 * (x - this.#low)) / (this.#high - this.#low)));
    // What lies off the track is a wedge at that end of it, which points on.
    const place = (mark: HTMLElement, x: number) => {
      mark.style.left = `${share(x)}%`;
      mark.dataset.off = x < this.#low ? 'low' : x > this.#high ? 'high' : '';
    };
    for (const { sigmas, element } of this.#bands) {
      const left = share(actionAtSigma(episode, at, -sigmas, this.#squashed));
      element.style.left = `${left}%`;
      element.style.width = `${share(actionAtSigma(episode, at, sigmas, this.#squashed)) - left}%`;
    }
    place(this.#mean, mean[at]);
    place(this.#tick, act[at]);
    for (const { element } of this.#bands) element.hidden = origin === 'controlled';
    this.#mean.hidden = origin === 'controlled';
    setText(this.#value, fixed(act[at], 2));
    const sigma = `sigma${this.#squashed ? ' before tanh' : ''} ${fixed(actionSigma(episode, at), 3)}`;
    const policy = origin === 'controlled' ? '' : `mean ${fixed(mean[at], 3)}, ${sigma}, `;
    this.element.title = `${this.#title}\n${policy}${origin === 'sampled' ? 'sampled' : 'taken'} ${fixed(act[at], 3)}`;
    setText(this.#flag, `${isClipped(act[at], this.#field) ? 'clip ' : ''}${atLimit ? 'limit' : ''}`);
  }
}
