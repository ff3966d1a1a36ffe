/** The box around points [3 N], along their own axes; from infinity to minus infinity where there are none. */
export function boxOf(positions: ArrayLike<number>): { low: Point; high: Point } {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    low[i % 3] = Math.min(low[i % 3], positions[i]);
    high[i % 3] = Math.max(high[i % 3], positions[i]);
  }
  return { low, high };
}

export type Point = readonly [x: number, y: number, z: number];
