import { type Chart, figureHtml, type Series, symbol } from './chart.ts';
import { chartScript } from './chart-script.ts';
import { escaped, math } from './format.ts';
import { mathml } from './mathml.ts';
import { style } from './style.ts';

/** A report: one HTML file that holds everything it shows, and opens from a disk without a network. */
export interface Report {
  readonly title: string;
  readonly intro?: string;
  /** What the report is of, or made by: a quiet line below the title. */
  readonly about: string;
  /** Whether the sections are listed first, with what became of their claims. */
  readonly hasContents?: boolean;
  readonly sections: readonly Section[];
}

/** Shown in this order, as far as it is there. */
export interface Section {
  /** Names the section in links and, for an experiment, on the command line. */
  readonly name: string;
  readonly title: string;
  readonly command?: string;
  /** What is claimed, in a sentence or two. */
  readonly claim?: string;
  /** In plain text. */
  readonly equations?: readonly string[];
  readonly findings?: readonly Finding[];
  /** Drawings made here, each SVG. */
  readonly pictures?: readonly { readonly title: string; readonly svg: string }[];
  readonly plots?: readonly Chart[];
  /** A drawing as wide as the page, SVG that scrolls where it is wider. */
  readonly drawing?: { readonly title: string; readonly svg: string };
  readonly tables?: readonly Table<Cell>[];
  readonly notes?: readonly string[];
  /** What only some want to see: closed until it is asked for. */
  readonly folded?: { readonly summary: string; readonly tables: readonly Table<Cell>[] };
}

/** One statement that holds or does not. */
export interface Finding {
  readonly text: string;
  readonly holds: boolean;
}

/** Text, or text with its interval, and what it opens. */
export type Cell = string | { readonly text: string; readonly interval?: string; readonly href?: string };

export interface Table<C extends Cell = string> {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly C[])[];
  /** How to read it. */
  readonly note?: string;
  /** A column that a terminal has no room for. */
  readonly detail?: number;
  /** A column of formulas, in plain text. */
  readonly formulas?: number;
  /** The series of a chart that each row belongs to, by its place in the list. */
  readonly series?: readonly Series[];
}

/** uPlot, to be put into the page with the notice that its licence asks for; and the typeface. */
export interface PlottingLibrary {
  readonly script: string;
  readonly style: string;
  readonly license: string;
  readonly version: string;
  /** Style rules that hold the page's typeface; empty where it is not at hand. */
  readonly typeface?: string;
}

/** "all 4 claims hold", or how many fail. */
export function verdict(findings: readonly Finding[]): string {
  const failed = findings.filter(({ holds }) => !holds).length;
  const claims = findings.length === 1 ? '1 claim' : `${findings.length} claims`;
  if (!failed) return findings.length === 1 ? `${claims} holds` : `all ${claims} hold`;
  return `${failed} of ${claims} ${failed === 1 ? 'fails' : 'fail'}`;
}

export function pageHtml({ title, intro, about, hasContents, sections }: Report, library: PlottingLibrary): string {
  const charts = sections.flatMap(({ plots = [] }) => plots);
  const entries = sections.map(
    ({ name, title, findings = [] }) =>
      `<li><a href="#${name}">${escaped(title)}</a> ${verdictHtml(findings, verdict(findings))}</li>`,
  );
  // Nothing is fetched: the page says so itself, and a browser holds it to that.
  const inline = "img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ${inline}; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title>
<style>${library.typeface ?? ''}${library.style}${style}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(title)}</h1>
${intro ? `<p>${escaped(intro)}</p>` : ''}
<p class="about quiet">${escaped(about)}</p>
${hasContents ? `<nav aria-label="Sections"><ol>${entries.join('')}</ol></nav>` : ''}
</header>
${sections.map(sectionHtml).join('\n')}
<noscript><p>The charts need JavaScript; the tables hold the same numbers.</p></noscript>
</main>
<script type="application/json" id="charts">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>/*!
${library.license}
*/
${library.script}</script>
<script>${chartScript}</script>
</body>
</html>
`;
}

function verdictHtml(findings: readonly Finding[], text: string): string {
  const holds = findings.every((finding) => finding.holds);
  return `<span class="verdict ${holds ? 'holds' : 'fails'}">${holds ? '✓' : '✗'} ${text}</span>`;
}

function sectionHtml({ name, title, command, claim, equations = [], ...rest }: Section): string {
  const { findings = [], pictures = [], plots = [], drawing, tables = [], notes = [], folded } = rest;
  const statements = findings.map(
    (one) => `<li>${verdictHtml([one], one.holds ? 'holds' : 'fails')}<span>${escaped(one.text)}</span></li>`,
  );
  return [
    `<section id="${name}" aria-labelledby="${name}-title">`,
    `<h2 id="${name}-title">${escaped(title)}</h2>`,
    command && `<pre>${escaped(command)}</pre>`,
    claim && `<p>${escaped(claim)}</p>`,
    ...equations.map(
      (line) => `<div class="equation" role="group" aria-label="Equation" tabindex="0">${mathml(line, true)}</div>`,
    ),
    findings.length && `<ul class="findings">\n${statements.join('\n')}\n</ul>`,
    pictures.length && `<div class="pictures">\n${pictures.map(pictureHtml).join('\n')}\n</div>`,
    plots.length && `<div class="charts">\n${plots.map(figureHtml).join('\n')}\n</div>`,
    drawing &&
      `<div class="drawing" role="region" aria-label="${escaped(drawing.title)}" tabindex="0">${drawing.svg}</div>`,
    ...tables.map((table) => tableHtml(table, title)),
    notes.length && `<ul class="notes">\n${notes.map((note) => `<li>${escaped(note)}</li>`).join('\n')}\n</ul>`,
    folded &&
      `<details><summary>${escaped(folded.summary)}</summary>\n${folded.tables.map((table) => tableHtml(table, folded.summary)).join('\n')}\n</details>`,
    '</section>',
  ]
    .filter(Boolean)
    .join('\n');
}

function pictureHtml({ title, svg }: { readonly title: string; readonly svg: string }): string {
  return `<div><h3>${escaped(title)}</h3>${svg}</div>`;
}

/** @param label what it is called that has no title */
function tableHtml({ title, columns, rows, note, series, formulas }: Table<Cell>, label: string): string {
  const head = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map(([first, ...rest], i) => {
    const name = `<th scope="row">${series ? symbol(series[i], i) : ''}${cellHtml(first)}</th>`;
    return `<tr>${name}${rest.map((cell, k) => `<td>${k + 1 === formulas && typeof cell === 'string' ? mathml(cell) : cellHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<div class="table" role="group" aria-label="${escaped(title ?? label)}" tabindex="0">
<table>${title ? `<caption>${escaped(title)}</caption>` : ''}
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table>
</div>${note ? `\n<p class="notes">${math(note)}</p>` : ''}`;
}

function cellHtml(cell: Cell): string {
  if (typeof cell === 'string') return math(cell);
  const text = cell.href === undefined ? math(cell.text) : `<a href="${escaped(cell.href)}">${math(cell.text)}</a>`;
  return text + (cell.interval === undefined ? '' : `<span class="interval">${escaped(cell.interval)}</span>`);
}
