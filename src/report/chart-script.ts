import { shapes } from './chart.ts';
import { light } from './style.ts';

/**
 * The page's own script, as text: it goes into the page behind uPlot's, and is no module of this program. It reads the element
 * #charts, draws each into its figure with uPlot, and keeps the legends in step. Colours are read from the style sheet whenever a
 * chart is drawn, so that charts follow the colour scheme.
 */
export const chartScript = `
'use strict';
const charts = JSON.parse(document.getElementById('charts').textContent);
const shapes = ${JSON.stringify(shapes)}.map((path) => new Path2D(path));
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const font = '12px ' + getComputedStyle(document.body).fontFamily;
const kind = (series, k) => series.like ?? k;
const color = (series, k) => css('--series-' + (kind(series, k) % ${light.series.length}));
const percent = (value) => (100 * value).toLocaleString('en-US', { maximumFractionDigits: 1 }) + ' %';

function number(value, log) {
  const size = Math.abs(value);
  if (!log || (size < 1e5 && size >= 0.01)) return (+value.toFixed(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });
  const k = Math.floor(Math.log10(size) + 1e-9);
  const m = +(value / 10 ** k).toPrecision(2);
  return (m === 1 ? '' : m + '·') + '10' + String(k).replace(/./g, (c) => c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]);
}

function padded(low, high, log) {
  const room = log ? Math.pow(high / low, 0.06) * 1.05 : (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
  return log ? [low / room, high * room] : [low - room, high + room];
}

/** Powers of ten, and what lies between them as far as there is room for so many labels. */
function logTicks(low, high, room) {
  for (const within of [[1, 1.5, 2, 3, 4, 6, 8], [1, 2, 5], [1, 3], [1]]) {
    for (const every of within.length > 1 ? [1] : [1, 2, 3, 4, 6, 10]) {
      const ticks = [];
      for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) {
        for (const m of within) if (k % every === 0 && m * 10 ** k >= low && m * 10 ** k <= high) ticks.push(m * 10 ** k);
      }
      if (ticks.length <= Math.max(2, room)) return ticks;
    }
  }
  return [low, high];
}

/** The chart's data as uPlot has them: behind everything what is faint, then the edges of intervals, then the series. */
function layers({ series }) {
  const xs = [...new Set(series.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const [columns, lines, owners, bands] = [[xs], [{}], [null], []];
  const add = (k, values, options) => {
    const at = new Map(series[k].x.map((x, i) => [x, values[i]]));
    columns.push(xs.map((x) => at.get(x) ?? null));
    owners.push(kind(series[k], k));
    return lines.push({ points: { show: false }, spanGaps: true, ...options }) - 1;
  };
  series.forEach((s, k) => s.faint?.forEach((values) => add(k, values, { stroke: () => color(s, k) + '38', width: 1, auto: false })));
  series.forEach((s, k) => {
    if (!s.low) return;
    const edges = [s.high, s.low].map((values) => add(k, values, { stroke: 'transparent', width: 0 }));
    if (s.band) bands.push({ series: edges, fill: () => color(s, k) + '24' });
  });
  const first = lines.length;
  series.forEach((s, k) => add(k, s.y, { stroke: () => color(s, k), width: s.line ? 2.25 : 0, dash: s.dash, ...(s.line ? {} : { paths: () => null }) }));
  return { columns, lines, owners, bands, first };
}

/** What a press at a place of a chart opens: the run whose line or point is nearest, as far as it is near. */
function opensAt(u, { x, series }, left, top) {
  const [along, across] = x.names ? [top, left] : [left, top];
  const at = u.data[0][u.posToIdx(along)], first = u.series.length - series.length;
  let found, least = 24;
  const consider = (one, value) => {
    const off = !one || (value ?? null) === null ? Infinity : Math.abs(u.valToPos(value, 'y') - across);
    if (off < least) [found, least] = [one, off];
  };
  series.forEach((s, k) => {
    if (!u.series[first + k].show) return;
    const i = s.x.indexOf(at);
    s.opens?.forEach((one, j) => consider(one, s.faint[j][i]));
    consider(s.links?.[i], s.y[i]);
  });
  return found;
}

/** A drag zooms, and opens nothing. */
function openOnPress(u, chart) {
  if (!chart.series.some((s) => s.opens || s.links)) return;
  const { over } = u;
  let from = null;
  over.addEventListener('pointerdown', (event) => { from = [event.clientX, event.clientY]; });
  over.addEventListener('pointermove', (event) => {
    const found = opensAt(u, chart, event.offsetX, event.offsetY);
    over.style.cursor = found ? 'pointer' : '';
    over.title = found ? 'Open ' + found.name : '';
  });
  over.addEventListener('click', (event) => {
    const isStill = from && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 5;
    const found = isStill && opensAt(u, chart, event.offsetX, event.offsetY);
    if (found) location.href = found.href;
  });
}

/** Draws bars and marks, which uPlot has none of. */
function drawMarks(u, { x, series }, first) {
  const c = u.ctx, ratio = devicePixelRatio || 1, end = 4 * ratio, radius = 4.5 * ratio;
  const place = (along, across) => {
    const at = [u.valToPos(along, 'x', true), u.valToPos(across, 'y', true)];
    return x.names ? at.reverse() : at;
  };
  c.save();
  c.beginPath();
  c.rect(u.bbox.left - radius, u.bbox.top - radius, u.bbox.width + 2 * radius, u.bbox.height + 2 * radius);
  c.clip();
  c.lineWidth = 2 * ratio;
  series.forEach((s, k) => {
    if (!u.series[first + k].show) return;
    c.strokeStyle = c.fillStyle = color(s, k);
    s.x.forEach((value, i) => {
      if (s.low && !s.band) {
        const ends = [place(value, s.low[i]), place(value, s.high[i])];
        const [dx, dy] = x.names ? [0, end] : [end, 0];
        c.beginPath(); c.moveTo(...ends[0]); c.lineTo(...ends[1]);
        for (const [px, py] of ends) { c.moveTo(px - dx, py - dy); c.lineTo(px + dx, py + dy); }
        c.stroke();
      }
      if (!s.points || s.y[i] === null) return;
      c.save();
      c.translate(...place(value, s.y[i])); c.scale(radius, radius);
      c.fill(shapes[kind(s, k) % shapes.length]);
      c.restore();
    });
  });
  c.restore();
}

function draw(figure, index) {
  const chart = charts[index];
  const { x, y, series, group = index } = chart;
  const holder = figure.querySelector('.plot');
  const { columns, lines, owners, bands, first } = layers(chart);
  const xs = columns[0], last = xs.length - 1;
  const whole = x.names ? [-0.6, x.names.length - 0.4] : x.range ?? padded(xs[0], xs[last], x.log);
  const axis = (spec, isAcross, more) => ({
    stroke: () => css('--quiet'), font, labelFont: font, label: spec.label || undefined, labelSize: spec.label ? 24 : 0, labelGap: 2,
    grid: { stroke: () => css('--line'), width: 1 }, ticks: { show: false }, space: isAcross ? 70 : 32,
    values: (_, splits) => splits.map((value) => value === null ? '' : spec.percent ? percent(value) : number(value, spec.log)),
    ...(spec.log ? { splits: (_, i, low, high) => logTicks(low, high, isAcross ? Math.min(8, holder.clientWidth / 75 - (x.names ? 2 : 1)) : 8), filter: (_, splits) => splits } : {}),
    ...more,
  });
  const names = { side: 3, size: Math.min(215, holder.clientWidth * 0.56), grid: { show: false }, splits: () => x.names.map((_, i) => i), values: () => x.names, filter: (_, splits) => splits };
  /** Shows the values under the pointer, and those at the end where there is none. */
  const read = (at) => {
    if (!x.unit) return;
    figure.querySelector('.at').textContent = 'at ' + number(xs[at ?? last]) + ' ' + x.unit;
    figure.querySelectorAll('output').forEach((output, k) => {
      const value = columns[first + k][at ?? last];
      output.textContent = value === null ? '–' : y.percent ? percent(value) : value.toFixed(3);
    });
  };
  const size = () => ({ width: holder.clientWidth, height: x.names ? 70 + 30 * x.names.length : Math.min(400, Math.max(280, holder.clientWidth * 0.6)) });
  const plot = new uPlot({
    ...size(),
    padding: [10, 30, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, distr: x.log ? 3 : 1, range: (_, low, high) => low === xs[0] && high === xs[last] ? whole : [low, high], ...(x.names ? { ori: 1, dir: -1 } : {}) },
      y: { distr: y.log ? 3 : 1, range: (_, low, high) => y.range ?? padded(low, high, y.log), ...(x.names ? { ori: 0, dir: 1 } : {}) },
    },
    axes: [axis(x, !x.names, x.names ? names : { size: 36 }), axis(y, !!x.names, x.names ? { side: 2, size: 36 } : { size: 66 })],
    series: lines,
    bands,
    cursor: x.names ? { show: false } : {
      x: !!x.unit, y: false,
      points: { show: false },
      drag: { x: true, y: true, uni: 40 },
      // The other charts of a group follow the pointer, not the zoom.
      ...(chart.group ? { sync: { key: group, setSeries: false, filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' } } } : {}),
    },
    hooks: { draw: [(u) => drawMarks(u, chart, first)], setCursor: [(u) => read(u.cursor.idx)] },
  }, columns, holder);
  read(null);
  openOnPress(plot, chart);
  new ResizeObserver(() => { if (holder.clientWidth !== plot.width) plot.setSize(size()); }).observe(holder);
  return { plot, owners, group, buttons: [...figure.querySelectorAll('.legend button')].map((button, k) => ({ button, owner: kind(series[k], k) })) };
}

/** Shows one series alone, or all of them, in the charts of a group. */
function isolate(which, chosen) {
  for (const { plot, owners, group, buttons } of drawn) {
    if (group !== which) continue;
    plot.batch(() => owners.forEach((owner, i) => { if (i) plot.setSeries(i, { show: chosen === null || owner === chosen }); }));
    for (const { button, owner } of buttons) {
      button.setAttribute('aria-pressed', String(owner === chosen));
      button.classList.toggle('other', chosen !== null && owner !== chosen);
    }
  }
}

const drawn = [...document.querySelectorAll('figure')].map(draw);
drawn.forEach(({ group, buttons }) => buttons.forEach(({ button, owner }) => {
  button.addEventListener('click', () => isolate(group, button.getAttribute('aria-pressed') === 'true' ? null : owner));
}));
addEventListener('keydown', ({ key }) => { if (key === 'Escape') drawn.forEach(({ group }) => isolate(group, null)); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn.forEach(({ plot }) => plot.redraw(false, true)));
// Canvases do not wait for the typeface.
document.fonts.ready.then(() => drawn.forEach(({ plot }) => plot.redraw(false, true)));
globalThis.report = { plots: drawn.map(({ plot }) => plot) };
`;
