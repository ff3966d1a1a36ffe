import { PCFShadowMap, type PerspectiveCamera, type Scene, Vector2, WebGLRenderer } from 'three';
import { pictureUnit } from '../export/choice.ts';
import { type Level, levels, nextQuality, pixelRatio, startingAt } from './quality.ts';

/** A picture is drawn so many times as large as it is to be, and scaled down: nothing else smooths every edge on every machine. */
const finer = 2;
/** The longer side of a drawing, pixels, at most. */
const mostPixels = 4096;

/** Renders into the page's canvas: panes side by side, in motion or still, at the page's size or a picture's. */
export class Renderer {
  readonly canvas: HTMLCanvasElement;
  readonly camera: PerspectiveCamera;
  /** Undefined where the browser cannot draw: then nothing is, and all else goes on. */
  readonly webgl?: WebGLRenderer;
  /** Whether the processor draws. */
  readonly software: boolean;
  readonly #host: HTMLElement;
  readonly #size = new Vector2(1, 1);
  readonly #fov: number;
  #quality = startingAt(0);
  /** Of the page. */
  #aspect = 1;
  panes = 1;

  constructor(canvas: HTMLCanvasElement, host: HTMLElement, camera: PerspectiveCamera) {
    this.canvas = canvas;
    this.camera = camera;
    this.#host = host;
    this.#fov = camera.fov;
    const drawing = whoDraws();
    this.software = drawing === 'processor';
    if (this.software) this.#quality = startingAt(3);
    if (drawing) this.webgl = createWebGL(canvas, this.software);
  }

  /** What the machine keeps pace with in motion. */
  get level(): Level {
    return levels[this.#quality.level];
  }

  /** @returns whether the shape of the picture changed */
  split(panes: number): boolean {
    this.panes = panes;
    return this.resize();
  }

  /** Fits the canvas to the page. @returns whether the shape of the picture changed */
  resize(): boolean {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width === 0 || height === 0) return false;
    const before = this.camera.aspect;
    this.camera.fov = this.#fov;
    this.#setSize(width, height);
    this.#aspect = this.camera.aspect;
    return before !== this.camera.aspect;
  }

  /**
   * Chooses the quality of a frame: what the machine keeps pace with in motion, and the best of a still frame.
   * @param seconds since the last frame, in continuous motion
   */
  prepare(moving: boolean, seconds?: number): Level {
    if (moving && seconds !== undefined) this.#quality = nextQuality(this.#quality, seconds);
    const level = moving ? this.level : levels[0];
    // The page may have been zoomed, or moved to another screen, since the last frame.
    const ratio = pixelRatio(window.devicePixelRatio, level, !moving && this.software);
    if (this.webgl && this.webgl.getPixelRatio() !== ratio) this.webgl.setPixelRatio(ratio);
    return level;
  }

  /**
   * Gives the canvas the shape of a picture, and several times its size where that can be, until the next `resize`.
   * @param isWide whether what the page shows from left to right is to be in a narrower picture too
   */
  setPictureSize(width: number, height: number, isWide: boolean): void {
    const larger = Math.max(1, Math.min(finer, mostPixels / Math.max(width, height)));
    const unit = Math.min(width, height) / pictureUnit;
    this.webgl?.setPixelRatio(unit * larger);
    this.#setSize(width / unit, height / unit);
    const narrowing = isWide ? Math.max(1, this.#aspect / this.camera.aspect) : 1;
    this.camera.fov = (360 / Math.PI) * Math.atan(Math.tan((this.#fov * Math.PI) / 360) * narrowing);
    this.camera.updateProjectionMatrix();
  }

  #setSize(width: number, height: number): void {
    this.#size.set(width, height);
    this.webgl?.setSize(width, height, false);
    this.camera.aspect = width / this.panes / height;
    this.camera.updateProjectionMatrix();
  }

  close(): void {
    this.webgl?.dispose();
    // A browser keeps a few contexts only, and until it collects this one it would count.
    this.webgl?.forceContextLoss();
  }

  /** @param showPane leaves in the scene what belongs into a pane */
  render(scene: Scene, showPane: (pane: number) => void): void {
    const { webgl } = this;
    if (!webgl) return;
    const { x: width, y: height } = this.#size;
    const pane = width / this.panes;
    webgl.setScissorTest(this.panes > 1);
    for (let i = 0; i < this.panes; i++) {
      webgl.setViewport(i * pane, 0, pane, height);
      webgl.setScissor(i * pane, 0, pane, height);
      showPane(i);
      webgl.render(scene, this.camera);
    }
  }
}

/** Undefined where the browser gives no context after all. */
function createWebGL(canvas: HTMLCanvasElement, software: boolean): WebGLRenderer | undefined {
  try {
    // Antialiasing slows every frame of a processor. No tone mapping: the lights are set so that nothing clips, and dark parts keep
    // their hue.
    const webgl = new WebGLRenderer({ canvas, antialias: !software, alpha: true });
    // To check every shader's errors would wait for each shader in turn.
    webgl.debug.checkShaderErrors = false;
    webgl.shadowMap.enabled = true;
    webgl.shadowMap.type = PCFShadowMap;
    return webgl;
  } catch {
    return undefined;
  }
}

/** What draws WebGL 2: a graphics card, or the processor, where every pixel counts. Undefined where the browser has none. */
function whoDraws(): 'card' | 'processor' | undefined {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return undefined;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name) ? 'processor' : 'card';
}

/** Calls back when the page comes to have more or fewer pixels for each of its own: by a browser's zoom, or on another screen. */
export function watchPixelRatio(changed: () => void, closed: AbortSignal): void {
  const listen = () => {
    const media = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const next = () => {
      changed();
      listen();
    };
    media.addEventListener('change', next, { once: true, signal: closed });
  };
  listen();
}
