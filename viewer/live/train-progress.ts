/** How a training goes: its figures, its curve, and what to do with it. */
import { button, html, setText } from '../dom/elements.ts';
import { compact, integer } from '../dom/format.ts';
import { download } from '../export/picture.ts';
import { learningCurve } from './learning-curve.ts';
import { canPickFolders, pickFolder } from './pick-folder.ts';
import type { Room } from './room.ts';
import type { Training } from './training.ts';
import type { Saved } from './worker/messages.ts';

interface Actions {
  /** Goes on with what the browser keeps of it. */
  goOn(): void;
  /** Shows what the training learns from. */
  readonly swarm: HTMLElement;
  fork(): void;
  another(): void;
}

export function trainProgress(room: Room, own: Training, { swarm, goOn, fork, another }: Actions): HTMLElement {
  const curve = learningCurve();
  const about = html('p', 'small quiet');
  const status = html('p', 'train-status');
  status.setAttribute('role', 'status');
  const warning = html('p', 'small warn');
  const bar = html('progress');
  bar.setAttribute('aria-label', 'Training steps spent');
  const figures = html('dl', 'figures');
  const failure = html('p', 'small warn');
  const hold = button('button', () => own.hold(own.phase === 'training'), 'Pause training');
  const goOnKept = button('button primary', goOn, 'Go on with what is kept');
  const saveRun = button('button', () => void save(room, own, 'run'), 'Save the run');
  const saveFolder = button('button', () => void saveInto(room, own), 'Save into a folder …');
  saveFolder.title = 'The same files, as a new folder within the one that you pick';
  const savePolicy = button('button', () => void save(room, own, 'policy'), 'Save the policy');
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
    setText(failure, own.failure);
    failure.hidden = own.failure === '';
    hold.hidden = phase === 'done' || phase === 'failed';
    hold.disabled = phase === 'starting' || phase === 'pausing';
    setText(hold, phase === 'held' ? 'Go on training' : 'Pause training');
    goOnKept.hidden = !own.isGone || !begun?.isLasting;
    for (const each of [saveRun, saveFolder, savePolicy, forkIt]) each.disabled = !begun;
    for (const each of [saveRun, savePolicy, forkIt]) each.hidden = own.isGone;
    saveFolder.hidden = own.isGone || !canPickFolders();
    setText(kept, begun && !own.isGone ? keptText(own) : '');
    kept.className = own.notKept ? 'small warn' : 'small quiet';
    if (!begun) return;
    const { env, arm, algorithm, seed, steps } = begun.choice;
    setText(about, `${env} · ${arm} · ${algorithm} · seed ${seed}`);
    Object.assign(bar, { max: steps, value: stepsOf(own) });
    // What is solved has steps left, of which none is to come.
    bar.hidden = phase === 'done';
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
  const actions = html('div', 'row', goOnKept, hold, saveRun, saveFolder, savePolicy, forkIt, other);
  const figured = [bar, curve.element, figures];
  return html('section', '', about, status, failure, ...figured, warning, swarm, actions, kept, tip);
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

async function save({ app: { messages } }: Room, own: Training, what: Saved['what']): Promise<void> {
  try {
    const { bytes, name } = await own.save(what);
    download(new Blob([bytes]), name);
  } catch (reason) {
    messages.fail('The run', reason, undefined, 'was not saved');
  }
}

/** Writes the run into a folder that the reader picks. */
async function saveInto({ app: { messages } }: Room, own: Training): Promise<void> {
  try {
    const folder = await pickFolder('readwrite');
    if (!folder) return;
    const { name } = await own.saveInto(folder);
    messages.say('Saved the run', `Its files are in ${folder.name}/${name}: armature resume goes on with it.`);
  } catch (reason) {
    messages.fail('The run', reason, undefined, 'was not saved');
  }
}

function stepsOf({ latest, begun }: Training): number {
  return latest?.envSteps ?? begun?.envSteps ?? 0;
}

function textOf({ phase, latest, begun }: Training): string {
  switch (phase) {
    case 'failed':
      return begun ? 'Training stopped' : 'Nothing was begun';
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

function keptText({ begun, notKept }: Training): string {
  if (notKept) return `This browser does not keep the run: ${notKept}. Save it before you close the page.`;
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
