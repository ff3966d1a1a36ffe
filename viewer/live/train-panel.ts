/** Trains a policy in the page, while the arm acts by the newest one. */
import { button, html } from '../dom/elements.ts';
import { dismissWorker, prepareTraining } from '../files/spare-worker.ts';
import { numberField } from './controls.ts';
import { type KeptRuns, keptRuns } from './kept-runs.ts';
import type { Room } from './room.ts';
import type { PolicySource } from './source.ts';
import { trainingSwarm } from './swarm.ts';
import { trainForm } from './train-form.ts';
import { trainProgress } from './train-progress.ts';
import { Training } from './training.ts';
import type { Beginning, Catalogue, TrainingChoice } from './worker/messages.ts';

/** Goes on when the room is left. */
let training: Training | undefined;

/** Web Workers that run episodes: one a core; batches of the usual size are too small for more than a few. */
let workers = Math.min(navigator.hardwareConcurrency || 1, 8);

/** The training that there is, if any. */
export function currentTraining(): Training | undefined {
  return training;
}

/** A run that another is to be started from, with its policy's file. */
type Fork = Pick<Extract<Beginning, { kind: 'fork' }>, 'run' | 'bytes'>;

export interface TrainPanel {
  readonly element: HTMLElement;
  begin(beginning: Beginning): void;
}

/** @param acting the file of the policy that acts, where it came from one */
export function trainPanel(room: Room, acting: () => PolicySource | undefined): TrainPanel {
  const element = html('div', 'train-panel');
  element.tabIndex = -1;
  let forked: Fork | null = null;
  let isAsked = false;
  let kept: KeptRuns | undefined;
  const swarm = trainingSwarm(room);
  const { ask, show } = asking(room, element);
  const fail = (what: string, reason: unknown) =>
    room.app.messages.fail('The run', reason, undefined, `was not ${what}`);
  const watch = (own: Training) => {
    forked = null;
    swarm.follow(own);
    const actions = {
      swarm: swarm.element,
      goOn: () => begin({ kind: 'kept', run: own.begun?.run ?? '' }),
      fork: () => void fork(own).catch((reason) => fail('forked', reason)),
      another: () => again(own),
    };
    replaceKeepingFocus(element, [trainProgress(room, own, actions)]);
  };
  const begin = (beginning: Beginning) => {
    training?.close();
    training = startTraining(room, beginning);
    isAsked = true;
    watch(training);
  };
  const again = (own: Training) => {
    own.close();
    training = undefined;
    ask(own.begun?.choice ?? {});
  };
  const fork = async (own: Training) => {
    const { run, choice } = own.begun ?? {};
    if (run === undefined || !choice) return;
    own.hold(true);
    forked = { run, bytes: (await own.save('policy')).bytes };
    ask(choice);
  };
  room.answers.push((answer) => {
    if (answer.type === 'failed' && answer.of === 'catalogue') {
      enable(element, true);
      room.app.messages.fail('The form', new Error(answer.message));
    }
    if (answer.type === 'failed' && answer.of === 'remove-run') fail('removed', new Error(answer.message));
    if (answer.type === 'kept-runs') kept?.show(answer.runs);
    // A form that was asked for before a run was opened comes too late.
    if (answer.type !== 'catalogue' || (training && !forked)) return;
    show(forked ? forkForm(answer, forked, { ask, begin, back: () => training && watch(training) }) : newForm(answer));
  });
  const newForm = (catalogue: Catalogue): HTMLElement[] => {
    const form = trainForm(catalogue, ask, false);
    const source = room.state.opened?.isInTraining ? undefined : acting();
    const fail = (reason: unknown) => room.app.messages.fail('The folder', reason);
    kept = keptRuns(source, { begin, fail, remove: (run) => room.send({ type: 'remove-run', run }) });
    room.send({ type: 'kept-runs' });
    // Whoever reads the form does not wait after it.
    prepareTraining(workers);
    const actions = start('Train', (untilSolved) => begin({ kind: 'new', choice: form.choice(), untilSolved }));
    return [kept.element, form.element, ...actions];
  };
  room.watch(({ mode }) => {
    if (mode !== 'train' || isAsked) return;
    isAsked = true;
    if (training) watch(training);
    else ask({});
  });
  room.closing.signal.addEventListener('abort', dismissWorker);
  leaveOneToDrawing(room);
  return { element, begin };
}

/** Begins a training; that it has failed, whoever plays meanwhile is told, and does not see by its panel. */
function startTraining(room: Room, beginning: Beginning): Training {
  const { messages } = room.app;
  const own = new Training(beginning, workers);
  const show = () => {
    messages.clear();
    room.set({ mode: 'train' });
  };
  let isTold = false;
  const look = () => {
    if (isTold || own.phase !== 'failed' || room.state.mode === 'train') return;
    isTold = true;
    messages.tell('The training stopped', own.failure, button('button primary', show, 'Show it'));
  };
  own.watch(look, room.closing.signal);
  return own;
}

/** A scene that has not been drawn for so long is out of sight, or stands still, ms. */
const outOfSight = 1000;

/** Where the processor draws, one core does that as long as there is something to draw, and runs episodes else. */
function leaveOneToDrawing({ app, frames, closing }: Room): void {
  if (!app.stage.drawsInSoftware) return;
  let drawn = Number.NEGATIVE_INFINITY;
  frames.push(() => {
    drawn = performance.now();
  });
  const looking = setInterval(() => training?.leave(performance.now() - drawn < outOfSight ? 1 : 0), outOfSight / 4);
  closing.signal.addEventListener('abort', () => {
    clearInterval(looking);
    training?.leave(0);
  });
}

/** Asks for the form that goes with what was chosen: until it is there, nothing is typed into the one that is, nor trained by it. */
function asking(room: Room, element: HTMLElement) {
  /** What the control is called that has the focus; empty of a button, undefined where it is elsewhere. */
  let focused: string | undefined;
  let open: readonly (string | null)[] = [];
  return {
    ask(choice: Partial<TrainingChoice>): void {
      const { activeElement } = element.getRootNode() as Document | ShadowRoot;
      focused = element.contains(activeElement) ? nameOf(activeElement) : undefined;
      open = [...element.querySelectorAll('details[open] > summary')].map(({ textContent }) => textContent);
      enable(element, false);
      room.send({ type: 'catalogue', choice });
    },
    show(parts: readonly HTMLElement[]): void {
      element.replaceChildren(...parts);
      for (const summary of element.querySelectorAll('summary'))
        if (open.includes(summary.textContent)) (summary.parentElement as HTMLDetailsElement).open = true;
      if (focused === undefined) return;
      const controls = [...element.querySelectorAll<HTMLElement>('select, input')];
      (controls.find((control) => nameOf(control) === focused) ?? element).focus({ preventScroll: true });
    },
  };
}

/** What a control is called on the page. */
function nameOf(control: Element | null): string {
  return (control as HTMLInputElement | HTMLSelectElement | null)?.labels?.[0]?.textContent ?? '';
}

/** Who has the focus in what is replaced goes on from its beginning. */
function replaceKeepingFocus(element: HTMLElement, parts: readonly HTMLElement[]): void {
  const { activeElement } = element.getRootNode() as Document | ShadowRoot;
  const hadFocus = element.contains(activeElement);
  element.replaceChildren(...parts);
  if (hadFocus) element.focus({ preventScroll: true });
}

function enable(form: HTMLElement, isEnabled: boolean): void {
  for (const control of form.querySelectorAll<HTMLInputElement>('input, select, button')) control.disabled = !isEnabled;
}

interface ForkActions {
  ask(choice: Partial<TrainingChoice>): void;
  begin(beginning: Beginning): void;
  back(): void;
}

function forkForm(catalogue: Catalogue, { run, bytes }: Fork, { ask, begin, back }: ForkActions): HTMLElement[] {
  const form = trainForm(catalogue, ask, true);
  const text = `Another run from where ${run} stands, which stays as it is. Change what you like.`;
  const head = html('section', '', html('h3', '', `Fork of ${run}`), html('p', 'small quiet', text));
  const actions = start('Start the fork', (untilSolved) => {
    begin({ kind: 'fork', run, bytes, choice: form.choice(), untilSolved });
  });
  actions[1].append(button('button', back, 'Back to the run'));
  return [head, form.element, ...actions];
}

/** Workers, and the buttons that stay in view. */
function start(text: string, begin: (untilSolved: boolean) => void): readonly [HTMLElement, HTMLElement] {
  const solved = Object.assign(html('input'), { type: 'checkbox', checked: true });
  const until = html('label', 'check', solved, html('span', '', 'Stop once it is solved'));
  const threads = numberField('Workers', { step: 1, low: 1, high: 16 }, (value) => {
    workers = Math.min(16, Math.max(1, Math.round(value)));
  });
  threads.set(workers);
  threads.element.title = 'Web Workers that run episodes; no result depends on it';
  const actions = html(
    'section',
    'start',
    until,
    button('button primary', () => begin(solved.checked), text),
  );
  return [html('section', 'form', threads.element), actions];
}
