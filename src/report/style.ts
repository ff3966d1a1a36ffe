export type Palette = typeof light;

/** Text, marks and the series of charts have a contrast of at least 4.5 to 1 on both grounds, surface and raised. */
export const light = {
  surface: '#fbfbfa',
  raised: '#ffffff',
  ink: '#1b1f25',
  quiet: '#59616c',
  line: '#dfe1e2',
  focus: '#b83f06',
  holds: '#0b6b3a',
  fails: '#b3261e',
  /** After the last come the first again. */
  series: ['#1f5fbf', '#b3440a', '#1a7440', '#8a3fb0', '#b5124f', '#0f6e78', '#76570f', '#4a535e'],
};

export const dark: Palette = {
  surface: '#17191d',
  raised: '#1f2227',
  ink: '#e8eaed',
  quiet: '#9aa3af',
  line: '#2c3036',
  focus: '#ff8a4a',
  holds: '#63d19a',
  fails: '#ff8f86',
  series: ['#7fb0ff', '#ff9a57', '#5fd08a', '#cf9bf0', '#ff86ab', '#55c9d6', '#d9b45a', '#b6bec8'],
};

function variables({ series, ...named }: Palette): string {
  const colors = [...Object.entries(named), ...series.map((color, i) => [`series-${i}`, color])];
  return colors.map(([name, color]) => `--${name}: ${color};`).join(' ');
}

/** The pages' style sheet, after uPlot's own. */
export const style = `
:root { color-scheme: light dark; scroll-padding-top: 1rem; ${variables(light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(dark)} } }
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--surface); color: var(--ink); font-variant-numeric: tabular-nums;
  font: 400 15.5px / 1.55 "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
}
main { max-width: 1200px; margin: 0 auto; padding: 40px 24px 64px; }
h1, h3, p { margin: 0; }
h1 { font-size: 29px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 10px; font-size: 22px; line-height: 1.25; letter-spacing: -0.01em; }
h3 { font-size: 16px; }
p { max-width: 46rem; }
a { color: var(--series-0); } .quiet { color: var(--quiet); }
header p { margin-top: 8px; }
section { margin-top: 40px; }
header + section, section + section { padding-top: 28px; border-top: 1px solid var(--line); }
nav ol { list-style: none; padding: 0; margin: 20px 0 0; max-width: 36rem; }
nav li { display: flex; justify-content: space-between; gap: 1rem; padding: 5px 0; border-bottom: 1px solid var(--line); }
.equation {
  max-width: none; overflow-x: auto;
  margin-top: 8px; padding: 8px 16px; background: var(--raised); border: 1px solid var(--line); border-left-width: 4px; border-radius: 4px;
}
math { font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "Libertinus Math", math, serif; }
.equation math { font-size: 18px; width: max-content; } td math { font-size: 16px; }
sub { font-size: 0.72em; line-height: 0; }
.findings { list-style: none; padding: 0; margin: 20px 0 0; max-width: 60rem; }
.findings li { display: flex; gap: 14px; padding: 4px 0; align-items: baseline; }
.verdict { font-weight: 600; font-size: 14.5px; white-space: nowrap; } .findings .verdict { flex: 0 0 4.6rem; }
.holds { color: var(--holds); } .fails { color: var(--fails); }
.charts { display: grid; gap: 36px 32px; margin-top: 28px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); }
figure { margin: 0; min-width: 0; max-width: 940px; }
figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; }
.legend { display: flex; flex-wrap: wrap; gap: 6px; margin: 10px 0 12px; padding: 0; list-style: none; font-size: 14px; }
.legend li > * { display: flex; align-items: center; padding: 4px 10px; border: 1px solid transparent; border-radius: 7px; color: inherit; font: inherit; }
.legend span { padding: 4px 0; }
.legend button { border-color: var(--line); background: var(--raised); cursor: pointer; }
.legend button:hover { border-color: var(--quiet); } .legend button[aria-pressed="true"] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); }
.legend .other { color: var(--quiet); } .legend .other .symbol { opacity: 0.35; }
.legend output { min-width: 4.2em; margin-left: 8px; text-align: right; }
.symbol { height: 12px; margin-right: 9px; vertical-align: middle; flex: none; fill: none; stroke: currentColor; stroke-width: 2.5; }
.symbol .mark { fill: currentColor; stroke: none; }
.plot { overflow: hidden; } .u-cursor-x { border-right: 1px solid var(--quiet) !important; }
.u-select { background: color-mix(in srgb, var(--ink) 10%, transparent); }
.table { overflow-x: auto; margin-top: 28px; }
h2 + .table, h2 + .charts { margin-top: 0; }
table { border-collapse: collapse; min-width: 60%; font-size: 15px; line-height: 1.45; }
caption { padding-bottom: 6px; font-weight: 600; font-size: 16px; text-align: left; }
th, td { padding: 6px 28px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; white-space: nowrap; }
thead th { color: var(--quiet); font-weight: 500; font-size: 13.5px; vertical-align: bottom; }
tbody th { font-weight: 500; }
td .interval { color: var(--quiet); font-size: 13.5px; margin-left: 6px; }
.notes { margin: 12px 0 0; padding: 0; list-style: none; color: var(--quiet); font-size: 14px; line-height: 1.5; max-width: 56rem; }
pre {
  margin: 0; padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); white-space: pre-wrap;
  overflow-wrap: anywhere; font: 13px / 1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
details, details .table { margin-top: 14px; }
summary { cursor: pointer; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.pictures { display: flex; flex-wrap: wrap; gap: 28px 40px; align-items: start; margin-top: 22px; }
.pictures svg { display: block; max-width: 100%; height: auto; margin-top: 8px; font-size: 13px; }
.robot path { fill: none; stroke: var(--ink); stroke-linejoin: round; stroke-linecap: round; }
.robot .solid { fill: color-mix(in srgb, var(--quiet) 22%, var(--raised)); stroke: var(--quiet); }
.robot .bone { stroke: var(--series-0); stroke-width: 2; stroke-dasharray: 1 4; } .robot .axis { stroke: var(--series-1); stroke-width: 2; }
.robot .leader { stroke: var(--line); } .robot .tip path { stroke: var(--fails); stroke-width: 2.5; }
.robot .joint circle { fill: var(--raised); stroke: var(--ink); } .robot text { fill: var(--ink); }
.robot .joint text { font-size: 10.5px; text-anchor: middle; }
.drawing { overflow-x: auto; margin-top: 22px; } .drawing svg { display: block; width: 100%; height: auto; font-size: 12.5px; }
.parallel text { fill: var(--ink); } .parallel .tick { fill: var(--quiet); font-size: 11.5px; paint-order: stroke; stroke: var(--surface); stroke-width: 4px; } .parallel .axis { stroke: var(--quiet); }
.parallel path { fill: none; } .parallel .line { stroke: color-mix(in oklab, var(--series-1) var(--share), var(--line)); stroke-width: 1.75; }
.parallel .reach { stroke: transparent; stroke-width: 9; pointer-events: stroke; } .parallel .stopped .line { stroke-dasharray: 3 4; }
.parallel g:hover .line, .parallel a:hover .line { stroke: var(--ink); stroke-width: 3; }
@media (max-width: 600px) {
  main { padding: 24px 16px 48px; } .findings li { display: block; } .findings .verdict { margin-right: 10px; } td .interval { display: block; margin: 0; }
}
@media print { figure, .table { break-inside: avoid-page; } }
`;
