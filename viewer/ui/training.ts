/** A slider over the iterations of a training, which shows the same episode at each, over the curve of its success. */
import type { Recording } from '../../envs/recording/header.ts';
import type { App } from '../commands/command.ts';
import { trainingInView } from '../commands/film.ts';
import { changeDetector } from '../derive/memo.ts';
import { byId, icon, setLabel, setText, svg } from '../dom/elements.ts';
import { integer } from '../dom/format.ts';
import type { Snapshot, TrainingRun } from '../files/training.ts';
import { curvePoints } from '../state/film.ts';
import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import { commandOf, shortcutOf } from './command-button.ts';

export function trainingSlider(app: App): void {
  const { root, session } = app;
  const box = byId(root, 'training', HTMLElement);
  const slider = byId(root, 'iteration', HTMLInputElement);
  const note = byId(root, 'iteration-note', HTMLOutputElement);
  const drawCurve = successCurve(byId(root, 'learning', SVGSVGElement));
  filmButtons(app);
  followSlider(app, slider);
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
    const text = describe(run.snapshots[at], recording);
    setText(note, text);
    note.title = text;
    slider.setAttribute('aria-valuetext', text);
    drawCurve(run.successes);
  });
}

/** Shows what the slider points at. At its end it can point at what is not in view: the rollouts of the end are on goals of their own. */
function followSlider(app: App, slider: HTMLInputElement): void {
  const { session, messages } = app;
  let wanted: { readonly run: TrainingRun; readonly index: number } | undefined;
  const show = async () => {
    const run = trainingInView(app);
    const index = slider.valueAsNumber;
    if (!run || run.indexOf(session.moment()?.name ?? '') === index) return;
    const own = { run, index };
    wanted = own;
    try {
      const recording = await run.load(index);
      if (wanted === own && trainingInView(app) === run) openInPlace(session, run.snapshots[index].name, recording);
    } catch (reason) {
      messages.fail(run.snapshots[index].name, reason, session.moment()?.name);
    }
  };
  slider.addEventListener('input', show);
  slider.addEventListener('click', show);
  slider.addEventListener('keyup', ({ key }) => {
    if (/^(Arrow|End)/.test(key)) void show();
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
function openInPlace(session: Session, name: string, recording: Recording): void {
  const before = session.player;
  session.open(name, recording);
  if (!before) return;
  const { episode, position, playing } = before;
  session.change((player) => ({ ...seek(player, position, Math.min(episode, player.lengths.length - 1)), playing }));
}

/** @param snapshot undefined for the rollouts of the finished run */
function describe(snapshot: Snapshot | undefined, { header, episodes }: Recording): string {
  const reached = episodes.filter(({ success }) => success).length;
  const rate =
    snapshot?.success === undefined
      ? `${reached} of ${episodes.length} reached`
      : `${Math.round(100 * snapshot.success)} % reached`;
  return [
    ...(snapshot
      ? [`iteration ${integer(snapshot.iteration)}`, `${integer(header.policy.trainedSteps)} steps`]
      : ['final policy, other goals']),
    ...(header.spec.hasSuccess ? [rate] : []),
  ].join(' · ');
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
