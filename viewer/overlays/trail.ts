import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  type InterleavedBufferAttribute,
  Mesh,
  MeshBasicMaterial,
  Points,
  PointsMaterial,
  SphereGeometry,
} from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';
import type { RecordingHeader } from '../../envs/recording/types.ts';
import type { Palette } from '../scene/palette.ts';
import { sameItems } from '../state/same.ts';
import type { Moment } from '../state/types.ts';
import { compact } from '../ui/format.ts';
import { type Ramp, ramp, trailValues } from './ramp.ts';
import type { Legend, Overlay, OverlayEntry } from './types.ts';

/**
 * The way of the tip so far: a line, a dot for each control step and a ball at the tip itself, coloured by what each step
 * earned if so chosen. The whole episode is laid out once; showing a moment only decides how much of it is drawn, and where
 * its last segment ends.
 */
export const trail: OverlayEntry = {
  name: 'trail',
  title: 'Trail',
  description: 'the way of the end effector so far',
  create,
};

function create({ scene, gamma, lambda }: RecordingHeader): Overlay {
  const line = new LineMaterial({ linewidth: 3, vertexColors: true });
  const dots = roundDots(6);
  const solid = new MeshBasicMaterial({ toneMapped: false });
  const tip = new Mesh(new SphereGeometry(scene.goalRadius ? scene.goalRadius * 0.17 : 0.008, 16, 12), solid);
  let path = layOut(new Float64Array(6), []);
  const segments = new LineSegments2(path.line, line);
  const points = new Points(path.dots, dots);
  for (const part of [segments, points]) part.frustumCulled = false;
  const object = new Group().add(segments, points, tip);
  let palette: Palette | undefined;
  let legend: Legend | undefined;
  let laidOut: readonly unknown[] = [];
  const prepare = ({ derived, episode, state }: Moment) => {
    const wanted = [derived, state.trail, palette];
    if (sameItems(wanted, laidOut)) return;
    laidOut = wanted;
    const values = trailValues(episode, state.trail, { gamma, lambda });
    const scale: Ramp | undefined = values && palette && ramp(values, state.trail, palette);
    legend = scale && {
      title: state.trail === 'reward' ? 'Reward of each step' : 'Advantage of each step',
      low: compact(scale.low),
      high: compact(scale.high),
      colors: scale.colors.map((color) => `#${color.toString(16).padStart(6, '0')}`),
    };
    disposePath(path);
    const accent = palette?.accent ?? 0;
    path = layOut(
      derived.tips,
      Array.from({ length: episode.steps }, (_, t) => scale?.colorOf(t) ?? accent),
    );
    segments.geometry = path.line;
    points.geometry = path.dots;
  };
  return {
    object,
    show(moment) {
      prepare(moment);
      const [x, y, z] = moment.tip;
      const step = Math.floor(moment.position);
      path.show(step, moment.position > step ? [x, y, z] : undefined);
      tip.position.set(x, y, z);
    },
    paint(next) {
      palette = next;
      solid.color.setHex(next.accent);
    },
    legend: () => legend,
    dispose() {
      disposePath(path);
      for (const part of [line, dots, solid, tip.geometry]) part.dispose();
    },
  };
}

/** Points are squares; this cuts their corners. */
function roundDots(size: number): PointsMaterial {
  const material = new PointsMaterial({ size, sizeAttenuation: false, vertexColors: true });
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      'void main() {',
      'void main() {\n  if (distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;',
    );
  };
  return material;
}

interface Path {
  readonly line: LineSegmentsGeometry;
  readonly dots: BufferGeometry;
  /** Shows the way to a recorded state and, between states, on to where the tip is now. */
  show(step: number, now?: readonly [number, number, number]): void;
}

/** @param colors of the step that starts at each state but the last */
function layOut(tips: Float64Array, colors: readonly number[]): Path {
  const states = tips.length / 3;
  const line = new LineSegmentsGeometry();
  const pairs = new Float32Array((states - 1) * 6);
  for (let t = 0; t < states - 1; t++) pairs.set(tips.subarray(t * 3, t * 3 + 6), t * 6);
  line.setPositions(pairs);
  const rgb = rgbOf(colors, states);
  const ends = new Float32Array((states - 1) * 6);
  for (let t = 0; t < states - 1; t++) {
    const color = rgb.subarray(t * 3, t * 3 + 3);
    ends.set(color, t * 6);
    ends.set(color, t * 6 + 3);
  }
  line.setColors(ends);
  const dots = new BufferGeometry()
    .setAttribute('position', new BufferAttribute(Float32Array.from(tips), 3))
    .setAttribute('color', new BufferAttribute(rgb, 3));
  // Ends are every second half of the same buffer; only what changes is sent to the graphics card.
  const { data } = line.getAttribute('instanceEnd') as InterleavedBufferAttribute;
  const setEnd = (segment: number, x: number, y: number, z: number) => {
    data.array.set([x, y, z], segment * 6 + 3);
    data.addUpdateRange(segment * 6 + 3, 3);
    data.needsUpdate = true;
  };
  let bent = -1;
  return {
    line,
    dots,
    show(step, now) {
      if (bent >= 0) setEnd(bent, tips[bent * 3 + 3], tips[bent * 3 + 4], tips[bent * 3 + 5]);
      bent = now ? step : -1;
      if (now) setEnd(step, ...now);
      line.instanceCount = step + (now ? 1 : 0);
      dots.setDrawRange(0, step + 1);
    },
  };
}

/** Colours as three linear numbers for each state; the last state takes the colour of the step before. */
function rgbOf(colors: readonly number[], states: number): Float32Array {
  const out = new Float32Array(states * 3);
  const color = new Color();
  for (let t = 0; t < states; t++) color.setHex(colors[Math.min(t, colors.length - 1)] ?? 0).toArray(out, t * 3);
  return out;
}

function disposePath({ line, dots }: Path): void {
  line.dispose();
  dots.dispose();
}
