import {
  BufferAttribute,
  type BufferGeometry,
  type Camera,
  Color,
  DynamicDrawUsage,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  Matrix4,
  OctahedronGeometry,
  Quaternion,
  ShaderMaterial,
  Vector3,
} from 'three';
import { freeBodiesOf } from '../../envs/model/free-body.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Body } from '../../envs/model/types.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { broughtAt, type DrawnEpisode, tipAt, turnAt } from '../derive/episode.ts';
import { poseAt } from '../derive/pose.ts';
import { goalAngleOf, goalAt, goalRadiusOf } from '../derive/scene.ts';
import { looks } from '../scene/looks.ts';
import { parts } from '../scene/materials.ts';
import { largestMesh } from '../scene/mesh-geometry.ts';
import type { Palette } from '../scene/palette.ts';
import { boundsOf, type Workspace } from '../scene/workspace.ts';
import { bodyGeometry, type Detail } from './body-geometry.ts';
import { FloorMarks } from './floor-marks.ts';
import type { GridLayout } from './grid-layout.ts';

/** With a graphics card. */
export const fine: Detail = { sides: 10, solids: 100, cells: 24 };
/** Of very many arms. */
export const medium: Detail = { sides: 6, solids: 6, cells: 12 };
/** Where the processor draws. */
export const coarse: Detail = { sides: 5, solids: 2, cells: 8 };

// Lit at each vertex rather than at each pixel: cheaper, with so many small arms.
const vertexShader = /* glsl */ `
  attribute float part;
  attribute float missed;
  uniform vec3 colors[${parts.length}];
  uniform vec3 miss;
  varying vec3 shade;
  void main() {
    vec4 world = modelMatrix * instanceMatrix * vec4(position, 1.0);
    vec3 facing = normalize(mat3(modelMatrix) * mat3(instanceMatrix) * normal);
    float sun = max(dot(facing, normalize(vec3(-0.5, -0.75, 1.5))), 0.0);
    shade = mix(colors[int(part + 0.5)], miss, 0.8 * missed) * (0.34 + 0.16 * facing.z + 0.62 * sun);
    gl_Position = projectionMatrix * viewMatrix * world;
  }`;
const fragmentShader = /* glsl */ `
  varying vec3 shade;
  void main() {
    gl_FragColor = vec4(shade, 1.0);
    #include <colorspace_fragment>
  }`;

const identity = [0, 0, 0, 0, 0, 0, 1];

// Scratch objects, written anew for every instance.
const [matrix, position, rotation, scale] = [new Matrix4(), new Vector3(), new Quaternion(), new Vector3()];

/**
 * Many episodes at once, each on an arm of its own, from their first states on; an episode that is over stays as it ended. Those that
 * miss the goal have another colour and a disc below, and one is marked by a ring.
 */
export class InstancedArms {
  readonly object = new Group();
  readonly layout: GridLayout;
  readonly #header: RecordingHeader;
  readonly #episodes: readonly DrawnEpisode[];
  readonly #material = instanceMaterial();
  readonly #base: InstancedMesh;
  readonly #bodies: readonly InstancedMesh[];
  readonly #goals: InstancedMesh;
  readonly #goalMaterial = instanceMaterial();
  readonly #marks: FloorMarks;

  /**
   * @param workspace of a single arm
   * @param layout a place for every episode
   */
  constructor(
    { header, meshes }: Pick<Recording, 'header' | 'meshes'>,
    episodes: readonly DrawnEpisode[],
    workspace: Workspace,
    detail: Detail,
    layout: GridLayout,
  ) {
    const { model, frame } = header.scene.arm;
    this.#header = header;
    this.#episodes = episodes;
    this.layout = layout;
    const { hasSuccess } = header.spec;
    const missed = new InstancedBufferAttribute(
      Float32Array.from(episodes, ({ success }) => (hasSuccess && !success ? 1 : 0)),
      1,
    );
    const instanced = (geometry: BufferGeometry, material: ShaderMaterial) => {
      geometry.setAttribute('missed', missed);
      const mesh = new InstancedMesh(geometry, material, episodes.length);
      mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      mesh.frustumCulled = false;
      return mesh;
    };
    const drawn = { meshes, cell: largestMesh(model) / detail.cells };
    const draw = (body: Body) => instanced(bodyGeometry(looks(body.visuals), detail, drawn), this.#material);
    this.#base = draw(model.bodies[0]);
    const free = freeBodiesOf(header.scene).map(({ body }) => body);
    this.#bodies = [...treeOf(model).bodies, ...free].map(draw);
    const standing = header.scene.fixed.filter((thing) => thing.model.bodies[0].visuals.length);
    for (const thing of standing) {
      const mesh = draw(thing.model.bodies[0]);
      this.object.add(mesh);
      for (let i = 0; i < episodes.length; i++)
        this.#set(mesh, i, [...thing.frame.position, ...thing.frame.rotation], 1);
    }
    this.#goals = instanced(octahedron(goalRadiusOf(header.spec) || 0.02), this.#goalMaterial);
    this.object.add(this.#base, ...this.#bodies, this.#goals);
    const at = [...frame.position, ...frame.rotation];
    for (let i = 0; i < episodes.length; i++) this.#set(this.#base, i, at, 1);
    const { offsets, spacing } = this.layout;
    const places = offsets.map((along, k) => along + frame.position[k % 2]);
    const height = Math.min(0, boundsOf(workspace.points, 2).low) + 0.003;
    this.#marks = new FloorMarks(places, missed, 0.46 * Math.min(...spacing), height);
    this.object.add(this.#marks.object);
  }

  /** Puts the ring about an arm. */
  mark(i: number): void {
    this.#marks.mark(i);
  }

  /**
   * The arm that is drawn nearest to a point of the picture, the nearer to the eye of two; undefined where none is within `most`.
   * @param distance from the point to the line from a to b, both in the camera's clip space
   */
  nearest(camera: Camera, distance: (a: Vector3, b: Vector3) => number, most: number): number | undefined {
    let found: { readonly arm: number; readonly off: number } | undefined;
    const [a, b] = [new Vector3(), new Vector3()];
    const place = (mesh: InstancedMesh, i: number, into: Vector3) =>
      into.fromArray(mesh.instanceMatrix.array, i * 16 + 12).project(camera);
    for (let i = 0; i < this.#episodes.length; i++) {
      place(this.#base, i, a);
      for (const mesh of this.#bodies) {
        const off = distance(a, place(mesh, i, b));
        if (off < most && off < (found?.off ?? Infinity)) found = { arm: i, off };
        a.copy(b);
      }
    }
    return found?.arm;
  }

  /** Shows every episode at a time in control steps, or at its end when that comes before. */
  show(time: number): void {
    const header = this.#header;
    const radius = goalRadiusOf(header.spec);
    const pose = [...identity];
    for (const [i, episode] of this.#episodes.entries()) {
      const at = Math.min(time, episode.steps);
      for (const [b, mesh] of this.#bodies.entries()) {
        poseAt(episode.pose, this.#bodies.length, b, at, pose);
        this.#set(mesh, i, pose, 1);
      }
      const [x, y, z] = broughtAt(episode, header, at) ?? tipAt(episode, header.scene, at);
      const [gx, gy, gz] = goalAt(episode, header, Math.floor(at));
      // A reached goal grows to its radius.
      const isTurned = turnAt(episode, header, Math.floor(at)) < goalAngleOf(header.spec);
      const reached = isTurned && Math.hypot(x - gx, y - gy, z - gz) < radius;
      const present = Number.isFinite(gx + gy + gz);
      this.#set(this.#goals, i, present ? [gx, gy, gz, 0, 0, 0, 1] : identity, present ? (reached ? 1 : 0.45) : 0);
    }
    for (const mesh of [...this.#bodies, this.#goals]) mesh.instanceMatrix.needsUpdate = true;
  }

  paint(palette: Palette): void {
    this.#material.uniforms.colors.value = parts.map((part) => new Color(palette.parts[part].color));
    this.#goalMaterial.uniforms.colors.value = parts.map(() => new Color(palette.accent));
    this.#material.uniforms.miss.value.setHex(palette.miss);
    this.#goalMaterial.uniforms.miss.value.setHex(palette.accent);
    this.#marks.paint(palette);
  }

  /** Writes the matrix of arm i from position and quaternion in its own world. */
  #set(mesh: InstancedMesh, i: number, [x, y, z, qx, qy, qz, qw]: readonly number[], size: number): void {
    const { offsets } = this.layout;
    position.set(x + offsets[2 * i], y + offsets[2 * i + 1], z);
    matrix
      .compose(position, rotation.set(qx, qy, qz, qw), scale.setScalar(size))
      .toArray(mesh.instanceMatrix.array, i * 16);
  }
}

function instanceMaterial(): ShaderMaterial {
  const uniforms = { colors: { value: parts.map(() => new Color()) }, miss: { value: new Color() } };
  return new ShaderMaterial({ vertexShader, fragmentShader, uniforms });
}

function octahedron(radius: number): BufferGeometry {
  const geometry = new OctahedronGeometry(radius, 1);
  return geometry.setAttribute('part', new BufferAttribute(new Float32Array(geometry.attributes.position.count), 1));
}
