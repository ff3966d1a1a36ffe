/** "Watch it learn": the same episode at several times of its training, in one scene and from one place. */
import type { Recording } from '../../envs/recording/header.ts';
import { integer, reachedText, speedText } from '../dom/format.ts';
import type { Caption } from '../export/caption.ts';
import type { Snapshot, TrainingRun } from '../files/training.ts';
import { chooseStops, type Film, filmAt, filmOf, type Stop, sameEpisode, usualFilm } from '../state/film.ts';
import { type Player, pause, seek, usualSpeed } from '../state/player.ts';
import type { State } from '../state/state.ts';
import { type App, inGroup, isReplay } from './command.ts';

interface FilmStop extends Stop {
  /** Index among the snapshots of the run. */
  readonly index: number;
  readonly snapshot: Snapshot;
  readonly recording: Recording;
  /** How many goals were reached; nothing where the task has none. */
  readonly outcome: readonly string[];
}

/** A film whose recordings are at hand. */
export interface LoadedFilm {
  readonly run: TrainingRun;
  readonly episode: number;
  /** Seconds per control step. */
  readonly dt: number;
  readonly stops: readonly FilmStop[];
}

/** The training that what is in view is of. */
export function trainingInView({ session, trainings }: App): TrainingRun | undefined {
  const { files, file, isLive } = session.state;
  return isLive ? undefined : trainings.of(files.find(({ id }) => id === file)?.name);
}

/** Whether what is in view is of a training that can be gone through. */
export function hasTraining(app: App): boolean {
  return isReplay(app) && trainingInView(app) !== undefined;
}

/**
 * Loads what a film shows of the training in view, and has the camera take in all of it.
 * @throws Error where a recording cannot be had or another one was opened meanwhile, and the signal's reason when it ends the work
 */
export async function loadFilm(app: App, signal: AbortSignal, say: (text: string) => void): Promise<LoadedFilm> {
  const { session, stage } = app;
  const run = trainingInView(app);
  if (!run) throw new Error('there are no recordings over training time of what is in view');
  const { player, swarm } = session.state;
  // How the untrained policy did is in no table of the run: it is known once its recording is loaded.
  const first = await run.load(0);
  const chosen = chooseStops(run.successes);
  const recordings: Recording[] = [];
  for (const index of chosen) {
    say(`Loading the training: ${recordings.length + 1} of ${chosen.length}.`);
    recordings.push(await run.load(index));
    signal.throwIfAborted();
  }
  if (trainingInView(app)?.name !== run.name) throw new Error('another recording was opened meanwhile');
  const episode = sameEpisode(player?.episode ?? 0, Math.min(...recordings.map(({ episodes }) => episodes.length)));
  const stops = recordings.map((recording, k) => {
    const index = chosen[k];
    const snapshot = run.snapshots[index];
    const shown = swarm ? recording.episodes : [recording.episodes[episode]];
    const steps = Math.max(...shown.map((each) => each.steps));
    const success = shown.every((each) => each.success);
    const outcome = recording.header.spec.hasSuccess ? [reachedText(recording.episodes)] : [];
    return { index, snapshot, recording, outcome, steps, success };
  });
  stage.takeIn(recordings);
  return { run, episode, dt: first.header.spec.dt, stops };
}

/** Shows what a film shows at a time. @returns which of its stops that is, and what is said of it */
export function showFilm(
  { session }: App,
  { stops, episode }: LoadedFilm,
  film: Film,
  seconds: number,
): FilmStop & { readonly caption: Caption } {
  const { stop, position } = filmAt(film, seconds);
  const shown = stops[stop];
  const { name } = shown.snapshot;
  const caption = { title: iterationText(shown.snapshot), detail: filmDetail(shown, film.speed) };
  const { film: told, player: before } = session.state;
  const chosenSpeed = told ? told.chosenSpeed : before && chosenSpeedOf(before);
  const isOpen = ({ files, file }: State) =>
    files.some(({ id, recording }) => id === file && recording === shown.recording);
  if (!isOpen(session.state)) session.open(name, shown.recording);
  const there = (player: Player) => ({ ...seek(player, 0, episode), playing: false, position, speed: film.speed });
  session.update((state) => ({
    ...state,
    player: state.player && there(state.player),
    film: { ...caption, speed: film.speed, chosenSpeed },
  }));
  return { ...shown, caption };
}

function iterationText({ iteration }: Pick<Snapshot, 'iteration'>): string {
  return iteration === 0 ? 'Before training' : `Iteration ${integer(iteration)}`;
}

/** `15 of 16 reached · 0.4× speed` */
function filmDetail({ outcome }: FilmStop, speed: number): string {
  return [...outcome, `${speedText(speed)} speed`].join(' · ');
}

/** Undefined where a player has the usual speed of its recording. */
function chosenSpeedOf(player: Player): number | undefined {
  return player.speed === usualSpeed(player) ? undefined : player.speed;
}

/** Plays the film on from the time of training in view, from its beginning where that is the end; or stops it, or its export. */
export async function toggleFilm(app: App): Promise<void> {
  if (app.frames.film) {
    stopFilm(app);
    app.session.change(pause);
    return;
  }
  if (app.session.state.film) {
    app.task.stop();
    return;
  }
  await app.task.run('The film', async (signal, say) => {
    const loaded = await loadFilm(app, signal, say);
    const film = filmOf(loaded.stops, { dt: loaded.dt, ...usualFilm });
    playFilm(app, loaded, film);
  });
}

function playFilm(app: App, loaded: LoadedFilm, film: Film): void {
  const { session, frames } = app;
  const inView = loaded.run.indexOf(session.moment()?.name ?? '');
  const last = loaded.stops.length - 1;
  const from = inView < 0 ? last : loaded.stops.findLastIndex(({ index }) => index <= inView);
  let seconds = from === last ? 0 : film.starts[from];
  const show = () => {
    showFilm(app, loaded, film, Math.min(seconds, film.seconds));
    return session.player;
  };
  let shown = show();
  frames.film = (passed) => {
    // Whoever moves the replay by other means wants to see that.
    if (!isAt(session.player, shown)) return stopFilm(app);
    seconds += passed;
    const isOver = seconds >= film.seconds;
    if (isOver && !['off', 'once'].includes(session.player?.loop ?? 'off')) seconds = 0;
    shown = show();
    return isOver && seconds > 0 ? stopFilm(app) : true;
  };
  frames.request();
}

/** Whether two players stand at the same time in the same way; the order of the list comes with each recording that is opened. */
function isAt(player: Player | undefined, other: Player | undefined): boolean {
  const { order: _, ...own } = player ?? {};
  const { order: __, ...others } = other ?? {};
  const keys = new Set([...Object.keys(own), ...Object.keys(others)]) as Set<keyof typeof own>;
  return [...keys].every((key) => Object.is(own[key], others[key]));
}

/** Stops the film if it plays, and gives the replay its own speed back. @returns that there is no more to come */
export function stopFilm({ frames, session }: App): false {
  if (!frames.film) return false;
  frames.film = undefined;
  session.update(withoutFilm);
  return false;
}

/** The state after a film, at the replay's own speed. */
export function withoutFilm(state: State): State {
  return { ...state, film: undefined, player: state.player && atOwnSpeed(state.player, state) };
}

/** A speed that is not the film's was chosen during the film, and stays. */
function atOwnSpeed(player: Player, { film }: State): Player {
  return film && player.speed === film.speed ? { ...player, speed: film.chosenSpeed ?? usualSpeed(player) } : player;
}

export const filmCommands = inGroup('Playback', [
  {
    id: 'film',
    title: 'Watch it learn: play the training, or stop it',
    keys: ['m'],
    when: hasTraining,
    run: toggleFilm,
  },
]);
