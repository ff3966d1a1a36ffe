/** Pictures, videos and animations of the scene. What asks for their details and makes them is loaded when it is wanted. */
import { type Choice, type Subject, stretchTiming, type Timing, within } from '../export/choice.ts';
import { filmOf, usualFilm } from '../state/film.ts';
import { holdOf, type Player, type StepRange, spanOf } from '../state/player.ts';
import type { State } from '../state/state.ts';
import { type App, type Command, inGroup, isDrawn, isReplay } from './command.ts';
import { type LoadedFilm, loadFilm, trainingInView } from './film.ts';

const isShown = (app: App) => isReplay(app) && isDrawn(app);

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
    when: (app: App) => isShown(app) && trainingInView(app) !== undefined,
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
    app.frames.film = undefined;
    app.session.set({ film: undefined });
    await app.task.run(names[subject], async (signal, say) => {
      const film = subject === 'film' ? await loadFilm(app, signal, say) : undefined;
      app.messages.busy();
      const { askForExport } = await import('../export/dialog.ts');
      const choice = await askForExport(app.root, { subject, ...tellingOf(app, film) }, signal);
      if (choice) await make(app, choice, film, signal, say);
    });
  };
}

/** How long what is exported takes, and how it is told if nothing else is asked for. */
function tellingOf({ session }: App, film: LoadedFilm | undefined): { timing: Timing; speed: number; hold: number } {
  if (film) {
    const { stops, dt } = film;
    const timing: Timing = {
      seconds: (speed, hold) => filmOf(stops, { dt, speed, hold }).seconds,
      speed: (seconds, hold) => within(filmOf(stops, { dt, seconds, hold }).speed),
    };
    return { timing, speed: timing.speed(usualFilm.seconds, usualFilm.hold), hold: usualFilm.hold };
  }
  const { player } = session;
  if (!player) throw new Error('nothing is in view');
  const { from, to } = stretchOf(player);
  const hold = Math.round(10 * holdOf(player)) / 10;
  return { timing: stretchTiming((to - from) * player.dt), speed: player.speed, hold };
}

function stretchOf(player: Player): StepRange {
  const { loop, selection } = player;
  return loop === 'selection' && selection ? selection : spanOf(player);
}

async function make(
  app: App,
  choice: Choice,
  film: LoadedFilm | undefined,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const { session } = app;
  const before = session.state;
  if (!before.player) return;
  const name = fileName(app, choice.subject);
  const { takePicture, takeReel, episodeReel, filmReel } = await import('./take.ts');
  const { download } = await import('../export/picture.ts');
  try {
    const { blob, extension } =
      choice.subject === 'picture'
        ? await takePicture(app, choice)
        : await takeReel(
            app,
            film ? filmReel(app, film, choice) : episodeReel(app, stretchOf(before.player), choice),
            choice,
            signal,
            say,
          );
    download(blob, `${name}.${extension}`);
  } finally {
    goBack(app, before, film);
  }
}

/** Shows what was in view before, unless another recording was opened meanwhile. */
function goBack({ session }: App, before: State, film: LoadedFilm | undefined): void {
  const { files, file, player, compare, marks } = before;
  const isOwn = session.state.file === file || (film && film.run.indexOf(session.moment()?.name ?? '') >= 0);
  session.set({ ...(isOwn && { files, file, player, compare, marks }), film: undefined });
}

/** Named by recording and moment: panda-reach-joints-s0-episode-3-step-12 */
function fileName({ session }: App, subject: Subject): string {
  const moment = session.moment();
  if (!moment) return 'armature';
  const name = moment.recording.header.policy.name.replace(/[^\w.-]+/g, '-');
  const episode = `${name}-episode-${moment.player.episode + 1}`;
  return { picture: `${episode}-step-${moment.step}`, episode, film: `${name}-learns` }[subject];
}
