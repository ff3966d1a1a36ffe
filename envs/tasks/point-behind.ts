/** x and y of the point so many m behind an object as seen from its goal, from where the way to the goal leads through the object, m. */
export function pointBehind(
  position: ArrayLike<number>,
  goal: ArrayLike<number>,
  by: number,
): readonly [number, number] {
  const [x, y] = [goal[0] - position[0], goal[1] - position[1]];
  const back = by / Math.max(1e-6, Math.sqrt(x * x + y * y));
  return [position[0] - back * x, position[1] - back * y];
}
