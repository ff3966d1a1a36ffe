/**
 * Visits the pixels whose middle lies in a triangle.
 * @param corners x and y of each in pixels, downwards, and whatever else
 * @param visit gets the pixel's place, and the share of each corner
 */
export function fill(
  corners: readonly (readonly number[])[],
  width: number,
  height: number,
  visit: (at: number, toA: number, toB: number, toC: number) => void,
): void {
  const [a, b, c] = corners;
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  if (area === 0) return;
  const [left, right] = [Math.min(a[0], b[0], c[0]), Math.max(a[0], b[0], c[0])];
  const [top, bottom] = [Math.min(a[1], b[1], c[1]), Math.max(a[1], b[1], c[1])];
  for (let y = Math.max(0, Math.ceil(top - 0.5)); y < Math.min(height, bottom + 0.5); y++) {
    for (let x = Math.max(0, Math.ceil(left - 0.5)); x < Math.min(width, right + 0.5); x++) {
      const [dx, dy] = [x + 0.5 - a[0], y + 0.5 - a[1]];
      const toB = (dx * (c[1] - a[1]) - dy * (c[0] - a[0])) / area;
      const toC = (dy * (b[0] - a[0]) - dx * (b[1] - a[1])) / area;
      const toA = 1 - toB - toC;
      if (Math.min(toA, toB, toC) >= -1e-6) visit(y * width + x, toA, toB, toC);
    }
  }
}
