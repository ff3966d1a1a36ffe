/** Pictures and videos of the scene. What makes them is loaded when it is asked for. */
import { byId } from '../dom/elements.ts';
import { clipOf } from '../export/clip.ts';
import { type Player, type StepRange, spanOf } from '../state/player.ts';
import { type App, inGroup, isDrawn, isReplay } from './command.ts';

/** Pixels: as many as the stage has on a sharp screen, and what every player plays. */
const pictureWidth = 1920;
const videoSize = { width: 1280, height: 720 } as const;

const isShown = (app: App) => isReplay(app) && isDrawn(app);

export const exportCommands = inGroup('File', [
  {
    id: 'picture',
    title: 'Save a picture of the scene (PNG)',
    words: 'screenshot image photo download export',
    keys: ['p'],
    icon: 'camera',
    when: isShown,
    run: savePicture,
  },
  {
    id: 'video',
    title: 'Export the episode, or the looped stretch, as a video',
    words: 'record gif webp mp4 webm film movie animation download save',
    keys: ['Shift+V'],
    icon: 'video',
    when: isShown,
    run: exportVideo,
  },
  {
    id: 'stop',
    title: 'Stop the export or verification',
    keys: ['Escape'],
    when: ({ task }) => task.isRunning,
    run: ({ task }) => task.stop(),
  },
]);

async function savePicture(app: App): Promise<void> {
  const { clientWidth, clientHeight } = byId(app.root, 'canvas-host', HTMLElement);
  const target = new OffscreenCanvas(pictureWidth, Math.round((pictureWidth * clientHeight) / clientWidth));
  const { download, paintPicture } = await import('../export/picture.ts');
  paint(app, target, paintPicture);
  download(await target.convertToBlob({ type: 'image/png' }), `${fileName(app)}.png`);
}

function exportVideo(app: App): Promise<void> {
  const { session, task } = app;
  return task.run('The video', async (signal, say) => {
    const { player: before, file } = session.state;
    if (!before) return;
    say('Loading the encoder …');
    const { encode } = await import('../export/video.ts');
    const { download, paintPicture } = await import('../export/picture.ts');
    const { from, to } = exportedSpan(before);
    const { rate, positions } = clipOf(from, to, before.dt, before.speed);
    const canvas = new OffscreenCanvas(videoSize.width, videoSize.height);
    const paintFrame = (frame: number) => {
      if (session.state.file !== file) task.stop();
      const { episode } = before;
      session.change((player) => ({ ...player, episode, playing: false, heldSeconds: 0, position: positions[frame] }));
      paint(app, canvas, paintPicture);
    };
    try {
      const progress = (done: number, of: number) => say(`Video: frame ${done} of ${of}.`);
      const source = { canvas, rate, frames: positions.length, paint: paintFrame };
      const { blob, extension } = await encode(source, { progress, signal });
      download(blob, `${fileName(app)}.${extension}`);
    } finally {
      if (session.state.file === file) session.change(() => before);
    }
  });
}

function exportedSpan(player: Player): StepRange {
  const { loop, selection } = player;
  return loop === 'selection' && selection ? selection : spanOf(player);
}

function paint(
  { root, stage }: App,
  target: OffscreenCanvas,
  paintPicture: typeof import('../export/picture.ts').paintPicture,
): void {
  const host = byId(root, 'canvas-host', HTMLElement);
  paintPicture(target, stage.picture(target.width, target.height), host.closest('.stage') ?? host);
}

/** Named by recording and moment: panda-reach-joints-s0-episode-3-step-12 */
function fileName({ session }: App): string {
  const moment = session.moment();
  if (!moment) return 'armature';
  const name = moment.recording.header.policy.name.replace(/[^\w.-]+/g, '-');
  return `${name}-episode-${moment.player.episode + 1}-step-${moment.step}`;
}
