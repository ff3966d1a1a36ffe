/** Pictures, videos and animations of the scene. What asks for their details and makes them is loaded when it is wanted. */
import { type Choice, type Subject, stretchTiming, type Timing, within } from '../export/choice.ts';
import type { Encoded } from '../export/frames.ts';
import { filmOf, restored, usualFilm } from '../state/film.ts';
import { holdOf, type Player, type StepRange, spanOf } from '../state/player.ts';
import type { Moment, OpenFile, State } from '../state/state.ts';
import { type App, type Command, inGroup, isDrawn, isReplay } from './command.ts';
import { hasTraining, type LoadedFilm, loadFilm, stopFilm, withoutFilm } from './film.ts';

/** While one export takes its pictures, another would begin with one of these. */
const isShown = (app: App) => isReplay(app) && isDrawn(app) && app.root.dataset.exporting === undefined;

export const exportCommands = inGroup('File', [
  {
    id: 'picture',
    title: 'Save a picture of the scene',
    words: 'screenshot image photo png download export',
    keys: ['p'],
    icon: 'camera',
    when: isShown,
    run: exportOf('picture'),
  },
  {
    id: 'video',
    title: 'Export the episode, or the looped stretch, as a video',
    words: 'record gif webp mp4 webm film movie animation download save',
    keys: ['Shift+V'],
    icon: 'video',
    when: isShown,
    run: exportOf('episode'),
  },
  {
    id: 'film-export',
    title: 'Export “Watch it learn” as a video or an animation',
    words: 'record gif webp mp4 webm film movie training download save',
    keys: ['Shift+M'],
    when: (app: App) => isShown(app) && hasTraining(app),
    run: exportOf('film'),
  },
  {
    id: 'stop',
    title: 'Stop the export or verification',
    keys: ['Escape'],
    when: ({ task }: App) => task.isRunning,
    run: ({ task }: App) => task.stop(),
  },
]);

const names: Readonly<Record<Subject, string>> = { picture: 'The picture', episode: 'The video', film: 'The film' };

function exportOf(subject: Subject): Command['run'] {
  return async (app) => {
    const { session, task, messages } = app;
    stopFilm(app);
    await task.run(names[subject], async (signal, say) => {
      const film = subject === 'film' ? await loadFilm(app, signal, say) : undefined;
      const before = session.state;
      // What is exported is what was in view when that was asked for.
      session.change((player) => ({ ...player, playing: false }));
      const moment = session.moment();
      if (!moment) return;
      let saved: string | undefined;
      try {
        saved = await exportMoment({ app, subject, moment, film }, signal, say);
      } finally {
        goBack(app, before, film);
      }
      if (saved) messages.answer(`Saved as ${saved}`);
    });
  };
}

/** What is asked for: the moment of the recording in view, its episode or the film of its training. */
interface Wanted {
  readonly app: App;
  readonly subject: Subject;
  readonly moment: Moment;
  readonly film?: LoadedFilm;
}

/** @returns the name of the file; undefined where the reader thinks better of it */
async function exportMoment(
  wanted: Wanted,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<string | undefined> {
  const { app, subject } = wanted;
  app.messages.busy();
  const { askForExport } = await import('../export/dialog.ts');
  const choice = await askForExport(app.root, { subject, ...usualTiming(wanted) }, signal);
  if (!choice) return undefined;
  const { blob, extension } = await make(wanted, choice, signal, say);
  const { download } = await import('../export/picture.ts');
  const name = `${fileName(wanted)}.${extension}`;
  download(blob, name);
  return name;
}

/** How long an export takes at which speed, and the speed and the hold that it has if nothing else is asked for. */
function usualTiming({ moment: { player }, film }: Wanted): { timing: Timing; speed: number; hold: number } {
  if (film) {
    const { stops, dt } = film;
    const timing: Timing = {
      seconds: (speed, hold) => filmOf(stops, { dt, speed, hold }).seconds,
      speed: (seconds, hold) => within(filmOf(stops, { dt, seconds, hold }).speed),
    };
    return { timing, speed: timing.speed(usualFilm.seconds, usualFilm.hold), hold: usualFilm.hold };
  }
  const { from, to } = stretchOf(player);
  const hold = Math.round(10 * holdOf(player)) / 10;
  return { timing: stretchTiming((to - from) * player.dt), speed: player.speed, hold };
}

function stretchOf(player: Player): StepRange {
  const { loop, selection } = player;
  return loop === 'selection' && selection ? selection : spanOf(player);
}

async function make(
  { app, moment, film, subject }: Wanted,
  choice: Choice,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Encoded> {
  const { takePicture, takeSequence, episodeSequence, filmSequence } = await import('./take.ts');
  if (subject === 'picture') return takePicture(app, moment, choice);
  const sequence = film
    ? filmSequence(app, film, moment.state.file, choice)
    : episodeSequence(app, moment, stretchOf(moment.player), choice);
  return takeSequence(app, sequence, choice, signal, say);
}

/** Shows what was in view before, unless another recording was opened meanwhile. */
function goBack({ session }: App, before: State, film: LoadedFilm | undefined): void {
  const isOfFilm = ({ recording }: OpenFile) => film?.stops.some((stop) => stop.recording === recording) === true;
  session.update((state) => {
    const inView = state.files.find(({ id }) => id === state.file);
    const isOwn = state.file === before.file || (inView !== undefined && isOfFilm(inView));
    return isOwn ? restored(state, before, isOfFilm) : withoutFilm(state);
  });
}

/** Named by recording and moment, as panda-reach-joints-s0-episode-3-step-12; a film also by the folder of its run. */
function fileName({ subject, moment, film }: Wanted): string {
  const safe = (text: string) => text.replace(/[^\w.-]+/g, '-');
  const { name } = moment.recording.header.policy;
  const episode = `${name}-episode-${moment.player.episode + 1}`;
  const run = film?.run.name.split('/').slice(0, -1).join('-');
  const learns = [name, ...(run ? [run] : []), 'learns'].join('-');
  return safe({ picture: `${episode}-step-${moment.step}`, episode, film: learns }[subject]);
}
