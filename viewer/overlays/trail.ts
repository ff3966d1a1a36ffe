import { Group, Mesh, MeshBasicMaterial, Points, PointsMaterial, SphereGeometry } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { changeDetector } from '../derive/memo.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import { compact } from '../dom/format.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment, TrailColoring } from '../state/state.ts';
import type { Legend, Overlay, OverlayEntry } from './overlay.ts';
import { type ColorRamp, colorRamp, trailValues } from './ramp.ts';
import { TrailPath } from './trail-path.ts';

/** The way of the tip so far: a line, a dot for each control step and a ball at the tip, coloured by reward or advantage if chosen. */
export const trail: OverlayEntry = {
  name: 'trail',
  title: 'Trail',
  description: 'the way of the end effector so far',
  create: (header) => new Trail(header),
};

class Trail implements Overlay {
  readonly object = new Group();
  readonly #header: RecordingHeader;
  readonly #lineMaterial = new LineMaterial({ linewidth: 3, vertexColors: true });
  readonly #dotMaterial = roundDots(6);
  readonly #tipMaterial = new MeshBasicMaterial({ toneMapped: false });
  readonly #tip: Mesh;
  readonly #isNew = changeDetector();
  readonly #path = new TrailPath();
  #palette?: Palette;
  #legend?: Legend;

  constructor(header: RecordingHeader) {
    const goalRadius = goalRadiusOf(header.spec);
    this.#header = header;
    this.#tip = new Mesh(new SphereGeometry(goalRadius ? goalRadius * 0.17 : 0.008, 16, 12), this.#tipMaterial);
    const line = new LineSegments2(this.#path.line, this.#lineMaterial);
    const dots = new Points(this.#path.dots, this.#dotMaterial);
    line.frustumCulled = dots.frustumCulled = false;
    this.object.add(line, dots, this.#tip);
  }

  show(moment: Moment): void {
    if (this.#isNew(moment.derived, moment.state.trail, this.#palette)) this.#layOut(moment);
    this.#path.show(moment.step, moment.position > moment.step ? moment.tip : undefined);
    this.#tip.position.fromArray([...moment.tip]);
  }

  #layOut({ derived, episode, state }: Moment): void {
    const values = trailValues(episode, state.trail, this.#header);
    const ramp = values && this.#palette && colorRamp(values, state.trail, this.#palette);
    const plain = this.#palette?.accent ?? 0;
    this.#legend = ramp && legendOf(ramp, state.trail);
    const colors = Array.from({ length: episode.steps }, (_, t) => ramp?.colorOf(t) ?? plain);
    this.#path.layOut(derived.tips, colors);
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    this.#tipMaterial.color.setHex(palette.accent);
  }

  legend(): Legend | undefined {
    return this.#legend;
  }
}

function legendOf({ low, high, colors }: ColorRamp, trail: TrailColoring): Legend {
  return {
    title: trail === 'reward' ? 'Reward of each step' : 'Advantage of each step',
    low: compact(low),
    high: compact(high),
    colors: colors.map((color) => `#${color.toString(16).padStart(6, '0')}`),
  };
}

/** Points are drawn as squares; the fragments outside the circle are discarded. */
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
