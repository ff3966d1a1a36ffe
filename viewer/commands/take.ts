/** Takes the pictures of an export, and makes a file of them. */
import { byId } from '../dom/elements.ts';
import { type Caption, type Curve, type Writing, write } from '../export/caption.ts';
import type { Choice } from '../export/choice.ts';
import { clipOf } from '../export/clip.ts';
import type { Encoded, FrameSource } from '../export/frames.ts';
import { paintPicture } from '../export/picture.ts';
import { curvePoints, filmOf } from '../state/film.ts';
import type { Player, StepRange } from '../state/player.ts';
import type { Moment } from '../state/state.ts';
import type { App } from './command.ts';
import { type LoadedFilm, showFilm } from './film.ts';
import { colorsOf, episodeCaption, writingOf } from './writing.ts';

/** The frames of a video or an animation. */
interface Sequence {
  /** Frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** Brings a frame into view. @returns what is to be written into it */
  show(frame: number): { readonly caption: Caption; readonly curve?: Curve };
}

/** Frames a second at least: fewer in an animation, whose frames are whole pictures, so that its file grows with each. */
const leastRate = { video: 30, animation: 25 } as const;

/** The scene as it is in view, as a picture. */
export async function takePicture(app: App, moment: Moment, choice: Choice): Promise<Encoded> {
  checkFile(app, moment.state.file);
  const canvas = new OffscreenCanvas(choice.width, choice.height);
  const caption = episodeCaption(app, moment, moment.state.swarm);
  await withPictures(app, async () => paint(app, canvas, writingOf(app, choice, caption)));
  if (choice.format === 'png') return { blob: await canvas.convertToBlob({ type: 'image/png' }), extension: 'png' };
  const { stillWebp } = await import('../export/webp.ts');
  return { blob: await stillWebp(canvas, choice.small), extension: 'webp' };
}

/** The episode of a moment, or a stretch of it, as a video or an animation. */
export function episodeSequence(
  app: App,
  { player: before, state: { file } }: Moment,
  { from, to }: StepRange,
  { speed, hold, format }: Choice,
): Sequence {
  const { session } = app;
  const least = format === 'webp' ? leastRate.animation : leastRate.video;
  const { rate, positions } = clipOf(from, to, { dt: before.dt, speed, hold, least });
  return {
    rate,
    frames: positions.length,
    show(frame) {
      checkFile(app, file);
      const there = { episode: before.episode, playing: false, heldSeconds: 0, position: positions[frame] };
      session.change((player): Player => ({ ...player, ...there }));
      const moment = session.moment();
      if (!moment) throw new Error('nothing is in view');
      return { caption: episodeCaption(app, moment, moment.state.swarm, speed) };
    },
  };
}

/** @param file what is in view before the film */
export function filmSequence(app: App, loaded: LoadedFilm, file: number, { speed, hold, format }: Choice): Sequence {
  const film = filmOf(loaded.stops, { dt: loaded.dt, speed, hold });
  const rate = format === 'webp' ? leastRate.animation : leastRate.video;
  const frames = Math.max(1, Math.round(film.seconds * rate));
  const points = curvePoints(loaded.run.successes);
  const last = loaded.run.snapshots.length - 1;
  let inView = file;
  return {
    rate,
    frames,
    show(frame) {
      checkFile(app, inView);
      // The last frame shows the end.
      const seconds = frame === frames - 1 ? film.seconds : frame / rate;
      const { index, recording, caption } = showFilm(app, loaded, film, seconds);
      inView = app.session.state.file;
      const detail = `${recording.header.env.env} · ${caption.detail}`;
      return { caption: { ...caption, detail }, curve: { points, last, at: index } };
    },
  };
}

/** @throws Error where the browser cannot make the format, and the signal's reason when it ends the work */
export async function takeSequence(
  app: App,
  sequence: Sequence,
  choice: Choice,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Encoded> {
  const { format, width, height, loops, small } = choice;
  const canvas = new OffscreenCanvas(width, height);
  const times = format === 'webp' ? 1 : Math.max(1, loops);
  const source: FrameSource = {
    canvas,
    rate: sequence.rate,
    frames: sequence.frames * times,
    paint(frame) {
      const { caption, curve } = sequence.show(frame % sequence.frames);
      paint(app, canvas, { ...writingOf(app, choice, caption), ...(choice.caption && curve && { curve }) });
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

/** @throws Error where what is exported is not in view any more */
function checkFile({ session }: App, file: number): void {
  if (session.state.file !== file) throw new Error('another recording was opened meanwhile');
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
  write(target, writing, colorsOf(app));
}
