/** What is written into a picture: a caption, names of what is compared, what colours and marks mean, the curve of a training. */
import type { Key, Legend } from '../overlays/overlay.ts';
import { pictureUnit } from './choice.ts';

export interface Caption {
  readonly title: string;
  readonly detail: string;
}

/** A name with the colour, and the letter, of what it names. */
export interface Label {
  readonly color: string;
  readonly letter: string;
  readonly text: string;
}

/** Success over a training, and how far the film has come. */
export interface Curve {
  /** Index of a snapshot and share of goals reached. */
  readonly points: readonly (readonly [index: number, share: number])[];
  /** Index of the last snapshot. */
  readonly last: number;
  /** Index of the snapshot in view. */
  readonly at: number;
}

export interface Writing {
  readonly caption?: Caption;
  readonly curve?: Curve;
  readonly labels: readonly Label[];
  /** Names of panes side by side. */
  readonly panes: readonly string[];
  readonly legends: readonly Legend[];
  readonly keys: readonly Key[];
  readonly notes: readonly string[];
}

/** CSS colours, and the font family. */
export interface Colors {
  readonly ink: string;
  readonly quiet: string;
  readonly accent: string;
  /** Of the policy's mean. */
  readonly policy: string;
  readonly ground: string;
  readonly font: string;
}

/** Left free at each edge; like all sizes below in pixels of a picture whose shorter side has `pictureUnit` of them. */
const margin = 22;

type Context = OffscreenCanvasRenderingContext2D;

/** A canvas scaled so that its shorter side is `pictureUnit` long, whatever its size in pixels. */
interface Page {
  readonly context: Context;
  readonly colors: Colors;
  readonly width: number;
  readonly height: number;
}

export function write(canvas: OffscreenCanvas, writing: Writing, colors: Colors): void {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser gives no canvas to write on');
  const unit = Math.min(canvas.width, canvas.height) / pictureUnit;
  context.save();
  context.scale(unit, unit);
  const page = { context, colors, width: canvas.width / unit, height: canvas.height / unit };
  const isUpright = page.width < page.height * 1.2;
  if (writing.caption) writeCaption(page, writing.caption, writing.curve !== undefined && isUpright);
  if (writing.curve) drawCurve(page, writing.curve, isUpright);
  const below = writeLabels(page, writing.labels);
  writeLegends(page, writing, below);
  writePanes(page, writing.panes);
  context.restore();
}

/** Text with a seam of the ground around it, so that it can be read over the arm too. */
function say({ context, colors }: Page, text: string, x: number, y: number, font: string, color: string): void {
  context.font = `${font} ${colors.font}`;
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = colors.ground;
  context.globalAlpha = 0.75;
  context.strokeText(text, x, y);
  context.globalAlpha = 1;
  context.fillStyle = color;
  context.fillText(text, x, y);
}

const curveSize = { width: 196, height: 40 } as const;

function writeCaption(page: Page, { title, detail }: Caption, isOverCurve: boolean): void {
  const bottom = page.height - margin - (isOverCurve ? curveSize.height + 26 : 0);
  page.context.textBaseline = 'alphabetic';
  say(page, title, margin, bottom - 22, '600 26px', page.colors.ink);
  say(page, detail, margin, bottom - 1, '400 14px', page.colors.quiet);
}

function drawCurve(page: Page, { points, last, at }: Curve, isUpright: boolean): void {
  if (points.length < 2 || last < 1) return;
  const { context, colors } = page;
  const width = isUpright ? page.width - 2 * margin : curveSize.width;
  const [left, bottom] = [page.width - margin - width, page.height - margin - 3];
  const place = ([index, share]: readonly [number, number]) =>
    [left + (index / last) * width, bottom - share * curveSize.height] as const;
  const trace = (some: readonly (readonly [number, number])[]) => {
    context.beginPath();
    for (const point of some) context.lineTo(...place(point));
  };
  context.lineJoin = context.lineCap = 'round';
  context.globalAlpha = 0.35;
  context.strokeStyle = colors.quiet;
  context.lineWidth = 1;
  trace([
    [0, 0],
    [last, 0],
  ]);
  context.stroke();
  context.globalAlpha = 0.5;
  context.lineWidth = 2;
  trace(points);
  context.stroke();
  context.globalAlpha = 1;
  const done = points.filter(([index]) => index <= at);
  const now = done[done.length - 1] ?? points[0];
  context.strokeStyle = context.fillStyle = colors.accent;
  context.lineWidth = 2.5;
  trace(done);
  context.stroke();
  context.beginPath();
  context.arc(...place([at, now[1]]), 5, 0, 2 * Math.PI);
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = colors.ground;
  context.stroke();
  context.textAlign = 'left';
  say(page, 'success', left, bottom - curveSize.height - 8, '500 11px', colors.quiet);
}

/** @returns where there is room below them */
function writeLabels(page: Page, labels: readonly Label[]): number {
  const { context, colors } = page;
  let y = margin;
  for (const { color, letter, text } of labels) {
    context.fillStyle = color;
    context.beginPath();
    context.roundRect(margin, y, 18, 18, 4);
    context.fill();
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    context.fillStyle = colors.ground;
    context.font = `650 11px ${colors.font}`;
    context.fillText(letter, margin + 9, y + 9.5);
    context.textAlign = 'left';
    say(page, text, margin + 26, y + 9.5, '500 13px', colors.ink);
    y += 24;
  }
  return labels.length > 0 ? y + 6 : y;
}

function writeLegends(page: Page, { legends, keys, notes }: Writing, top: number): void {
  const { context, colors } = page;
  let y = top + 12;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  for (const { title, low, high, colors: ramp } of legends) {
    say(page, title, margin, y, '500 13px', colors.ink);
    say(page, low, margin, y + 20, '400 12px', colors.quiet);
    const from = margin + context.measureText(low).width + 8;
    const gradient = context.createLinearGradient(from, 0, from + 132, 0);
    for (const [i, color] of ramp.entries()) gradient.addColorStop(i / Math.max(1, ramp.length - 1), color);
    context.fillStyle = gradient;
    context.beginPath();
    context.roundRect(from, y + 12, 132, 7, 3.5);
    context.fill();
    say(page, high, from + 140, y + 20, '400 12px', colors.quiet);
    y += 44;
  }
  for (const { mark, text } of keys) {
    drawMark(page, mark, margin, y - 4);
    say(page, text, margin + 26, y, '400 12px', colors.quiet);
    y += 19;
  }
  for (const note of notes) {
    say(page, note, margin, y, '400 12px', colors.quiet);
    y += 18;
  }
}

/** A mark of the scene, 18 wide, about a height. */
function drawMark({ context, colors }: Page, mark: Key['mark'], x: number, y: number): void {
  context.save();
  context.strokeStyle = context.fillStyle =
    mark === 'ring' ? colors.ink : mark === 'ball' ? colors.policy : colors.accent;
  context.lineWidth = 2;
  context.beginPath();
  if (mark === 'ball') context.arc(x + 9, y, 4, 0, 2 * Math.PI);
  else if (mark === 'ring') context.arc(x + 9, y, 4.5, 0, 2 * Math.PI);
  else {
    context.moveTo(x, y);
    context.lineTo(x + (mark === 'arrow' ? 11 : 18), y);
  }
  if (mark === 'faint') {
    context.globalAlpha = 0.6;
    context.setLineDash([4, 3]);
  }
  if (mark === 'ball') context.fill();
  else context.stroke();
  if (mark === 'arrow') {
    context.beginPath();
    context.moveTo(x + 10, y - 4.5);
    context.lineTo(x + 18, y);
    context.lineTo(x + 10, y + 4.5);
    context.fill();
  }
  context.restore();
}

function writePanes(page: Page, panes: readonly string[]): void {
  if (panes.length < 2) return;
  const { context, colors, width, height } = page;
  const each = width / panes.length;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  for (const [i, text] of panes.entries()) {
    say(page, text, (i + 0.5) * each, margin + 12, '500 13px', colors.ink);
    if (i > 0) {
      context.fillStyle = colors.quiet;
      context.globalAlpha = 0.3;
      context.fillRect(i * each, 0, 1, height);
      context.globalAlpha = 1;
    }
  }
  context.textAlign = 'left';
}
