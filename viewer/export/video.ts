/** Encodes what is painted on a canvas as a video, frame by frame and not by the clock. Loaded when it is asked for. */
import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_HIGH,
  type VideoCodec,
  WebMOutputFormat,
} from 'mediabunny';

export interface Film {
  readonly canvas: HTMLCanvasElement | OffscreenCanvas;
  /** Frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** Paints a frame on the canvas. */
  paint(frame: number): void;
}

export interface Watcher {
  /** Told after each frame. */
  progress(done: number, of: number): void;
  readonly signal: AbortSignal;
}

export interface Video {
  readonly blob: Blob;
  /** Of a file's name: mp4 or webm. */
  readonly extension: string;
}

/** What plays in most places first. */
const kinds: readonly { codec: VideoCodec; container: () => Mp4OutputFormat | WebMOutputFormat }[] = [
  { codec: 'avc', container: () => new Mp4OutputFormat({ fastStart: 'in-memory' }) },
  { codec: 'vp9', container: () => new WebMOutputFormat() },
  { codec: 'vp8', container: () => new WebMOutputFormat() },
  { codec: 'av1', container: () => new WebMOutputFormat() },
];

/**
 * @param film its canvas keeps its size, even in both directions
 * @throws Error where the browser cannot encode, and the signal's reason when it ends the work
 */
export async function encode(film: Film, { progress, signal }: Watcher): Promise<Video> {
  const { canvas, rate, frames } = film;
  const kind = await encodable(canvas);
  const format = kind.container();
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new CanvasSource(canvas, { codec: kind.codec, quality: QUALITY_HIGH, keyFrameInterval: 1 });
  output.addVideoTrack(source, { frameRate: rate });
  await output.start();
  try {
    for (let frame = 0; frame < frames; frame++) {
      signal.throwIfAborted();
      film.paint(frame);
      await source.add(frame / rate, 1 / rate);
      progress(frame + 1, frames);
      // Else the page would stand still: an encoder that keeps up answers without a turn of the event loop.
      await new Promise((resolve) => setTimeout(resolve));
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  return {
    blob: new Blob([target.buffer as ArrayBuffer], { type: format.mimeType }),
    extension: format.fileExtension.slice(1),
  };
}

async function encodable({ width, height }: { width: number; height: number }) {
  if (typeof VideoEncoder === 'undefined') {
    throw new Error(
      'this browser cannot encode video (WebCodecs is missing): use a recent Chrome, Edge, Safari or Firefox',
    );
  }
  const codecs = kinds.map(({ codec }) => codec);
  const codec = await getFirstEncodableVideoCodec(codecs, { width, height, quality: QUALITY_HIGH });
  const kind = kinds.find((one) => one.codec === codec);
  if (!kind) throw new Error(`this browser has no encoder for ${width} x ${height} video`);
  return kind;
}
