import {
  BufferAttribute,
  BufferGeometry,
  Group,
  Mesh,
  type MeshBasicMaterial,
  Points,
  PointsMaterial,
  SphereGeometry,
} from 'three';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { movesTip, type TipCommand, tipCommand, type Withheld } from '../derive/command.ts';
import { changeDetector } from '../derive/memo.ts';
import { goalRadiusOf } from '../derive/scene.ts';
import { glassMaterial } from '../scene/materials.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/state.ts';
import { Arrow, Line, marker } from './marks.ts';
import type { Key, Overlay, OverlayEntry } from './overlay.ts';

/**
 * What the policy asks of the end effector and what is made of it: an arrow to where the clipped action sends the end effector, a
 * faint line on to where the unclipped one would, or from the tip where the arm is told another action or none, a ring where the
 * step then led, and the mean as a ball in ellipsoids of one and two sigma, cut as actions are.
 */
export const policy: OverlayEntry = {
  name: 'policy',
  title: 'Policy',
  description:
    'what is commanded at the end effector (arrow), what is asked for and not given, or not yet (faint), mean with 1 and 2 sigma cut at the bounds, and the motion that follows (ring)',
  isOf: movesTip,
  create: (header) => new PolicyOverlay(header),
};

const sigmas = [1, 2];

/** What the faint line is. */
const faint: Readonly<Record<Withheld, string>> = {
  cut: 'cut off by the bounds',
  late: 'asked for, comes later',
  rest: 'asked for; the arm rests',
};

class PolicyOverlay implements Overlay {
  readonly object = new Group();
  readonly note?: string;
  readonly #shells = sigmas.map((sigma) => new Shell(sigma));
  readonly #commanded: Arrow;
  readonly #rest: Line;
  readonly #asked: Mesh<SphereGeometry, MeshBasicMaterial>;
  readonly #mean: Mesh<SphereGeometry, MeshBasicMaterial>;
  readonly #followed = new Points(new BufferGeometry(), ringMaterial(13));
  readonly #isNew = changeDetector();
  #withheld: Withheld = 'cut';

  constructor({ spec }: RecordingHeader) {
    const radius = goalRadiusOf(spec) || 0.02;
    this.#commanded = new Arrow(radius * 0.34);
    this.#rest = new Line({
      linewidth: 1.6,
      dashed: true,
      dashSize: radius * 0.1,
      gapSize: radius * 0.1,
      opacity: 0.55,
    });
    this.#asked = marker(new SphereGeometry(radius * 0.1, 4, 2), 0.55);
    this.#mean = marker(new SphereGeometry(radius * 0.11, 16, 12));
    this.#followed.geometry.setAttribute('position', new BufferAttribute(new Float32Array(3), 3));
    this.#followed.frustumCulled = false;
    this.#followed.renderOrder = 6;
    this.#commanded.object.name = 'commanded';
    this.#asked.name = 'asked';
    this.#followed.name = 'followed';
    this.#mean.name = 'mean';
    this.object.add(...this.#shells.map(({ mesh }) => mesh), this.#mean, this.#rest.object, this.#asked);
    this.object.add(this.#commanded.object, this.#followed);
    // How far a torque moves the tip, its speed and the time decide as well.
    if (spec.controller.kind === 'joint-torque')
      this.note = 'Policy: which way the torques push the tip from rest; lengths are not to scale';
    // Neither the floor of a controller nor the speeds that it keeps to are in a recording.
    if (spec.controller.kind === 'end-effector-step')
      this.note = 'Policy: a floor or the speed of a joint may cut a step shorter than drawn';
  }

  /** Of what was shown last. */
  get keys(): readonly Key[] {
    return [
      { mark: 'arrow', text: 'commanded' },
      { mark: 'faint', text: faint[this.#withheld] },
      { mark: 'ball', text: 'mean, 1–2 σ' },
      { mark: 'ring', text: 'motion that followed' },
    ];
  }

  show(moment: Moment): void {
    const { episode, step } = moment;
    if (!this.#isNew(episode, Math.min(step, episode.steps - 1))) return;
    const command = tipCommand(moment);
    const { tip, commanded, asked, withheld, mean, followed } = command;
    this.#withheld = withheld;
    const at = (displacement: readonly number[]) => tip.map((x, i) => x + displacement[i]);
    for (const shell of this.#shells) shell.show(command);
    this.#mean.position.fromArray(at(mean));
    this.#commanded.show(tip, commanded);
    const isApart = withheld !== 'cut';
    const isCut = isApart || asked.some((x, i) => Math.abs(x - commanded[i]) > 1e-9);
    this.#rest.object.visible = this.#asked.visible = isCut;
    this.#rest.show(isApart ? tip : at(commanded), at(asked));
    this.#asked.position.fromArray(at(asked));
    this.#followed.position.fromArray(at(followed));
  }

  paint({ policy: color, accent, ink }: Palette): void {
    for (const shell of this.#shells) shell.paint(color);
    this.#mean.material.color.setHex(color);
    this.#commanded.paint(accent);
    this.#rest.paint(accent);
    this.#asked.material.color.setHex(accent);
    this.#followed.material.color.setHex(ink);
  }
}

/** Segments of the sphere that a shell is made from: around and from pole to pole. */
const [around, down] = [24, 16];

/** Where actions of so many sigma send the tip. */
class Shell {
  readonly mesh: Mesh<SphereGeometry, ReturnType<typeof glassMaterial>>;
  readonly #sigma: number;
  readonly #directions: Float32Array;

  constructor(sigma: number) {
    this.#sigma = sigma;
    const sphere = new SphereGeometry(1, around, down);
    this.#directions = Float32Array.from(sphere.getAttribute('position').array);
    this.mesh = new Mesh(sphere, glassMaterial(sigma === 1 ? 0.5 : 0.26));
    // It begins inside of the hand, which would hide it.
    this.mesh.material.depthTest = false;
    this.mesh.renderOrder = 3 - sigma;
    this.mesh.frustumCulled = false;
  }

  show({ tip, shell }: TipCommand): void {
    const { geometry } = this.mesh;
    const positions = geometry.getAttribute('position') as BufferAttribute;
    shell(this.#sigma, this.#directions, positions.array as Float32Array);
    positions.needsUpdate = true;
    const normals = geometry.getAttribute('normal') as BufferAttribute;
    writeNormals(positions.array, geometry.index?.array ?? [], normals.array as Float32Array);
    normals.needsUpdate = true;
    this.mesh.position.fromArray([...tip]);
  }

  paint(color: number): void {
    this.mesh.material.uniforms.color.value.setHex(color);
  }
}

/** The normal of a vertex is that of its triangles together, by their areas; the shader makes it of length 1. */
function writeNormals(positions: ArrayLike<number>, triangles: ArrayLike<number>, out: Float32Array): void {
  out.fill(0);
  for (let k = 0; k < triangles.length; k += 3) {
    const [a, b, c] = [3 * triangles[k], 3 * triangles[k + 1], 3 * triangles[k + 2]];
    const ux = positions[b] - positions[a];
    const uy = positions[b + 1] - positions[a + 1];
    const uz = positions[b + 2] - positions[a + 2];
    const vx = positions[c] - positions[a];
    const vy = positions[c + 1] - positions[a + 1];
    const vz = positions[c + 2] - positions[a + 2];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (let corner = k; corner < k + 3; corner++) {
      const at = 3 * triangles[corner];
      out[at] += x;
      out[at + 1] += y;
      out[at + 2] += z;
    }
  }
  closeSeam(out);
}

/** Gives one normal to the vertices that a sphere has twice, where its ends meet; each knows the triangles of one side only. */
function closeSeam(normals: Float32Array): void {
  for (let row = 0; row <= down; row++) {
    const first = 3 * row * (around + 1);
    for (let i = first; i < first + 3; i++) normals[i] = normals[i + 3 * around] = normals[i] + normals[i + 3 * around];
  }
}

/** A point drawn as a ring of so many pixels. */
function ringMaterial(size: number): PointsMaterial {
  const material = new PointsMaterial({ size, sizeAttenuation: false, depthTest: false, transparent: true });
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      'void main() {',
      'void main() {\n  float away = distance(gl_PointCoord, vec2(0.5));\n  if (away > 0.5 || away < 0.32) discard;',
    );
  };
  return material;
}
