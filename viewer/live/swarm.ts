/** The switch by which the episodes are shown that a policy learns from, one batch after another. */
import { html, setText } from '../dom/elements.ts';
import { integer } from '../dom/format.ts';
import type { Room } from './room.ts';
import { SwarmView } from './swarm-view.ts';
import type { Training } from './training.ts';
import type { Batch, Opened } from './worker/messages.ts';

export interface Swarm {
  /** The switch, and in words what is shown. */
  readonly element: HTMLElement;
  /** Has the episodes be those of a training. */
  follow(training: Training): void;
}

/** A batch is asked for once the one before has been played: a training whose episodes nobody watches sends none. */
export function trainingSwarm(room: Room): Swarm {
  const { app, closing } = room;
  const view = new SwarmView(app, closing.signal);
  const box = Object.assign(html('input'), { type: 'checkbox' });
  const words = html('p', 'small quiet');
  const element = html(
    'div',
    '',
    html('label', 'check', box, html('span', '', 'Show the episodes it learns from')),
    words,
  );
  let opened: Opened | null = null;
  let training: Training | undefined;
  /** What of the training is known: the batch that came last, and the latest iteration. */
  let known: Pick<Training, 'batch' | 'latest'> = {};
  let isAsked = false;
  const ask = () => {
    if (isAsked || !box.checked || !opened?.isInTraining) return;
    isAsked = true;
    training?.askForBatch();
  };
  const hear = () => {
    if (!training) return;
    const { batch, latest } = training;
    const isAnswer = batch !== known.batch;
    const isEarly = latest !== known.latest && !view.batch;
    known = { batch, latest };
    if (isAnswer) show(batch);
    else if (isEarly) ask();
  };
  const show = (batch?: Batch) => {
    isAsked = false;
    if (!box.checked || !opened || !batch?.episodes.length) return;
    view.play(batch, opened);
    // What does not move shows how its episodes ended.
    if (room.state.paused) view.advance(Number.POSITIVE_INFINITY);
    tell();
  };
  const tell = () => {
    setText(words, view.batch && opened ? textOf(view.batch, opened) : '');
    app.frames.request();
  };
  const clear = () => {
    view.clear();
    tell();
  };
  box.addEventListener('change', () => (box.checked ? ask() : clear()));
  room.watch((state) => {
    if (state.opened === opened) return;
    opened = state.opened;
    element.hidden = !opened?.isInTraining || !app.stage.canDraw;
    clear();
    ask();
  });
  room.frames.push((_, steps) => {
    if (view.batch && view.advance(steps)) ask();
  });
  return {
    element,
    follow(own) {
      if (own === training) return;
      training = own;
      [known, isAsked] = [{}, false];
      own.watch(hear, closing.signal);
      clear();
      ask();
    },
  };
}

function textOf({ iteration, count, successes, episodes }: Batch, { header }: Opened): string {
  const some = episodes.length < count ? `${episodes.length} of its ${integer(count)}` : `its ${integer(count)}`;
  const reached = header.spec.hasSuccess ? `; ${integer(successes)} of ${integer(count)} reached the goal` : '';
  return `Iteration ${integer(iteration)}: ${some} episodes${reached}.`;
}
