/** "Watch it learn": the same episode at several times of its training, in one scene and from one place. */
import type { Recording } from '../../envs/recording/header.ts';
import { integer } from '../dom/format.ts';
import type { Snapshot, TrainingRun } from '../files/training.ts';
import { chooseStops, type Film, filmAt, filmOf, type Stop, usualFilm } from '../state/film.ts';
import { type Player, seek } from '../state/player.ts';
import type { State } from '../state/state.ts';
import { type App, inGroup, isReplay } from './command.ts';

interface FilmStop extends Stop {
  /** Index among the snapshots of the run. */
  readonly index: number;
  readonly snapshot: Snapshot;
  readonly recording: Recording;
  /** Share of goals reached; undefined where the task has no goal to reach. */
  readonly rate?: number;
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

/**
 * Loads what a film shows of the training in view, and has the camera take in all of it.
 * @throws Error where a recording cannot be had, and the signal's reason when it ends the work
 */
export async function loadFilm(app: App, signal: AbortSignal, say: (text: string) => void): Promise<LoadedFilm> {
  const { session, stage } = app;
  const run = trainingInView(app);
  if (!run) throw new Error('there are no recordings over training time of what is in view');
  // How the untrained policy did is in no table of the run.
  const first = await run.load(0);
  const chosen = chooseStops(run.successes);
  const recordings: Recording[] = [];
  for (const index of chosen) {
    say(`Loading the training: ${recordings.length + 1} of ${chosen.length}.`);
    recordings.push(await run.load(index));
    signal.throwIfAborted();
  }
  const { player, swarm } = session.state;
  const episode = Math.min(player?.episode ?? 0, ...recordings.map(({ episodes }) => episodes.length - 1));
  const rates = run.successes;
  const stops = recordings.map((recording, k) => {
    const index = chosen[k];
    const shown = swarm ? recording.episodes : [recording.episodes[episode]];
    const steps = Math.max(...shown.map((each) => each.steps));
    const success = shown.every((each) => each.success);
    return { index, snapshot: run.snapshots[index], recording, rate: rates[index], steps, success };
  });
  stage.takeIn(recordings);
  return { run, episode, dt: first.header.spec.dt, stops };
}

/** Shows what a film shows at a time. @returns which of its stops that is, and what it is called */
export function showFilm(
  { session }: App,
  { stops, episode }: LoadedFilm,
  film: Film,
  seconds: number,
): FilmStop & { readonly caption: string } {
  const { stop, position } = filmAt(film, seconds);
  const shown = stops[stop];
  const { name } = shown.snapshot;
  const caption = iterationText(shown.snapshot);
  const isOpen = ({ files, file }: State) =>
    files.some(({ id, recording }) => id === file && recording === shown.recording);
  if (!isOpen(session.state)) session.open(name, shown.recording);
  const there = (player: Player) => ({ ...seek(player, 0, episode), playing: false, position });
  session.update((state) => ({
    ...state,
    player: state.player && there(state.player),
    film: { title: caption, detail: filmDetail(shown, film.speed) },
  }));
  return { ...shown, caption };
}

function iterationText({ iteration }: Pick<Snapshot, 'iteration'>): string {
  return iteration === 0 ? 'Before training' : `Iteration ${integer(iteration)}`;
}

/** `96 % reached · 0.4× speed` */
function filmDetail({ rate }: FilmStop, speed: number): string {
  const pace = `${Number(speed.toPrecision(2))}× speed`;
  return rate === undefined ? pace : `${Math.round(100 * rate)} % reached · ${pace}`;
}

/** Plays the film on from the time of training in view, from its beginning where that is the end; or stops it. */
async function toggleFilm(app: App): Promise<void> {
  if (app.frames.film) {
    stopFilm(app);
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
    if (session.player !== shown) return stopFilm(app);
    seconds += passed;
    const isOver = seconds >= film.seconds;
    if (isOver && session.player?.loop !== 'off') seconds = 0;
    shown = show();
    return isOver && seconds > 0 ? stopFilm(app) : true;
  };
  frames.request();
}

/** @returns that there is no more to come */
function stopFilm({ frames, session }: App): false {
  frames.film = undefined;
  session.set({ film: undefined });
  return false;
}

export const filmCommands = inGroup('Playback', [
  {
    id: 'film',
    title: 'Watch it learn: play the training, or stop it',
    keys: ['m'],
    when: (app: App) => isReplay(app) && trainingInView(app) !== undefined,
    run: toggleFilm,
  },
]);
