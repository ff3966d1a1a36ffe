import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DynamicDrawUsage,
  Group,
  InstancedMesh,
  OctahedronGeometry,
  ShaderMaterial,
} from 'three';
import type { Scene, Trajectory } from '../../envs/types.ts';
import { place, poseAt } from '../derive/pose.ts';
import type { Palette } from '../scene/palette.ts';
import { type Arrangement, arrange } from './arrangement.ts';
import { type Detail, mold, parts } from './mold.ts';

/** With a graphics card, and where the processor draws. */
export const fine: Detail = { sides: 10, solids: 100 };
export const coarse: Detail = { sides: 5, solids: 2 };

// Light is worked out for each corner and not for each pixel: hundreds of arms have many of either.
const vertexShader = /* glsl */ `
  attribute float part;
  uniform vec3 colors[${parts.length}];
  varying vec3 shade;
  void main() {
    vec4 world = modelMatrix * instanceMatrix * vec4(position, 1.0);
    vec3 facing = normalize(mat3(modelMatrix) * mat3(instanceMatrix) * normal);
    float sun = max(dot(facing, normalize(vec3(-0.5, -0.75, 1.5))), 0.0);
    shade = colors[int(part + 0.5)] * (0.34 + 0.16 * facing.z + 0.62 * sun);
    gl_Position = projectionMatrix * viewMatrix * world;
  }`;
const fragmentShader = /* glsl */ `
  varying vec3 shade;
  void main() {
    gl_FragColor = vec4(shade, 1.0);
    #include <colorspace_fragment>
  }`;

const identity = [0, 0, 0, 0, 0, 0, 1];

/** Many episodes at once, each on an arm of its own, from their first states on; one that is over stays as it ended. */
export class Swarm {
  readonly object = new Group();
  readonly arrangement: Arrangement;
  readonly #scene: Scene;
  readonly #episodes: readonly Trajectory[];
  readonly #material: ShaderMaterial;
  readonly #bodies: readonly InstancedMesh[];
  readonly #goals: InstancedMesh;
  readonly #goalMaterial: ShaderMaterial;

  /**
   * @param around where a single arm and its goals are, m [m, 3], and how far solids reach beyond
   */
  constructor(
    scene: Scene,
    episodes: readonly Trajectory[],
    around: { readonly points: readonly number[]; readonly margin: number },
    detail: Detail,
  ) {
    this.#scene = scene;
    this.#episodes = episodes;
    this.arrangement = arrange(episodes.length, around.points, around.margin);
    this.#material = shaded();
    this.#goalMaterial = shaded();
    const many = (geometry: BufferGeometry, material: ShaderMaterial) => {
      const mesh = new InstancedMesh(geometry, material, episodes.length);
      mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      mesh.frustumCulled = false;
      return mesh;
    };
    const base = many(mold(scene.base.shapes, detail), this.#material);
    this.#bodies = scene.bodies.map(({ shapes }) => many(mold(shapes, detail), this.#material));
    this.#goals = many(octahedron(scene.goalRadius || 0.02), this.#goalMaterial);
    this.object.add(base, ...this.#bodies, this.#goals);
    const at = [...scene.base.position, ...scene.base.rotation];
    for (let i = 0; i < episodes.length; i++) this.#set(base, i, at, 1);
  }

  /** Shows every episode at a time in control steps, or at its end when that comes before. */
  show(position: number): void {
    const { bodies, endEffector, goalRadius } = this.#scene;
    const pose = [...identity];
    for (const [i, episode] of this.#episodes.entries()) {
      const at = Math.min(position, episode.steps);
      for (const [b, mesh] of this.#bodies.entries()) {
        poseAt(episode.pose, bodies.length, b, at, pose);
        this.#set(mesh, i, pose, 1);
      }
      poseAt(episode.pose, bodies.length, endEffector.body, at, pose);
      const [x, y, z] = place(pose, endEffector.position);
      const [gx, gy, gz] = episode.goal;
      // A goal that is reached swells to the size that counts.
      const reached = Math.hypot(x - gx, y - gy, z - gz) < goalRadius;
      const present = Number.isFinite(gx + gy + gz);
      this.#set(this.#goals, i, present ? [gx, gy, gz, 0, 0, 0, 1] : identity, present ? (reached ? 1 : 0.45) : 0);
    }
    for (const mesh of [...this.#bodies, this.#goals]) mesh.instanceMatrix.needsUpdate = true;
  }

  paint(palette: Palette): void {
    this.#material.uniforms.colors.value = parts.map((part) => new Color(palette.parts[part].color));
    this.#goalMaterial.uniforms.colors.value = parts.map(() => new Color(palette.accent));
  }

  dispose(): void {
    this.object.removeFromParent();
    for (const mesh of this.object.children as InstancedMesh[]) {
      mesh.geometry.dispose();
      mesh.dispose();
    }
    this.#material.dispose();
    this.#goalMaterial.dispose();
  }

  /** Writes the matrix of arm i, column by column, from position and quaternion in its own frame. */
  #set(mesh: InstancedMesh, i: number, [x, y, z, qx, qy, qz, qw]: readonly number[], scale: number): void {
    const { offsets } = this.arrangement;
    const m = mesh.instanceMatrix.array;
    const k = i * 16;
    m[k] = (1 - 2 * (qy * qy + qz * qz)) * scale;
    m[k + 1] = 2 * (qx * qy + qz * qw) * scale;
    m[k + 2] = 2 * (qx * qz - qy * qw) * scale;
    m[k + 3] = 0;
    m[k + 4] = 2 * (qx * qy - qz * qw) * scale;
    m[k + 5] = (1 - 2 * (qx * qx + qz * qz)) * scale;
    m[k + 6] = 2 * (qy * qz + qx * qw) * scale;
    m[k + 7] = 0;
    m[k + 8] = 2 * (qx * qz + qy * qw) * scale;
    m[k + 9] = 2 * (qy * qz - qx * qw) * scale;
    m[k + 10] = (1 - 2 * (qx * qx + qy * qy)) * scale;
    m[k + 11] = 0;
    m[k + 12] = x + offsets[2 * i];
    m[k + 13] = y + offsets[2 * i + 1];
    m[k + 14] = z;
    m[k + 15] = 1;
  }
}

function shaded(): ShaderMaterial {
  const colors = { value: parts.map(() => new Color()) };
  return new ShaderMaterial({ vertexShader, fragmentShader, uniforms: { colors } });
}

function octahedron(radius: number): BufferGeometry {
  const { position, normal } = new OctahedronGeometry(radius, 1).attributes;
  const part = new BufferAttribute(new Float32Array(position.count), 1);
  return new BufferGeometry()
    .setAttribute('position', position)
    .setAttribute('normal', normal)
    .setAttribute('part', part);
}
