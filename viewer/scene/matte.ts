import { Color, ShaderMaterial, UniformsLib, UniformsUtils } from 'three';

const vertex = /* glsl */ `
  varying vec3 facing;
  void main() {
    facing = normalMatrix * normal;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;

const fragment = /* glsl */ `
  #include <common>
  #include <lights_pars_begin>
  varying vec3 facing;
  uniform vec3 color;
  void main() {
    vec3 normal = normalize(facing);
    vec3 light = vec3(0.0);
    #pragma unroll_loop_start
    for (int i = 0; i < NUM_HEMI_LIGHTS; i++) {
      light += getHemisphereLightIrradiance(hemisphereLights[i], normal);
    }
    #pragma unroll_loop_end
    #pragma unroll_loop_start
    for (int i = 0; i < NUM_DIR_LIGHTS; i++) {
      light += directionalLights[i].color * max(dot(normal, directionalLights[i].direction), 0.0);
    }
    #pragma unroll_loop_end
    gl_FragColor = vec4(RECIPROCAL_PI * color * light, 1.0);
    #include <colorspace_fragment>
  }`;

/**
 * A matte colour in the scene's lights on which no shadows fall: what MeshLambertMaterial draws, by a shader that a processor compiles
 * several times faster, before it can draw at all.
 */
export class MatteMaterial extends ShaderMaterial {
  constructor() {
    const uniforms = { ...UniformsUtils.clone(UniformsLib.lights), color: { value: new Color() } };
    super({ vertexShader: vertex, fragmentShader: fragment, uniforms, lights: true });
  }

  get color(): Color {
    return this.uniforms.color.value;
  }
}
