import { Color, Group, Mesh, PlaneGeometry, ShaderMaterial, ShadowMaterial, Vector3 } from 'three';
import type { Palette } from './palette.ts';
import { boundsOf } from './workspace.ts';

/** Distance between the fine lines, m; every fifth line is stronger. */
export const gridSpacing = 0.1;

const vertex = /* glsl */ `
  varying vec3 world;
  void main() {
    vec4 at = modelMatrix * vec4(position, 1.0);
    world = at.xyz;
    gl_Position = projectionMatrix * viewMatrix * at;
  }`;

// Lines keep a width of about a pixel however far away, and vanish before they are dense enough to flicker.
const fragment = /* glsl */ `
  varying vec3 world;
  uniform vec3 color;
  uniform vec3 center;
  uniform float opacity;
  uniform float radius;
  uniform float spacing;
  float lines(vec2 at, float every) {
    vec2 cell = at / every;
    vec2 width = fwidth(cell);
    vec2 line = abs(fract(cell - 0.5) - 0.5) / width;
    float density = max(width.x, width.y);
    return (1.0 - min(min(line.x, line.y), 1.0)) * (1.0 - smoothstep(0.15, 0.5, density));
  }
  void main() {
    float fade = 1.0 - smoothstep(0.25, 1.0, distance(world.xy, center.xy) / radius);
    float strength = max(0.42 * lines(world.xy, spacing), lines(world.xy, spacing * 5.0));
    gl_FragColor = vec4(color, opacity * strength * fade * fade);
    #include <colorspace_fragment>
  }`;

/** A floor that is only its grid and the shadows on it, and fades out before it ends. */
export class Floor {
  readonly object = new Group();
  readonly #grid: ShaderMaterial;
  readonly #catcher: Mesh;
  readonly #shadow = new ShadowMaterial({ transparent: true, depthWrite: false });

  constructor() {
    this.#grid = new ShaderMaterial({
      vertexShader: vertex,
      fragmentShader: fragment,
      transparent: true,
      depthWrite: false,
      uniforms: {
        color: { value: new Color() },
        center: { value: new Vector3() },
        opacity: { value: 0.3 },
        radius: { value: 2 },
        spacing: { value: gridSpacing },
      },
    });
    const plane = new PlaneGeometry(1, 1);
    const grid = new Mesh(plane, this.#grid);
    this.#catcher = new Mesh(plane, this.#shadow);
    this.#catcher.receiveShadow = true;
    // A little below whatever stands exactly on the floor.
    this.#catcher.position.z = -0.0005;
    grid.position.z = -0.0004;
    grid.renderOrder = 1;
    this.object.add(this.#catcher, grid);
  }

  /** @param reach radius around the center in which shadows fall */
  fit(center: Vector3, height: number, reach: number): void {
    const radius = reach * 3.2;
    this.#catcher.scale.setScalar((1.6 * reach) / radius);
    this.object.position.set(center.x, center.y, height);
    this.object.scale.set(2 * radius, 2 * radius, 1);
    this.#grid.uniforms.center.value.copy(center);
    this.#grid.uniforms.radius.value = radius;
  }

  set shadows(shown: boolean) {
    this.#catcher.visible = shown;
  }

  paint(palette: Palette): void {
    this.#grid.uniforms.color.value.setHex(palette.grid);
    this.#grid.uniforms.opacity.value = palette.gridOpacity;
    this.#shadow.opacity = palette.shadow;
  }
}

/** Where the numbers along one axis of the grid stand. */
export interface AxisTicks {
  /** Round numbers on grid lines, in order, m. */
  readonly values: readonly number[];
  /** Between two of the numbers, m. */
  readonly spacing: number;
  /** Where the workspace ends towards the camera of the home view: above for x, below for y, m. */
  readonly edge: number;
}

/** A few numbers along x and y around points [n, 3], and the height of their letters, m. */
export function axisTicks(points: readonly number[]): {
  readonly x: AxisTicks;
  readonly y: AxisTicks;
  readonly size: number;
} {
  const [x, y] = [boundsOf(points, 0), boundsOf(points, 1)];
  const reach = Math.max(x.high - x.low, y.high - y.low);
  const steps = [1, 2, 5, 10, 20, 50].map((lines) => lines * gridSpacing);
  const spacing = steps.find((step) => reach / step <= 6) ?? reach;
  return {
    x: { values: gridValues(x, spacing), spacing, edge: x.high },
    y: { values: gridValues(y, spacing), spacing, edge: y.low },
    size: reach * 0.028,
  };
}

function gridValues({ low, high }: { low: number; high: number }, spacing: number): number[] {
  const [first, last] = [Math.ceil(low / spacing - 1e-9), Math.floor(high / spacing + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * spacing);
}
