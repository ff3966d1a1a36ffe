import uPlot from 'uplot';
import type { Span } from '../state/player.ts';
import { rangeOf, thin } from './data.ts';
import type { Drawing, Line } from './lines.ts';
import { dashes, faint, type Looks } from './looks.ts';

export interface Frame {
  readonly drawing: Drawing;
  readonly span: Pick<Span, 'from' | 'to'>;
  /** Seconds per control step. */
  readonly dt: number;
  readonly looks: Looks;
  /** Whether the axis of time is drawn. */
  readonly timed: boolean;
}

/** One chart: the lines of a drawing over time, and lines for the moment in view and the marked one. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #playhead = document.createElement('span');
  readonly #hoverhead = document.createElement('span');
  #plot?: uPlot;
  #frame?: Frame;
  #shape = '';

  constructor(host: HTMLElement, pick: (step: number, pressed: boolean) => void, leave: () => void) {
    this.#host = host;
    this.#playhead.className = 'playhead';
    this.#hoverhead.className = 'hoverhead';
    const stepAt = ({ clientX }: PointerEvent) => {
      const box = this.#plot?.over.getBoundingClientRect();
      const { from, to } = this.#span;
      const share = box ? (clientX - box.left) / box.width : 0;
      return Math.min(Math.max(Math.round(from + share * (to - from)), from), to);
    };
    const inside = ({ target }: Event) => target instanceof Element && target.closest('.u-over') !== null;
    host.addEventListener('pointermove', (event) => {
      if (inside(event)) pick(stepAt(event), (event.buttons & 1) === 1);
      else leave();
    });
    host.addEventListener('pointerdown', (event) => {
      if (inside(event) && event.button === 0) pick(stepAt(event), true);
    });
    host.addEventListener('pointerleave', leave);
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  /** Draws other numbers; builds anew only where there are other lines. */
  draw(frame: Frame): void {
    this.#frame = frame;
    const { drawing, looks, timed } = frame;
    const parts = drawing.lines.map(({ name, ghost, band, stepped }) => [name, ghost, band !== undefined, stepped]);
    const shape = JSON.stringify([parts, looks, timed]);
    const data = thin(rowsOf(drawing.lines), frame.span).map(withGaps);
    if (shape === this.#shape && this.#plot) {
      this.#plot.setData(data as uPlot.AlignedData);
      return;
    }
    this.#shape = shape;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(frame), data as uPlot.AlignedData, this.#host);
    this.#plot.over.append(this.#hoverhead, this.#playhead);
  }

  /** Marks the position in view, and another one if there is one, in control steps. */
  mark(position: number, hover: number | undefined): void {
    const { from, to } = this.#span;
    const along = (at: number) => `${(100 * (at - from)) / (to - from)}%`;
    this.#playhead.style.left = along(position);
    this.#hoverhead.hidden = hover === undefined;
    if (hover !== undefined) this.#hoverhead.style.left = along(hover);
  }

  get #span(): Pick<Span, 'from' | 'to'> {
    return this.#frame?.span ?? { from: 0, to: 1 };
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (!this.#plot || width === 0 || (this.#plot.width === width && this.#plot.height === height)) return;
    this.#plot.setSize({ width, height });
  }

  #options({ drawing, looks, timed }: Frame): uPlot.Options {
    const font = '10.5px Inter, system-ui, sans-serif';
    const axis = { stroke: looks.text, font, ticks: { show: false }, gap: 4 };
    const grid = { stroke: looks.grid, width: 1 };
    const { series, bands } = styles(drawing.lines, looks);
    return {
      width: this.#host.clientWidth || 300,
      height: this.#host.clientHeight || 90,
      padding: [6, 8, timed ? 0 : 6, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [this.#span.from, this.#span.to] },
        y: { range: () => this.#range() },
      },
      axes: [
        { ...axis, show: timed, size: 20, grid: { show: false }, space: 48, values: (_, at) => this.#times(at) },
        { ...axis, size: 46, space: 26, grid, values: (_, at) => at.map(short) },
      ],
      series: [{}, ...series],
      bands,
      hooks: { draw: [(plot) => this.#drawLevels(plot)] },
    };
  }

  #range(): [number, number] {
    const { lines, levels } = this.#frame?.drawing ?? { lines: [], levels: [] };
    return rangeOf(rowsOf(lines), levels);
  }

  #times(steps: readonly number[]): string[] {
    const dt = this.#frame?.dt ?? 1;
    return steps.map((step, i) => `${short(Number((step * dt).toFixed(3)))}${i === steps.length - 1 ? ' s' : ''}`);
  }

  #drawLevels(plot: uPlot): void {
    const { levels } = this.#frame?.drawing ?? { levels: [] };
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = this.#frame?.looks.text ?? '';
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const level of levels) {
      const y = Math.round(plot.valToPos(level, 'y', true)) + 0.5;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }
}

/** What a line draws, in the order of its uPlot series: itself, then the edges of its band. */
function rowsOf(lines: readonly Line[]): Float64Array[] {
  return lines.flatMap(({ row, band }) => [row, ...(band ? [band.high, band.low] : [])]);
}

function styles(lines: readonly Line[], looks: Looks): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  const linear = uPlot.paths.linear?.();
  const held = uPlot.paths.stepped?.({ align: 1 });
  const single = lines.filter(({ ghost }) => !ghost).length === 1;
  for (const { look, ghost, band, stepped } of lines) {
    const color = single && !ghost ? looks.alone : looks.series[look % looks.series.length];
    const dash = single && !ghost ? [] : [...dashes[ghost ? 1 + (look % 4) : look % dashes.length]];
    const paths = stepped ? held : linear;
    const hiddenEdge = { stroke: 'transparent', width: 0, points: { show: false }, paths };
    series.push({ stroke: color, width: 1.5, dash, paths, points: { show: false } });
    if (band)
      bands.push({
        series: [series.push(hiddenEdge), series.push(hiddenEdge)],
        fill: faint(color, band.solid ? 0.22 : 0.16),
      });
  }
  return { series, bands };
}

/** uPlot takes null for what is not there. */
function withGaps(row: Float64Array): (number | null)[] | Float64Array {
  return row.some(Number.isNaN) ? Array.from(row, (value) => (Number.isNaN(value) ? null : value)) : row;
}

/** A number on an axis, as short as it can be. */
function short(value: number): string {
  const text = Math.abs(value) >= 1e4 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}
