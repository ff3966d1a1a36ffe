import { distance, type State } from '@armature-rl/armature';

/** From a site to a point, m. */
export function way({ site }: State, name: string, point: Float32Array): number {
  return distance(site(name).position, point);
}
