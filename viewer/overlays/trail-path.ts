import { BufferAttribute, BufferGeometry, Color, type InterleavedBuffer, type InterleavedBufferAttribute } from 'three';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

/**
 * Geometries of a trail: a line, and a dot for each state. An episode is laid out whole, in the room that the longest before it
 * took: a seek then makes nothing anew on the graphics card. Showing a moment only decides how much is drawn, and where its last
 * segment ends.
 */
export class TrailPath {
  readonly line = new LineSegmentsGeometry();
  readonly dots = new BufferGeometry();
  #tips: Float64Array = new Float64Array(0);
  /** States that there is room for. */
  #room = 0;
  /** The segment that ends between two states; -1 where none does. */
  #cut = -1;

  constructor() {
    this.#makeRoom(2);
  }

  /**
   * @param tips [T+1, 3], m
   * @param colors of the step that starts at each state but the last [T]
   */
  layOut(tips: Float64Array, colors: readonly number[]): void {
    const states = tips.length / 3;
    if (states > this.#room) this.#makeRoom(Math.max(states, 2 * this.#room));
    this.#tips = tips;
    this.#cut = -1;
    const dot = { position: this.#dot('position'), color: this.#dot('color') };
    (dot.position.array as Float32Array).set(tips);
    writeColors(colors, states, dot.color.array as Float32Array);
    const line = { position: this.#segments('instanceStart'), color: this.#segments('instanceColorStart') };
    writePairs(tips, states - 1, (t) => t + 1, line.position.array as Float32Array);
    writePairs(dot.color.array, states - 1, (t) => t, line.color.array as Float32Array);
    for (const buffer of [dot.position, dot.color]) sendFirst(buffer, 3 * states);
    for (const buffer of [line.position, line.color]) sendFirst(buffer, 6 * (states - 1));
  }

  /** Shows the way to a recorded state and, between states, on to the tip's present position. */
  show(step: number, tip?: readonly number[]): void {
    if (this.#cut >= 0) this.#setEnd(this.#cut, this.#tips.subarray(this.#cut * 3 + 3, this.#cut * 3 + 6));
    this.#cut = tip ? step : -1;
    if (tip) this.#setEnd(step, tip);
    this.line.instanceCount = step + (tip ? 1 : 0);
    this.dots.setDrawRange(0, step + 1);
  }

  /** Ends are every second half of the same buffer; only what changes is sent to the graphics card. */
  #setEnd(segment: number, point: ArrayLike<number>): void {
    const positions = this.#segments('instanceStart');
    positions.array.set(point, segment * 6 + 3);
    positions.addUpdateRange(segment * 6 + 3, 3);
    positions.needsUpdate = true;
  }

  #makeRoom(states: number): void {
    this.line.dispose();
    this.dots.dispose();
    this.#room = states;
    this.line.setPositions(new Float32Array(6 * (states - 1))).setColors(new Float32Array(6 * (states - 1)));
    this.dots
      .setAttribute('position', new BufferAttribute(new Float32Array(3 * states), 3))
      .setAttribute('color', new BufferAttribute(new Float32Array(3 * states), 3));
  }

  #dot(name: 'position' | 'color'): BufferAttribute {
    return this.dots.getAttribute(name) as BufferAttribute;
  }

  /** Start and end of every segment [T, 2, 3]. */
  #segments(name: 'instanceStart' | 'instanceColorStart'): InterleavedBuffer {
    return (this.line.getAttribute(name) as InterleavedBufferAttribute).data;
  }
}

/** Has the first numbers of a buffer sent to the graphics card, and nothing that was to be sent before. */
function sendFirst(buffer: BufferAttribute | InterleavedBuffer, numbers: number): void {
  buffer.clearUpdateRanges();
  buffer.addUpdateRange(0, numbers);
  buffer.needsUpdate = true;
}

/** Start and end of every segment [T, 2, 3]: the row of a state, and the row of the state that `end` gives for it. */
function writePairs(rows: ArrayLike<number>, segments: number, end: (t: number) => number, out: Float32Array): void {
  for (let t = 0; t < segments; t++) {
    for (let i = 0; i < 3; i++) {
      out[t * 6 + i] = rows[t * 3 + i];
      out[t * 6 + 3 + i] = rows[end(t) * 3 + i];
    }
  }
}

/** Colours as three linear numbers for each state; the last state takes the colour of the step before. */
function writeColors(colors: readonly number[], states: number, out: Float32Array): void {
  const color = new Color();
  let last = -1;
  for (let t = 0; t < states; t++) {
    const hex = colors[Math.min(t, colors.length - 1)] ?? 0;
    if (hex !== last) color.setHex(hex);
    last = hex;
    color.toArray(out, t * 3);
  }
}
