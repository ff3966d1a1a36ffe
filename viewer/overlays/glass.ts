import { Color, ShaderMaterial } from 'three';

const vertex = /* glsl */ `
  varying vec3 facing;
  varying vec3 toEye;
  void main() {
    vec4 at = modelViewMatrix * vec4(position, 1.0);
    facing = normalMatrix * normal;
    toEye = -at.xyz;
    gl_Position = projectionMatrix * at;
  }`;

// Denser where the eye looks along the surface, as glass is.
const fragment = /* glsl */ `
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
    vertexShader: vertex,
    fragmentShader: fragment,
    uniforms: { color: { value: new Color() }, density: { value: density } },
    transparent: true,
    depthWrite: false,
  });
}
