import type { Vec3 } from '../math/rotation.ts';
import type { ShapePart, Visual } from '../model/types.ts';

/** Solids that arms are drawn by, a link's unless said otherwise. */

function rod(kind: 'capsule' | 'cylinder') {
  return (from: Vec3, to: Vec3, radius: number, part: ShapePart = 'link'): Visual => ({ kind, from, to, radius, part });
}
export const capsule = rod('capsule');
export const cylinder = rod('cylinder');

/** A box by its least and greatest corner. */
export function box(low: Vec3, high: Vec3, part: ShapePart = 'link'): Visual {
  return {
    kind: 'box',
    center: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2],
    size: [high[0] - low[0], high[1] - low[1], high[2] - low[2]],
    part,
  };
}
