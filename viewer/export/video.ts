/** Encodes what is painted on a canvas as a video, frame by frame and not by the clock. Loaded when it is asked for. */
import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_MEDIUM,
  QUALITY_VERY_HIGH,
  type VideoCodec,
  WebMOutputFormat,
} from 'mediabunny';
import type { VideoFormat } from './choice.ts';
import type { Encoded, EncodeOptions, FrameSource } from './frames.ts';

/** Codecs of each container, that which plays in most places first. */
const codecs: Readonly<Record<VideoFormat, readonly VideoCodec[]>> = {
  mp4: ['avc', 'hevc', 'av1', 'vp9'],
  webm: ['vp9', 'vp8', 'av1'],
};

const codecNames: Readonly<Partial<Record<VideoCodec, string>>> = {
  avc: 'H.264',
  hevc: 'H.265',
  av1: 'AV1',
  vp9: 'VP9',
  vp8: 'VP8',
};

/**
 * @param source its canvas keeps its size, even in both directions
 * @throws Error where the browser cannot encode, and the signal's reason when it ends the work
 */
export async function encode(
  { canvas, rate, frames, paint }: FrameSource,
  chosen: VideoFormat,
  { progress, signal, small }: EncodeOptions,
): Promise<Encoded> {
  const codec = await codecFor(chosen, canvas);
  if (!codec) throw new Error(whyNot(chosen, canvas));
  const format = chosen === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat();
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new CanvasSource(canvas, {
    codec,
    quality: small ? QUALITY_MEDIUM : QUALITY_VERY_HIGH,
    keyFrameInterval: 1,
  });
  output.addVideoTrack(source, { frameRate: rate });
  await output.start();
  try {
    for (let frame = 0; frame < frames; frame++) {
      signal.throwIfAborted();
      paint(frame);
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
  return { blob: new Blob([target.buffer as ArrayBuffer], { type: format.mimeType }), extension: chosen };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function codecFor(format: VideoFormat, { width, height }: Size): Promise<VideoCodec | undefined> {
  if (typeof VideoEncoder === 'undefined') return undefined;
  const found = await getFirstEncodableVideoCodec([...codecs[format]], { width, height, quality: QUALITY_VERY_HIGH });
  return found ?? undefined;
}

/** The name of the codec that a format gets in this browser; undefined where it can make none. */
export async function codecNameFor(format: VideoFormat, size: Size): Promise<string | undefined> {
  const codec = await codecFor(format, size);
  return codec && (codecNames[codec] ?? codec);
}

/** Why a browser makes no video of a format, in words. */
export function whyNot(format: VideoFormat, { width, height }: Size): string {
  const name = format === 'mp4' ? 'MP4' : 'WebM';
  return typeof VideoEncoder === 'undefined'
    ? `this browser cannot encode video (WebCodecs is missing): use a recent Chrome, Edge, Safari or Firefox`
    : `this browser has no encoder for ${name} video of ${width} x ${height}`;
}
