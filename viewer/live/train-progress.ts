/** How a training goes: its figures, its curve, and what to do with it. */
import { button, html, setText } from '../dom/elements.ts';
import { compact, integer } from '../dom/format.ts';
import { download } from '../export/picture.ts';
import { learningCurve } from './learning-curve.ts';
import type { Room } from './room.ts';
import type { Training } from './training.ts';
import type { Saved } from './worker/messages.ts';

interface Actions {
  fork(): void;
  another(): void;
}

export function trainProgress(room: Room, own: Training, { fork, another }: Actions): HTMLElement {
  const curve = learningCurve();
  const about = html('p', 'small quiet');
  const status = html('p', 'train-status');
  status.setAttribute('role', 'status');
  const warning = html('p', 'small warn');
  const bar = html('progress');
  bar.setAttribute('aria-label', 'Training steps spent');
  const figures = html('dl', 'figures');
  const hold = button('button', () => own.hold(own.phase === 'training'), 'Pause training');
  const saveRun = button('button', () => void save(own, 'run'), 'Save the run');
  const savePolicy = button('button', () => void save(own, 'policy'), 'Save the policy');
  saveRun.title = 'The folder that armature train writes, as a zip file: armature resume goes on with it';
  const forkIt = button('button', fork, 'Fork …');
  forkIt.title = 'Another run from here, with another learning rate, say';
  const kept = html('p', 'small quiet');
  const tip = html('p', 'small quiet', 'The arm acts by the newest policy. Drag its goal while it learns.');
  const show = () => {
    const { phase, begun, warning: warned } = own;
    setText(status, textOf(own));
    setText(warning, warned);
    warning.hidden = warned === '';
    hold.hidden = phase === 'done' || phase === 'failed';
    hold.disabled = phase === 'starting' || phase === 'pausing';
    setText(hold, phase === 'held' ? 'Go on training' : 'Pause training');
    for (const each of [saveRun, savePolicy, forkIt]) each.disabled = !begun;
    setText(kept, begun ? keptText(own) : '');
    if (!begun) return;
    const { env, arm, algorithm, seed, steps } = begun.choice;
    setText(about, `${env} · ${arm} · ${algorithm} · seed ${seed}`);
    Object.assign(bar, { max: steps, value: stepsOf(own) });
    curve.show(own.curve, steps);
    figures.replaceChildren(
      ...figuresOf(own).map(([name, value]) => html('div', '', html('dt', '', name), html('dd', '', value))),
    );
  };
  own.watch(show, room.closing.signal);
  show();
  act(room, own);
  room.watch(({ opened }) => {
    tip.hidden = !opened?.isInTraining;
  });
  const other = button('button', another, 'Train another');
  const actions = html('div', 'row', hold, saveRun, savePolicy, forkIt, other);
  return html('section', '', about, status, bar, curve.element, figures, warning, actions, kept, tip);
}

/** Has the arm act by the newest policy. */
function act(room: Room, own: Training): void {
  let acting: unknown;
  let known: unknown;
  const show = () => {
    const { begun, latest } = own;
    if (!begun) return;
    if (acting !== begun) room.send({ type: 'begin', config: begun.config, meshes: begun.meshes });
    acting = begun;
    const newest = latest ?? begun;
    if (known === newest) return;
    known = newest;
    room.send({ type: 'learned', snapshot: newest.snapshot, trainedSteps: newest.envSteps });
    if (room.state.opened?.isInTraining) room.set({ trainedSteps: newest.envSteps });
  };
  own.watch(show, room.closing.signal);
  show();
}

async function save(own: Training, what: Saved['what']): Promise<void> {
  const { bytes, name } = await own.save(what);
  download(new Blob([bytes]), name);
}

function stepsOf({ latest, begun }: Training): number {
  return latest?.envSteps ?? begun?.envSteps ?? 0;
}

function textOf({ phase, latest, begun, failure }: Training): string {
  switch (phase) {
    case 'failed':
      return failure;
    case 'starting':
      return 'Starting …';
    case 'pausing':
      return 'Pausing …';
    case 'held':
      return 'Paused';
    case 'training':
      return 'Training …';
    case 'done': {
      const { solved = false, envSteps = 0 } = latest ?? begun ?? {};
      return solved ? `Solved after ${integer(envSteps)} steps` : 'All steps are spent';
    }
  }
}

function keptText({ begun }: Training): string {
  if (!begun?.isLasting) return 'This browser keeps no files for this page: save the run before you close it.';
  return `Kept in this browser as ${begun.run}: reload or close the page, and go on with it here.`;
}

function figuresOf({ curve }: Training): [string, string][] {
  const last = curve.at(-1);
  if (!last) return [];
  const tried = curve.findLast(({ evaluated }) => evaluated)?.evaluated;
  return [
    ['Steps', integer(last.envSteps)],
    ['Success', tried?.success == null ? '–' : `${Math.round(100 * tried.success)} %`],
    ['Return', compact(last.meanReturn)],
    ['σ', compact(last.sigma)],
  ];
}
