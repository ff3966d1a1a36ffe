import { CircleGeometry, Color, InstancedBufferAttribute, InstancedMesh, Matrix4, ShaderMaterial } from 'three';
import type { Palette } from '../scene/palette.ts';

const vertexShader = /* glsl */ `
  attribute float missed;
  attribute float marked;
  varying float isMissed;
  varying float isMarked;
  varying vec2 place;
  void main() {
    isMissed = missed;
    isMarked = marked;
    place = uv - 0.5;
    gl_Position = projectionMatrix * viewMatrix * modelMatrix * instanceMatrix * vec4(position * max(missed, marked), 1.0);
  }`;
const fragmentShader = /* glsl */ `
  varying float isMissed;
  varying float isMarked;
  varying vec2 place;
  uniform vec3 miss;
  uniform vec3 mark;
  void main() {
    bool rim = isMarked > 0.5 && length(place) > 0.425;
    gl_FragColor = rim ? vec4(mark, 1.0) : vec4(miss, 0.34 * isMissed);
    #include <colorspace_fragment>
  }`;

/** On the floor below many arms, in one call: a disc where one misses its goal, and a ring about the one in view. */
export class FloorMarks {
  readonly object: InstancedMesh<CircleGeometry, ShaderMaterial>;
  readonly #marked: InstancedBufferAttribute;

  /**
   * @param places of the discs, m [n, 2]
   * @param missed 1 where an arm misses its goal [n]
   */
  constructor(places: ArrayLike<number>, missed: InstancedBufferAttribute, radius: number, height: number) {
    const count = places.length / 2;
    const uniforms = { miss: { value: new Color() }, mark: { value: new Color() } };
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      uniforms,
      transparent: true,
      depthWrite: false,
    });
    this.#marked = new InstancedBufferAttribute(new Float32Array(count), 1);
    this.object = new InstancedMesh(new CircleGeometry(radius, 40), material, count);
    this.object.geometry.setAttribute('missed', missed);
    this.object.geometry.setAttribute('marked', this.#marked);
    this.object.frustumCulled = false;
    const matrix = new Matrix4();
    for (let i = 0; i < count; i++)
      this.object.setMatrixAt(i, matrix.makeTranslation(places[2 * i], places[2 * i + 1], height));
  }

  /** Puts the ring about arm i. */
  mark(i: number): void {
    if (this.#marked.array[i] === 1) return;
    this.#marked.array.fill(0);
    this.#marked.array[i] = 1;
    this.#marked.needsUpdate = true;
  }

  paint({ miss, accent }: Palette): void {
    this.object.material.uniforms.miss.value.setHex(miss);
    this.object.material.uniforms.mark.value.setHex(accent);
  }
}
