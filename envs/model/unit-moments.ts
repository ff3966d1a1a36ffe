import type { Vec3 } from '../math/rotation.ts';

/** What a solid measures, m; one with a length lies along z. */
export type Measures =
  | { readonly kind: 'box'; readonly size: Vec3 }
  | { readonly kind: 'sphere'; readonly radius: number }
  | { readonly kind: 'cylinder' | 'capsule'; readonly radius: number; readonly length: number };

/** Volume, and moments of inertia of a unit of mass about the solid's own axes. */
export function unitMoments(solid: Measures): { volume: number; moments: Vec3 } {
  if (solid.kind === 'box') {
    const [x, y, z] = solid.size.map((size) => (size * size) / 12);
    return { volume: solid.size[0] * solid.size[1] * solid.size[2], moments: [y + z, x + z, x + y] };
  }
  const { radius: r } = solid;
  const ball = (4 / 3) * Math.PI * r * r * r;
  const ballMoment = (2 / 5) * r * r;
  if (solid.kind === 'sphere') return { volume: ball, moments: [ballMoment, ballMoment, ballMoment] };
  const { length: l } = solid;
  const tube = Math.PI * r * r * l;
  const [along, across] = [(r * r) / 2, (3 * r * r + l * l) / 12];
  if (solid.kind === 'cylinder') return { volume: tube, moments: [across, across, along] };
  // Two half balls at the ends: their centres of mass lie 3/8 r out from the faces.
  const volume = tube + ball;
  const outer = ballMoment + (l * l) / 4 + (3 / 8) * r * l;
  const share = (ofTube: number, ofBall: number) => (tube * ofTube + ball * ofBall) / volume;
  return { volume, moments: [share(across, outer), share(across, outer), share(along, ballMoment)] };
}
