import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tasks } from '../../envs/tasks/index.ts';
import { count } from '../report/format.ts';
import { type Curve, type Series, valueAt } from './curves.ts';
import { dark, dashOf, light } from './page/looks.ts';
import { script } from './page/script.ts';
import { style } from './page/style.ts';
import type { AlgorithmResults, Results, RunResults, WallTimes } from './results.ts';
import { type Cell, notesOf, tableOf } from './table.ts';

/** How a comparison was made: all that does not change its results. */
export interface Circumstances {
  readonly command: string;
  readonly jobs: number;
  readonly cores: number;
  readonly processor: string;
  readonly platform: string;
  readonly node: string;
  readonly software: string;
  /** Day, ISO 8601. */
  readonly date: string;
  readonly wall: WallTimes;
}

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly unit: 'percent' | 'number';
  readonly curves: readonly (Curve & { readonly seeds: readonly (readonly (number | null)[])[] })[];
}

/** The report: one page that needs nothing but itself. */
export function reportPage(results: Results, provenance: Circumstances): string {
  const { env, algorithms, grid } = results;
  const charts = chartsOf(results);
  const title = `${env.env}: ${algorithms.map(({ name }) => name).join(', ')}`;
  const data = { grid, charts, dashes: algorithms.map((_, i) => dashOf(i)), palettes: { light, dark } };
  const uplot = uplotParts();
  // Nothing is fetched: the page says so itself, and a browser holds it to that.
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${uplot.css}${style}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(settings(results))}</p>
</header>
<section aria-label="Results">
${resultsTable(results, provenance)}
</section>
<section aria-label="Learning curves">
<div class="charts">
${charts.map((chart) => figure(chart, results)).join('\n')}
</div>
<p class="notes">Line: interquartile mean over the seeds. Band: its 95 % bootstrap interval. Faint: single seeds. Select an algorithm to see it
alone; drag over a plot to zoom in, double-click to see all of it.</p>
</section>
<section>
<h2>How it was made</h2>
<pre>${escaped(provenance.command)}</pre>
<p class="notes">${escaped(circumstances(provenance, uplot.version))}</p>
${optionsTable(results)}
</section>
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>/*!
${uplot.license}
*/
${uplot.js}</script>
<script>${script}</script>
</body>
</html>
`;
}

function chartsOf({ algorithms, grid, has_goals }: Results): Chart[] {
  const curves = (of: (algorithm: AlgorithmResults) => Curve, figure: (run: RunResults) => Series) =>
    algorithms.map((algorithm) => ({
      ...of(algorithm),
      seeds: algorithm.runs.map((run) => grid.map((step) => valueAt(figure(run), step))),
    }));
  const series = (run: RunResults, of: (evaluation: RunResults['evaluations'][number]) => number): Series => ({
    steps: run.evaluations.map(({ steps }) => steps),
    values: run.evaluations.map(of),
  });
  const held = 'of the mean action on held-out goals';
  const success: Chart = {
    id: 'success',
    title: 'Success rate',
    what: held,
    unit: 'percent',
    curves: has_goals
      ? curves(
          ({ curves }) => curves.success_rate as Curve,
          (run) => series(run, ({ success_rate }) => success_rate ?? 0),
        )
      : [],
  };
  const returns: Chart = {
    id: 'return',
    title: 'Return',
    what: has_goals ? held : 'of the mean action on held-out episodes',
    unit: 'number',
    curves: curves(
      ({ curves }) => curves.return,
      (run) => series(run, (evaluation) => evaluation.return),
    ),
  };
  return has_goals ? [success, returns] : [returns];
}

/** What sets this comparison apart: how much of what, and the options that are not as usual. */
function settings({ env, seeds, steps }: Results): string {
  const usual = Object.fromEntries(tasks[env.env].options.map((option) => [option.name, option.default]));
  const changed = Object.entries(env.options).filter(([name, value]) => name === 'reward' || value !== usual[name]);
  const many = seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`;
  const facts = [`${many}, ${count(steps)} training steps each`, `arm ${env.arm}`];
  return [...facts, ...changed.map(([name, value]) => `${name} ${value}`)].join(' · ');
}

function resultsTable(results: Results, { wall, jobs }: Circumstances): string {
  const { headings, rows } = tableOf(results, wall);
  const head = headings.map((heading) => `<th scope="col">${escaped(heading)}</th>`).join('');
  const body = rows.map(([name, ...cells], i) => {
    const first = `<th scope="row">${sample(i)}${escaped(name.text)}</th>`;
    return `<tr>${first}${cells.map((cell) => `<td>${shown(cell)}</td>`).join('')}</tr>`;
  });
  const notes = notesOf(results, jobs).map((note) => `<li>${escaped(note)}</li>`);
  return `<div class="wide"><table class="results">
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>
<ul class="notes">
${notes.join('\n')}
</ul>`;
}

function shown({ text, interval }: Cell): string {
  return escaped(text) + (interval === undefined ? '' : `<span class="interval">${escaped(interval)}</span>`);
}

function figure({ id, title, what }: Chart, { algorithms }: Results): string {
  const label = `${title} ${what} against training steps, a curve for each of ${algorithms.map(({ name }) => name).join(', ')}; the final figures are in the table above`;
  const buttons = algorithms.map(
    ({ name }, i) =>
      `<li><button type="button" aria-pressed="false" data-algorithm="${i}">${sample(i)}${escaped(name)}<output></output></button></li>`,
  );
  return `<figure data-chart="${id}">
<figcaption><div><h2>${title}</h2><span class="quiet">${what}</span></div><span class="at quiet"></span></figcaption>
<ul class="legend">
${buttons.join('\n')}
</ul>
<div class="plot" role="img" aria-label="${escaped(label)}"></div>
</figure>`;
}

/** A piece of the algorithm's line. */
function sample(i: number): string {
  const line = `stroke="var(--series-${i % light.series.length})" stroke-width="2.5" stroke-dasharray="${dashOf(i).join(' ')}"`;
  return `<svg class="sample" viewBox="0 0 34 10" aria-hidden="true"><path d="M0 5H34" ${line}/></svg>`;
}

function circumstances(
  { software, node, platform, processor, cores, jobs, date, wall }: Circumstances,
  uplot: string,
): string {
  const machine = `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${platform}`;
  return `${date}, in ${count(Math.round(wall.total))} s, ${jobs} ${jobs === 1 ? 'run' : 'runs'} at a time, on ${machine}. ${software}, Node.js ${node}; plots by uPlot ${uplot}. All numbers are in results.json beside this page; the runs, with their policies and rollouts, are in runs/.`;
}

function optionsTable({ env, algorithms }: Results): string {
  const names = [...new Set(algorithms.flatMap(({ options }) => Object.keys(options)))];
  const head = ['training option', ...algorithms.map(({ name }) => name)];
  const rows = names.map((name) => [name, ...algorithms.map(({ options }) => String(options[name] ?? '–'))]);
  const environment = Object.entries(env.options).map(([name, value]) => [name, String(value)]);
  return `<details><summary>All options</summary>
<div class="wide">
${plainTable(head, rows)}
${plainTable(['environment option', env.env], environment)}
</div></details>`;
}

function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map(([name, ...cells]) => {
    const values = cells.map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr><th scope="row">${escaped(name)}</th>${values}</tr>`;
  });
  return `<table><thead><tr>${columns}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

/** uPlot, to be put into the page with the notice that its licence asks for. */
function uplotParts() {
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string) => readFileSync(resolve(`uplot/${file}`), 'utf8').trim();
  const { version } = JSON.parse(read('package.json')) as { version: string };
  return { js: read('dist/uPlot.iife.min.js'), css: read('dist/uPlot.min.css'), license: read('LICENSE'), version };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
