import uPlot from 'uplot';
import type { StepRange } from '../state/player.ts';
import type { Line, PlotLines } from './lines.ts';
import { downsample, rangeOf } from './rows.ts';
import { type ChartColors, strokeOf, translucent } from './style.ts';

interface ChartContent {
  readonly drawing: PlotLines;
  readonly span: StepRange;
  /** Seconds per control step. */
  readonly dt: number;
  readonly colors: ChartColors;
  /** Whether the axis of time is drawn. */
  readonly timed: boolean;
}

/** A chart over time, with upright lines at the moment in view and at the state under the pointer. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #playhead = document.createElement('span');
  readonly #hoverhead = document.createElement('span');
  #plot?: uPlot;
  #content?: ChartContent;
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

  /** Replaces the numbers; builds the chart anew only where its lines are others. */
  draw(content: ChartContent): void {
    this.#content = content;
    const { drawing, colors, timed } = content;
    const parts = drawing.lines.map(({ name, ghost, band, stepped }) => [name, ghost, band !== undefined, stepped]);
    const shape = JSON.stringify([parts, colors, timed]);
    const data = downsample(rowsOf(drawing.lines), content.span).map(withGaps);
    if (shape === this.#shape && this.#plot) {
      this.#plot.setData(data as uPlot.AlignedData);
      return;
    }
    this.#shape = shape;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(content), data as uPlot.AlignedData, this.#host);
    this.#plot.over.append(this.#hoverhead, this.#playhead);
  }

  /** @param hover state under the pointer; both in control steps */
  mark(position: number, hover: number | undefined): void {
    const { from, to } = this.#span;
    const along = (at: number) => `${(100 * (at - from)) / (to - from)}%`;
    this.#playhead.style.left = along(position);
    this.#hoverhead.hidden = hover === undefined;
    if (hover !== undefined) this.#hoverhead.style.left = along(hover);
  }

  /** Ends the chart, which listens to the window. */
  close(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  get #span(): StepRange {
    return this.#content?.span ?? { from: 0, to: 1 };
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (!this.#plot || width === 0 || (this.#plot.width === width && this.#plot.height === height)) return;
    this.#plot.setSize({ width, height });
  }

  #options({ drawing, colors, timed }: ChartContent): uPlot.Options {
    const font = '10.5px Inter, system-ui, sans-serif';
    const axis = { stroke: colors.text, font, ticks: { show: false }, gap: 4 };
    const grid = { stroke: colors.grid, width: 1 };
    const { series, bands } = styles(drawing.lines, colors);
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
    const { lines, levels } = this.#content?.drawing ?? { lines: [], levels: [] };
    return rangeOf(rowsOf(lines), levels);
  }

  #times(steps: readonly number[]): string[] {
    const dt = this.#content?.dt ?? 1;
    return steps.map((step, i) => `${short(Number((step * dt).toFixed(3)))}${i === steps.length - 1 ? ' s' : ''}`);
  }

  #drawLevels(plot: uPlot): void {
    const { levels } = this.#content?.drawing ?? { levels: [] };
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = this.#content?.colors.text ?? '';
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

/** Rows in the order of the uPlot series: each line, then the edges of its band. */
function rowsOf(lines: readonly Line[]): Float64Array[] {
  return lines.flatMap(({ row, band }) => [row, ...(band ? [band.high, band.low] : [])]);
}

function styles(lines: readonly Line[], colors: ChartColors): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  const linear = uPlot.paths.linear?.();
  const steps = uPlot.paths.stepped?.({ align: 1 });
  const single = lines.filter(({ ghost }) => !ghost).length === 1;
  for (const { index, ghost, band, stepped } of lines) {
    const { color, dash } = single && !ghost ? { color: colors.alone, dash: [] } : strokeOf(index, ghost, colors);
    const paths = stepped ? steps : linear;
    const hiddenEdge = { stroke: 'transparent', width: 0, points: { show: false }, paths };
    series.push({ stroke: color, width: 1.5, dash, paths, points: { show: false } });
    if (band)
      bands.push({
        series: [series.push(hiddenEdge), series.push(hiddenEdge)],
        fill: translucent(color, band.solid ? 0.22 : 0.16),
      });
  }
  return { series, bands };
}

/** uPlot takes null for a gap. */
function withGaps(row: Float64Array): (number | null)[] | Float64Array {
  return row.some(Number.isNaN) ? Array.from(row, (value) => (Number.isNaN(value) ? null : value)) : row;
}

/** A number on an axis, as short as it can be. */
function short(value: number): string {
  const text = Math.abs(value) >= 1e4 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}
