import {
  Color,
  Line,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  MeshStandardMaterial,
  type Object3D,
  Points,
  ShaderMaterial,
} from 'three';
import type { ShapePart } from '../../envs/model/types.ts';
import { MatteMaterial } from './matte.ts';
import type { Palette } from './palette.ts';

export type PartMaterials = Readonly<Record<ShapePart, Material>>;

export const parts: readonly ShapePart[] = ['base', 'link', 'joint', 'hand', 'object', 'surface'];

function each<M>(make: () => M): Readonly<Record<ShapePart, M>> {
  return { base: make(), link: make(), joint: make(), hand: make(), object: make(), surface: make() };
}

/** The arm's materials: fine, and plain for a machine that cannot keep pace. */
export class ArmMaterials {
  readonly fine = each(() => new MeshStandardMaterial());
  /** Shadows fall on surfaces alone: they are what makes things lie on a table. */
  readonly plain = { ...each(() => new MatteMaterial()), surface: new MeshLambertMaterial() };

  paint(palette: Palette): void {
    for (const part of parts) {
      const { color, roughness } = palette.parts[part];
      this.fine[part].color.setHex(color);
      this.fine[part].roughness = roughness;
      this.plain[part].color.setHex(color);
    }
  }
}

/** Where a ghost and the arm coincide, the arm is drawn in front. */
const offset = { polygonOffset: true, polygonOffsetFactor: 2, polygonOffsetUnits: 8 };
const behind = { transparent: true, ...offset };

/** A translucent colour for a whole arm, darker at its joints. */
export class GhostMaterials {
  readonly parts: PartMaterials;
  /** Writes depth alone: hides what lies behind the front of an arm, so that its inner parts do not shine through. */
  readonly depth = new MeshBasicMaterial({ colorWrite: false, transparent: true, ...offset });
  readonly #material = new MeshLambertMaterial(behind);
  readonly #dark = new MeshLambertMaterial(behind);

  constructor() {
    const [light, dark] = [this.#material, this.#dark];
    this.parts = { base: light, link: light, joint: dark, hand: dark, object: light, surface: light };
  }

  paint(color: number, opacity: number): void {
    this.#material.color.setHex(color);
    this.#dark.color.setHex(color).multiplyScalar(0.55);
    this.#material.opacity = this.#dark.opacity = opacity;
  }
}

const glassVertex = /* glsl */ `
  varying vec3 facing;
  varying vec3 toEye;
  void main() {
    vec4 at = modelViewMatrix * vec4(position, 1.0);
    facing = normalMatrix * normal;
    toEye = -at.xyz;
    gl_Position = projectionMatrix * at;
  }`;

// Denser where the view grazes the surface, as glass is.
const glassFragment = /* glsl */ `
  varying vec3 facing;
  varying vec3 toEye;
  uniform vec3 color;
  uniform float density;
  void main() {
    float rim = 1.0 - abs(dot(normalize(facing), normalize(toEye)));
    gl_FragColor = vec4(color, density * (0.22 + 0.78 * rim * rim));
    #include <colorspace_fragment>
  }`;

export function glassMaterial(density: number): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: glassVertex,
    fragmentShader: glassFragment,
    uniforms: { color: { value: new Color() }, density: { value: density } },
    transparent: true,
    depthWrite: false,
  });
}

/** Takes an object out of its scene, and frees the geometries and materials of the object and its descendants. */
export function disposeTree(root: Object3D): void {
  root.removeFromParent();
  root.traverse((child) => {
    child.dispose();
    // All sprites share one geometry.
    if (child instanceof Mesh || child instanceof Line || child instanceof Points) child.geometry.dispose();
    if (!('material' in child)) return;
    for (const material of [child.material].flat() as MeshBasicMaterial[]) {
      material.map?.dispose();
      material.dispose();
    }
  });
}
