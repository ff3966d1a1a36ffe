/** What the page of the video's test offers to the test. */
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { encode } from '../../viewer/export/video.ts';

const size = { width: 320, height: 180 };

/** Encodes grey frames, each lighter than the last; how often it reports, and what a decoder finds. */
async function roundTrip(format: 'mp4' | 'webm', frames: number, rate: number) {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  const reports: number[] = [];
  const { blob, extension } = await encode(
    {
      canvas,
      rate,
      frames,
      paint: (frame) => {
        context.fillStyle = `rgb(${greyOf(frame)} ${greyOf(frame)} ${greyOf(frame)})`;
        context.fillRect(0, 0, size.width, size.height);
      },
    },
    format,
    { progress: (done) => reports.push(done), signal: new AbortController().signal },
  );
  return { extension, bytes: blob.size, reports, decoded: await decode(blob) };
}

async function decode(blob: Blob) {
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('no video in it');
  const probe = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
  const found: { time: number; grey: number }[] = [];
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.draw(probe, 0, 0, 1, 1);
    found.push({ time: sample.timestamp, grey: probe.getImageData(0, 0, 1, 1).data[0] });
    sample.close();
  }
  return { width: track.displayWidth, height: track.displayHeight, frames: found };
}

/** Ends the work after three frames. */
async function interrupted(): Promise<string> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  canvas.getContext('2d')?.fillRect(0, 0, 1, 1);
  const stop = new AbortController();
  const film = { canvas, rate: 25, frames: 1000, paint: (frame: number) => frame === 3 && stop.abort() };
  return encode(film as never, 'webm', { progress: () => {}, signal: stop.signal }).then(
    () => 'finished',
    (error: Error) => error.name,
  );
}

function greyOf(frame: number): number {
  return 40 + 10 * frame;
}

/** What a decoder finds in a file that the page exported. @param base64 its bytes */
async function decodeFile(base64: string) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const input = new Input({ source: new BlobSource(new Blob([bytes])), formats: ALL_FORMATS });
  const { frames, width, height } = await decode(new Blob([bytes]));
  return { width, height, frames: frames.length, seconds: await input.computeDuration() };
}

Object.assign(globalThis, { video: { roundTrip, interrupted, decodeFile } });
