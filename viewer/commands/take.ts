/** Takes the pictures of an export, and saves its file. */
import { byId } from '../dom/elements.ts';
import { type Caption, type Curve, type Writing, write } from '../export/caption.ts';
import type { Choice } from '../export/choice.ts';
import { clipOf } from '../export/clip.ts';
import type { Encoded, FrameSource } from '../export/frames.ts';
import { paintPicture } from '../export/picture.ts';
import { curvePoints, filmOf } from '../state/film.ts';
import type { Player, StepRange } from '../state/player.ts';
import type { App } from './command.ts';
import { type LoadedFilm, showFilm } from './film.ts';
import { episodeCaption, inksOf, speedText, writingOf } from './writing.ts';

/** What is exported over time. */
interface Reel {
  /** Frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** Brings a frame into view. @returns what is to be said of it */
  show(frame: number): { readonly words: Caption; readonly curve?: Curve };
}

/** Frames a second at least: an animation of pictures weighs as much as it has frames. */
const smooth = { video: 30, animation: 25 } as const;

/** The scene as it is in view, as a picture. */
export async function takePicture(app: App, choice: Choice): Promise<Encoded> {
  const moment = app.session.moment();
  if (!moment) throw new Error('nothing is in view');
  const canvas = new OffscreenCanvas(choice.width, choice.height);
  const words = episodeCaption(app, moment, moment.state.swarm);
  await withPictures(app, async () => paint(app, canvas, writingOf(app, choice, words)));
  if (choice.format === 'png') return { blob: await canvas.convertToBlob({ type: 'image/png' }), extension: 'png' };
  const { stillWebp } = await import('../export/webp.ts');
  return { blob: await stillWebp(canvas, choice.small), extension: 'webp' };
}

/** The episode, or a stretch of it, as a video or an animation. */
export function episodeReel(app: App, { from, to }: StepRange, { speed, hold, format }: Choice): Reel {
  const { session } = app;
  const { player: before, file } = session.state;
  if (!before) throw new Error('nothing is in view');
  const least = format === 'webp' ? smooth.animation : smooth.video;
  const { rate, positions } = clipOf(from, to, { dt: before.dt, speed, hold, least });
  return {
    rate,
    frames: positions.length,
    show(frame) {
      if (session.state.file !== file) throw new Error('another recording was opened meanwhile');
      const there = { episode: before.episode, playing: false, heldSeconds: 0, position: positions[frame] };
      session.change((player): Player => ({ ...player, ...there }));
      const moment = session.moment();
      if (!moment) throw new Error('nothing is in view');
      return { words: episodeCaption(app, moment, moment.state.swarm, speed) };
    },
  };
}

export function filmReel(app: App, loaded: LoadedFilm, { speed, hold, format }: Choice): Reel {
  const film = filmOf(loaded.stops, { dt: loaded.dt, speed, hold });
  const rate = format === 'webp' ? smooth.animation : smooth.video;
  const frames = Math.max(1, Math.round(film.seconds * rate));
  const points = curvePoints(loaded.run.successes);
  const last = loaded.run.snapshots.length - 1;
  let inView = app.session.state.file;
  return {
    rate,
    frames,
    show(frame) {
      if (app.session.state.file !== inView) throw new Error('another recording was opened meanwhile');
      // The last frame shows the end.
      const seconds = frame === frames - 1 ? film.seconds : frame / rate;
      const { index, rate: reached, recording, caption } = showFilm(app, loaded, film, seconds);
      inView = app.session.state.file;
      const share = reached === undefined ? [] : [`${Math.round(100 * reached)} % reached`];
      const detail = [recording.header.env.env, ...share, speedText(speed)].join(' · ');
      return { words: { title: caption, detail }, curve: { points, last, at: index } };
    },
  };
}

/** @throws Error where the browser cannot make the format, and the signal's reason when it ends the work */
export async function takeReel(
  app: App,
  reel: Reel,
  choice: Choice,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Encoded> {
  const { format, width, height, loops, small } = choice;
  const canvas = new OffscreenCanvas(width, height);
  const times = format === 'webp' ? 1 : Math.max(1, loops);
  const source: FrameSource = {
    canvas,
    rate: reel.rate,
    frames: reel.frames * times,
    paint(frame) {
      const { words, curve } = reel.show(frame % reel.frames);
      paint(app, canvas, { ...writingOf(app, choice, words), ...(choice.caption && curve && { curve }) });
    },
  };
  const progress = (done: number, of: number) => say(`Frame ${done} of ${of}.`);
  return withPictures(app, async () => {
    if (format === 'webp') {
      const { encodeWebp } = await import('../export/webp.ts');
      return encodeWebp(source, loops, { progress, signal, small });
    }
    const { encode } = await import('../export/video.ts');
    return encode(source, format === 'webm' ? 'webm' : 'mp4', { progress, signal, small });
  });
}

/** Has the page keep still while pictures are taken, and shows it as before afterwards. */
async function withPictures<T>({ root, stage, frames }: App, take: () => Promise<T>): Promise<T> {
  root.dataset.exporting = 'true';
  try {
    return await take();
  } finally {
    delete root.dataset.exporting;
    stage.endPictures();
    frames.request();
  }
}

function paint(app: App, target: OffscreenCanvas, writing: Writing): void {
  const host = byId(app.root, 'canvas-host', HTMLElement);
  paintPicture(target, app.stage.picture(target.width, target.height), host.closest('.stage') ?? host);
  write(target, writing, inksOf(app));
}
