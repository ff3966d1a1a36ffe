/** Pictures and videos of the scene. What encodes them is loaded when it is asked for. */
import { clipOf } from '../export/clip.ts';
import { download, paintPicture, png } from '../export/picture.ts';
import { type Player, spanOf } from '../state/player.ts';
import { need } from '../ui/dom.ts';
import { isBusy, stop, work } from './job.ts';
import type { Action, App } from './types.ts';

/** Pixels. A picture has those that the stage has on a sharp screen; a video what everything plays. */
const pictureWidth = 1920;
const videoSize = { width: 1280, height: 720 } as const;

const isOpen = ({ session }: App) => session.moment() !== undefined;

export const exportActions: readonly Action[] = [
  {
    id: 'picture',
    title: 'Save a picture of the scene (PNG)',
    group: 'File',
    keys: ['p'],
    icon: 'camera',
    when: isOpen,
    run: savePicture,
  },
  {
    id: 'video',
    title: 'Export the episode, or the looped stretch, as a video',
    group: 'File',
    keys: ['Shift+V'],
    icon: 'video',
    when: isOpen,
    run: exportVideo,
  },
  { id: 'stop', title: 'Stop the export or verification', group: 'File', keys: ['Escape'], when: isBusy, run: stop },
];

async function savePicture(app: App): Promise<void> {
  const { clientWidth, clientHeight } = need('canvas-host', HTMLElement);
  const target = new OffscreenCanvas(pictureWidth, Math.round((pictureWidth * clientHeight) / clientWidth));
  paint(app, target);
  download(await png(target), `${fileName(app)}.png`);
}

function exportVideo(app: App): Promise<void> {
  const { session, messages } = app;
  return work(messages, 'The video', async (signal, say) => {
    const { player: before, file } = session.state;
    if (!before) return;
    say('Loading the encoder …');
    const { encode } = await import('../export/video.ts');
    const [from, to] = stretch(before);
    const { rate, positions } = clipOf(from, to, before.dt, before.speed);
    const canvas = new OffscreenCanvas(videoSize.width, videoSize.height);
    const paintFrame = (frame: number) => {
      if (session.state.file !== file) stop();
      session.change((player) => ({ ...player, ...place(before), position: positions[frame] }));
      paint(app, canvas);
    };
    try {
      const progress = (done: number, of: number) => say(`Video: frame ${done} of ${of}.`);
      const film = { canvas, rate, frames: positions.length, paint: paintFrame };
      const { blob, extension } = await encode(film, { progress, signal });
      download(blob, `${fileName(app)}.${extension}`);
    } finally {
      if (session.state.file === file) session.change(() => before);
    }
  });
}

function place({ episode }: Player): Pick<Player, 'episode' | 'playing' | 'held'> {
  return { episode, playing: false, held: 0 };
}

function stretch(player: Player): [from: number, to: number] {
  const { loop, selection } = player;
  const { from, to } = loop === 'selection' && selection ? selection : spanOf(player);
  return [from, to];
}

function paint({ stage }: App, target: OffscreenCanvas): void {
  const host = need('canvas-host', HTMLElement);
  paintPicture(target, stage.picture(target.width, target.height), host.closest('.stage') ?? host);
}

/** After the recording and the moment: panda-reach-joints-s0-episode-3-step-12 */
function fileName({ session }: App): string {
  const moment = session.moment();
  if (!moment) return 'armature';
  const name = moment.recording.header.policy.name.replace(/[^\w.-]+/g, '-');
  return `${name}-episode-${moment.player.episode + 1}-step-${moment.step}`;
}
