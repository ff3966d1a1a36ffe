/** Pictures of the scene as the page shows it: the drawing is transparent, and lies on the page's own background. */

/** Paints the drawing over the stage's background, scaled to the target, in which it keeps its shape. */
export function paintPicture(target: OffscreenCanvas, drawing: HTMLCanvasElement, stage: Element): void {
  const context = target.getContext('2d');
  if (!context) throw new Error('this browser gives no canvas to paint on');
  const { width, height } = target;
  context.fillStyle = background(context, stage, width, height);
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(drawing, 0, 0, width, height);
}

/** Saves a file through the browser's downloads. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The stage's radial gradient from centre to edge, as its style sheet has it. */
function background(context: OffscreenCanvasRenderingContext2D, stage: Element, width: number, height: number) {
  const { backgroundImage } = getComputedStyle(stage, '::before');
  const [center, edge] = backgroundImage.match(/(?:rgba?|oklch|oklab|color)\([^()]+\)|#[\da-f]{3,8}/gi) ?? [];
  if (!center || !edge) return getComputedStyle(stage.closest('.viewer') ?? stage).backgroundColor;
  const [x, y] = [width / 2, height * 0.42];
  const gradient = context.createRadialGradient(x, y, 0, x, y, Math.hypot(width * 0.85, height * 0.64));
  gradient.addColorStop(0, center);
  gradient.addColorStop(1, edge);
  return gradient;
}
