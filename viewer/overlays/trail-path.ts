import { BufferAttribute, BufferGeometry, Color, type InterleavedBufferAttribute } from 'three';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

/**
 * Geometries of a trail: a line, and a dot for each state. The whole episode is laid out once; showing a moment only decides
 * how much of it is drawn, and where its last segment ends.
 */
export class TrailPath {
  readonly line = new LineSegmentsGeometry();
  readonly dots = new BufferGeometry();
  readonly #tips: Float64Array;
  /** The segment that ends between two states; -1 where none does. */
  #cut = -1;

  /**
   * @param tips [T+1, 3], m
   * @param colors of the step that starts at each state but the last [T]
   */
  constructor(tips: Float64Array, colors: readonly number[]) {
    this.#tips = tips;
    const rgb = linearColors(colors, tips.length / 3);
    this.line.setPositions(inPairs(tips, (t) => t + 1)).setColors(inPairs(rgb, (t) => t));
    this.dots
      .setAttribute('position', new BufferAttribute(Float32Array.from(tips), 3))
      .setAttribute('color', new BufferAttribute(rgb, 3));
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
    const { data } = this.line.getAttribute('instanceEnd') as InterleavedBufferAttribute;
    data.array.set(point, segment * 6 + 3);
    data.addUpdateRange(segment * 6 + 3, 3);
    data.needsUpdate = true;
  }

  dispose(): void {
    this.line.dispose();
    this.dots.dispose();
  }
}

/** Start and end of every segment [T, 2, 3]: the row of a state, and the row of the state that `end` gives for it. */
function inPairs(rows: Float32Array | Float64Array, end: (t: number) => number): Float32Array {
  const segments = rows.length / 3 - 1;
  const out = new Float32Array(segments * 6);
  for (let t = 0; t < segments; t++) {
    out.set(rows.subarray(t * 3, t * 3 + 3), t * 6);
    out.set(rows.subarray(end(t) * 3, end(t) * 3 + 3), t * 6 + 3);
  }
  return out;
}

/** Colours as three linear numbers for each state; the last state takes the colour of the step before. */
function linearColors(colors: readonly number[], states: number): Float32Array {
  const out = new Float32Array(states * 3);
  const color = new Color();
  for (let t = 0; t < states; t++) color.setHex(colors[Math.min(t, colors.length - 1)] ?? 0).toArray(out, t * 3);
  return out;
}
