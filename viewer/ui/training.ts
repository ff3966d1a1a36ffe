/** A slider over the iterations of a training, which shows the same episode at each, over the curve of its success. */
import type { Recording } from '../../envs/recording/header.ts';
import type { App } from '../commands/command.ts';
import { trainingInView } from '../commands/film.ts';
import { changeDetector } from '../derive/memo.ts';
import { byId, icon, setLabel, setText, svg } from '../dom/elements.ts';
import { integer, reachedText } from '../dom/format.ts';
import type { Snapshot, TrainingRun } from '../files/training.ts';
import { curvePoints, sameEpisode } from '../state/film.ts';
import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import { commandOf, reflectCommand, shortcutOf } from './command-button.ts';

export function trainingSlider(app: App): void {
  const { root, session } = app;
  const box = byId(root, 'training', HTMLElement);
  const slider = byId(root, 'iteration', HTMLInputElement);
  const note = byId(root, 'iteration-note', HTMLOutputElement);
  const final = byId(root, 'final-policy', HTMLButtonElement);
  const drawCurve = successCurve(byId(root, 'learning', SVGSVGElement));
  filmButtons(app);
  followControls(app, slider, final);
  const isNew = changeDetector();
  session.watch(({ name, recording }) => {
    const run = trainingInView(app);
    if (!isNew(recording, run)) return;
    box.hidden = !run;
    if (!run) return;
    const last = run.snapshots.length - 1;
    const at = run.indexOf(name);
    const index = at < 0 ? last : at;
    slider.max = String(last);
    slider.value = String(index);
    slider.classList.toggle('apart', at < 0);
    slider.style.setProperty('--share', String(index / last));
    const [when, steps, ...outcome] = describe(run.snapshots[at], recording);
    setText(note, [when, ...outcome].join(' · '));
    const text = [when, steps, ...outcome].join(' · ');
    note.title = text;
    slider.setAttribute('aria-valuetext', text);
    // A button that goes takes the focus along.
    const hadFocus = final.matches(':focus');
    final.hidden = at < 0 || run.indexOf(run.name) >= 0;
    if (final.hidden && hadFocus) slider.focus();
    drawCurve(run.successes);
  });
}

/** Shows what the slider points at, or the rollouts of the finished run, which are on goals of their own, so on none of its stops. */
function followControls(app: App, slider: HTMLInputElement, final: HTMLButtonElement): void {
  const { session, messages } = app;
  let latest: object | undefined;
  const open = async (run: TrainingRun, name: string, load: () => Promise<Recording>) => {
    const own = {};
    latest = own;
    try {
      const recording = await load();
      if (latest === own && trainingInView(app) === run) openInPlace(session, name, recording);
    } catch (reason) {
      messages.fail(name, reason, session.moment()?.name);
    }
  };
  const show = () => {
    const run = trainingInView(app);
    const index = slider.valueAsNumber;
    if (!run || run.indexOf(session.moment()?.name ?? '') === index) return;
    void open(run, run.snapshots[index].name, () => run.load(index));
  };
  slider.addEventListener('input', show);
  slider.addEventListener('click', show);
  slider.addEventListener('keyup', ({ key }) => {
    if (/^(Arrow|End)/.test(key)) show();
  });
  final.addEventListener('click', () => {
    const run = trainingInView(app);
    if (run) void open(run, run.name, () => run.loadFinal());
  });
}

function filmButtons(app: App): void {
  const { root, session } = app;
  const command = commandOf(app, 'film');
  const button = byId(root, 'film', HTMLButtonElement);
  button.prepend(icon('play'), icon('pause'));
  button.addEventListener('click', () => void command.run(app));
  const exporting = commandOf(app, 'film-export');
  const exporter = byId(root, 'film-export', HTMLButtonElement);
  exporter.append(icon('video'));
  setLabel(exporter, exporting.title, shortcutOf(exporting));
  reflectCommand(app, exporting, exporter);
  exporter.addEventListener('click', () => void exporting.run(app));
  const caption = byId(root, 'film-caption', HTMLElement);
  const [title, detail] = [...caption.children];
  session.watchState(({ film }) => {
    root.dataset.film = film ? 'playing' : '';
    setLabel(button, film ? 'Stop the film' : 'Watch it learn', shortcutOf(command));
    caption.hidden = !film;
    setText(title, film?.title ?? '');
    setText(detail, film?.detail ?? '');
  });
}

/** Opens a recording at the episode and step in view; goes on playing. */
export function openInPlace(session: Session, name: string, recording: Recording): void {
  const before = session.player;
  session.open(name, recording);
  if (!before) return;
  const { episode, position, playing } = before;
  session.change((player) => ({ ...seek(player, position, sameEpisode(episode, player.lengths.length)), playing }));
}

/**
 * @param snapshot undefined for the rollouts of the finished run
 * @returns when in the training, the steps trained until then, and how many goals were reached where the task has some
 */
function describe(snapshot: Snapshot | undefined, { header, episodes }: Recording): readonly string[] {
  return [
    snapshot ? `iteration ${integer(snapshot.iteration)}` : 'final policy, other goals',
    `${integer(header.policy.trainedSteps)} steps`,
    ...(header.spec.hasSuccess ? [reachedText(episodes)] : []),
  ];
}

/** Height of the curve's drawing; its width is in snapshots. */
const curveHeight = 100;

/** @returns draws shares of goals reached, one for each stop of the slider; those that are not known are left out */
function successCurve(drawing: SVGSVGElement): (successes: readonly (number | undefined)[]) => void {
  const area = svg('path', { class: 'area' });
  const line = svg('path', { class: 'line' });
  drawing.append(area, line);
  return (successes) => {
    const points = curvePoints(successes);
    drawing.setAttribute('viewBox', `0 0 ${successes.length - 1} ${curveHeight}`);
    const path = points.map(([x, y]) => `${x} ${curveHeight * (1 - y)}`).join('L');
    const [first, last] = [points[0]?.[0] ?? 0, points[points.length - 1]?.[0] ?? 0];
    line.setAttribute('d', path && `M${path}`);
    area.setAttribute('d', path && `M${first} ${curveHeight}L${path}L${last} ${curveHeight}Z`);
  };
}
