/** What an encoder is given, and what it makes of it. */

export interface FrameSource {
  readonly canvas: OffscreenCanvas;
  /** Frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** Paints a frame on the canvas. */
  paint(frame: number): void;
}

export interface EncodeOptions {
  /** Called after each frame. */
  progress(done: number, of: number): void;
  readonly signal: AbortSignal;
  /** Whether the file is to be small, rather than as good as can be. */
  readonly small?: boolean;
}

export interface Encoded {
  readonly blob: Blob;
  /** Of the file's name. */
  readonly extension: string;
}
