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

interface VideoSource {
  readonly canvas: HTMLCanvasElement | OffscreenCanvas;
  /** Frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** Paints a frame on the canvas. */
  paint(frame: number): void;
}

interface EncodeOptions {
  /** Called after each frame. */
  progress(done: number, of: number): void;
  readonly signal: AbortSignal;
}

export interface Video {
  readonly blob: Blob;
  /** Of the file's name: mp4 or webm. */
  readonly extension: string;
}

/** The format that plays in most places first. */
const formats: readonly { codec: VideoCodec; container: () => Mp4OutputFormat | WebMOutputFormat }[] = [
  { codec: 'avc', container: () => new Mp4OutputFormat({ fastStart: 'in-memory' }) },
  { codec: 'vp9', container: () => new WebMOutputFormat() },
  { codec: 'vp8', container: () => new WebMOutputFormat() },
  { codec: 'av1', container: () => new WebMOutputFormat() },
];

/**
 * @param video its canvas keeps its size, even in both directions
 * @throws Error where the browser cannot encode, and the signal's reason when it ends the work
 */
export async function encode(video: VideoSource, { progress, signal }: EncodeOptions): Promise<Video> {
  const { canvas, rate, frames } = video;
  const { codec, container } = await encodable(canvas);
  const format = container();
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new CanvasSource(canvas, { codec, quality: QUALITY_HIGH, keyFrameInterval: 1 });
  output.addVideoTrack(source, { frameRate: rate });
  await output.start();
  try {
    for (let frame = 0; frame < frames; frame++) {
      signal.throwIfAborted();
      video.paint(frame);
      await source.add(frame / rate, 1 / rate);
      progress(frame + 1, frames);
      // A turn of the event loop, or the page would stand still: a fast encoder answers without one.
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
  const codecs = formats.map(({ codec }) => codec);
  const codec = await getFirstEncodableVideoCodec(codecs, { width, height, quality: QUALITY_HIGH });
  const format = formats.find((known) => known.codec === codec);
  if (!format) throw new Error(`this browser has no encoder for ${width} x ${height} video`);
  return format;
}
