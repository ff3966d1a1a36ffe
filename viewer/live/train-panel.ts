/** Trains a policy in the page, while the arm acts by the newest one. */
import { button, html, setText } from '../dom/elements.ts';
import { compact, integer } from '../dom/format.ts';
import { download } from '../export/picture.ts';
import { learningCurve } from './learning-curve.ts';
import type { Room } from './room.ts';
import { trainForm } from './train-form.ts';
import { Training } from './training.ts';
import type { TrainingChoice } from './worker/messages.ts';

/** Goes on when the room is left. */
let training: Training | undefined;

/** The training that there is, if any. */
export function currentTraining(): Training | undefined {
  return training;
}

export function trainPanel(room: Room): HTMLElement {
  const content = html('div', 'train-panel');
  const ask = (choice: Partial<TrainingChoice>) => room.send({ type: 'catalogue', choice });
  let isAsked = false;
  room.answers.push((answer) => {
    if (answer.type === 'failed' && answer.of === 'catalogue')
      room.app.messages.fail('The form', new Error(answer.message));
    if (answer.type !== 'catalogue') return;
    const form = trainForm(answer, ask);
    const solved = Object.assign(html('input'), { type: 'checkbox', checked: true });
    const start = button('button primary', () => begin(form.choice(), solved.checked), 'Train');
    const until = html('label', 'check', solved, html('span', '', 'Stop once it is solved'));
    content.replaceChildren(form.element, html('section', 'start', until, start));
  });
  const begin = (choice: TrainingChoice, untilSolved: boolean) => {
    training?.close();
    training = new Training(choice, untilSolved);
    content.replaceChildren(progress(room, training, () => again()));
  };
  const again = () => {
    const { choice } = training ?? {};
    training?.close();
    training = undefined;
    ask(choice ?? {});
  };
  room.watch(({ mode }) => {
    if (mode !== 'train' || isAsked) return;
    isAsked = true;
    if (training) content.replaceChildren(progress(room, training, () => again()));
    else ask({});
  });
  return content;
}

/** How a training goes: its figures, its curve, and what to do with it. */
function progress(room: Room, own: Training, again: () => void): HTMLElement {
  const { env, arm, algorithm, seed, steps } = own.choice;
  const curve = learningCurve();
  const status = html('p', 'train-status');
  status.setAttribute('role', 'status');
  const figures = html('dl', 'figures');
  const hold = button('button', () => own.hold(own.phase !== 'held'), 'Pause');
  const save = button(
    'button',
    () => void own.save().then(({ bytes, name }) => download(new Blob([bytes]), name)),
    'Save the policy',
  );
  const other = button('button', again, 'Train another');
  const bar = html('progress');
  bar.setAttribute('aria-label', 'Training steps spent');
  let acting: unknown;
  const show = () => {
    const { phase, latest } = own;
    setText(status, textOf(own));
    hold.hidden = phase === 'done' || phase === 'failed';
    hold.disabled = phase === 'starting';
    setText(hold, phase === 'held' ? 'Go on' : 'Pause');
    save.disabled = !latest;
    Object.assign(bar, { max: steps, value: latest?.envSteps ?? 0 });
    curve.show(own.curve, steps);
    figures.replaceChildren(
      ...figuresOf(own).map(([name, value]) => html('div', '', html('dt', '', name), html('dd', '', value))),
    );
    if (own.config && acting !== own.config) {
      acting = own.config;
      room.send({ type: 'begin', config: own.config });
    }
    if (!latest || !own.config) return;
    room.send({ type: 'learned', snapshot: latest.snapshot, trainedSteps: latest.envSteps });
    if (room.state.opened?.isInTraining) room.set({ trainedSteps: latest.envSteps });
  };
  own.watch(show, room.closing.signal);
  show();
  const about = html('p', 'small quiet', `${env} · ${arm} · ${algorithm} · seed ${seed}`);
  const tip = html('p', 'small quiet', 'The arm acts by the newest policy. Drag its goal while it learns.');
  room.watch(({ opened }) => {
    tip.hidden = !opened?.isInTraining;
  });
  const actions = html('div', 'row', hold, save, other);
  return html('div', '', html('section', '', about, status, bar, curve.element, figures, actions, tip));
}

function textOf({ phase, latest, failure }: Training): string {
  if (phase === 'failed') return failure;
  if (phase === 'starting' || !latest) return 'Starting …';
  if (phase === 'held') return 'Paused';
  if (phase === 'training') return 'Training …';
  return latest.solved ? `Solved after ${integer(latest.envSteps)} steps` : 'All steps are spent';
}

function figuresOf({ curve, latest }: Training): [string, string][] {
  if (!latest) return [];
  const tried = curve.findLast(({ evaluated }) => evaluated)?.evaluated;
  return [
    ['Steps', integer(latest.envSteps)],
    ['Success', tried?.success == null ? '–' : `${Math.round(100 * tried.success)} %`],
    ['Return', compact(latest.meanReturn)],
    ['σ', compact(latest.sigma)],
  ];
}
