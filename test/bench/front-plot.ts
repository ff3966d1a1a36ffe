import { bound, isOnFront, type Point } from './front.ts';

/** The front as a picture: cost to the right, error upwards, both in powers of ten. */

const size = { width: 860, height: 480, left: 74, right: 24, top: 64, bottom: 62 };
const ink = { text: '#1f2933', dim: '#6b7785', grid: '#e4e8ec', front: '#2563eb', other: '#a3adb8', chosen: '#dc2626' };

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

export function drawFront(all: readonly Point[]): string {
  const points = all.filter(({ isPlain }) => isPlain);
  const x: Axis = { ...around(points.map(({ cost }) => cost)), ticks: [5, 10, 20, 50, 100, 200, 500, 1000] };
  const y: Axis = {
    ...around([...points.map(({ worst }) => worst), bound]),
    ticks: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
  };
  const at = (cost: number, error: number) => ({
    x: size.left + share(x, cost) * (size.width - size.left - size.right),
    y: size.height - size.bottom - share(y, error) * (size.height - size.top - size.bottom),
  });
  const front = points.filter((point) => isOnFront(point, points)).sort((a, b) => a.cost - b.cost);
  const line = front.map((point) => at(point.cost, point.worst)).map((p) => `${fixed(p.x)},${fixed(p.y)}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    text(
      size.left,
      28,
      'Cost against accuracy of the Panda in Rapier',
      `font-size="17" font-weight="600" fill="${ink.text}"`,
    ),
    text(
      size.left,
      48,
      'solver x internal iterations; nothing below and to the left of the line was found',
      `fill="${ink.dim}"`,
    ),
    ...grid(x, y, at),
    ...boundLine(x, at),
    `<polyline points="${line.join(' ')}" fill="none" stroke="${ink.front}" stroke-width="2"/>`,
    ...points.map((point) => mark(point, front.includes(point), at(point.cost, point.worst))),
    '</svg>\n',
  ].join('\n');
}

type Place = (cost: number, error: number) => { x: number; y: number };

function grid(x: Axis, y: Axis, at: Place): string[] {
  const bottom = size.height - size.bottom;
  const inside = ({ from, to, ticks }: Axis) => ticks.filter((tick) => tick >= from && tick <= to);
  return [
    ...inside(x).flatMap((cost) => {
      const { x: px } = at(cost, y.from);
      return [
        rule(px, size.top, px, bottom),
        text(px, bottom + 20, String(cost), `text-anchor="middle" fill="${ink.dim}"`),
      ];
    }),
    ...inside(y).flatMap((error) => {
      const { y: py } = at(x.from, error);
      return [
        rule(size.left, py, size.width - size.right, py),
        text(size.left - 8, py + 4, String(error), `text-anchor="end" fill="${ink.dim}"`),
      ];
    }),
    text(
      (size.left + size.width - size.right) / 2,
      bottom + 44,
      'cost of an arm and control step, us',
      `text-anchor="middle" fill="${ink.text}"`,
    ),
    text(
      0,
      0,
      'RMS difference from MuJoCo, rad',
      `text-anchor="middle" fill="${ink.text}" transform="translate(18 ${(size.top + bottom) / 2}) rotate(-90)"`,
    ),
  ];
}

function boundLine(x: Axis, at: Place): string[] {
  const { y } = at(x.from, bound);
  return [
    `<line x1="${size.left}" y1="${fixed(y)}" x2="${size.width - size.right}" y2="${fixed(y)}" stroke="${ink.chosen}" stroke-dasharray="5 4"/>`,
    text(size.width - size.right, y - 6, `promised: ${bound} rad`, `text-anchor="end" fill="${ink.chosen}"`),
  ];
}

function mark({ name, isDefault }: Point, isFront: boolean, { x, y }: { x: number; y: number }): string {
  const color = isDefault ? ink.chosen : isFront ? ink.front : ink.other;
  const label = isDefault ? `${name} (default)` : name;
  return [
    `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${isDefault ? 6 : 4.5}" fill="${color}"/>`,
    // Along the line names go below it, the others above.
    isFront && !isDefault
      ? text(x - 4, y + 20, label, `text-anchor="end" fill="${ink.text}"`)
      : text(x + 9, y - 8, label, isDefault ? `font-weight="600" fill="${ink.chosen}"` : `fill="${ink.dim}"`),
  ].join('');
}

/** A range with some room at both ends. */
function around(values: readonly number[]): { from: number; to: number } {
  return { from: Math.min(...values) / 1.25, to: Math.max(...values) * 1.35 };
}

function share({ from, to }: Axis, value: number): number {
  return Math.log(value / from) / Math.log(to / from);
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${ink.grid}"/>`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${content}</text>`;
}

const fixed = (value: number) => value.toFixed(1);
