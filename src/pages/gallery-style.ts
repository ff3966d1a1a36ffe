/** How the gallery of a site looks: in the colours of the viewer. @param latin file of the Latin letters of the typeface, within the site */
export function galleryStyle(latin: string): string {
  return `@font-face {
  font-family: "Inter";
  src: url("./${latin}") format("woff2");
  font-weight: 100 900;
  font-display: swap;
}

:root {
  color-scheme: light dark;
  --ink: light-dark(#16191d, #eceef1);
  --quiet: light-dark(#5b626b, #9ca3ad);
  --surface: light-dark(#fcfcfb, #141518);
  --raised: light-dark(#ffffff, #1c1e22);
  --line: light-dark(#e6e6e2, #26292e);
  --stage-center: light-dark(#fafafa, #34383e);
  --stage-edge: light-dark(#dcdfe2, #1b1d21);
  --accent: light-dark(#b23c05, #ff8e50);
  --accent-strong: light-dark(#e4570f, #ff7a33);
}

* {
  box-sizing: border-box;
}

body {
  margin: 0;
  background: var(--surface);
  color: var(--ink);
  font: 400 15px / 1.5 "Inter", ui-sans-serif, system-ui, sans-serif;
  font-feature-settings: "tnum", "cv11", "ss03";
  letter-spacing: -0.005em;
}

h1,
h2,
p,
ul {
  margin: 0;
  padding: 0;
}

a {
  color: inherit;
}

a:focus-visible {
  outline: 2px solid var(--accent-strong);
  outline-offset: 3px;
}

.top,
main,
footer {
  max-width: 1240px;
  margin: 0 auto;
  padding: 0 24px;
}

.top {
  display: flex;
  align-items: center;
  justify-content: space-between;
  height: 64px;
}

.brand {
  display: flex;
  gap: 9px;
  align-items: center;
  font-weight: 650;
  letter-spacing: -0.014em;
}

.brand svg {
  width: 22px;
  height: 22px;
  fill: var(--surface);
  stroke: currentColor;
  stroke-width: 1.8;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.brand path {
  fill: none;
}

.brand .tip {
  fill: var(--accent-strong);
  stroke: none;
}

.button {
  padding: 9px 16px;
  border-radius: 8px;
  background: var(--ink);
  color: var(--surface);
  font-size: 14px;
  font-weight: 550;
  text-decoration: none;
}

.button:hover {
  background: var(--accent);
}

h1 {
  max-width: 18em;
  margin: 40px 0 12px;
  font-size: clamp(28px, 4.2vw, 46px);
  font-weight: 680;
  line-height: 1.1;
  letter-spacing: -0.028em;
  text-wrap: balance;
}

.intro {
  max-width: 44em;
  color: var(--quiet);
  font-size: 17px;
  text-wrap: pretty;
}

.cards {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr));
  gap: 28px 24px;
  margin: 40px 0 56px;
  list-style: none;
}

.card {
  position: relative;
  display: grid;
  align-content: start;
}

.card a {
  text-decoration: none;
}

.card a::after {
  position: absolute;
  inset: 0;
  content: "";
}

.card a:focus-visible {
  outline: none;
}

.card:has(a:focus-visible) {
  border-radius: 12px;
  outline: 2px solid var(--accent-strong);
  outline-offset: 6px;
}

.card img {
  display: block;
  width: 100%;
  height: auto;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: radial-gradient(85% 64% at 50% 42%, var(--stage-center), var(--stage-edge));
  transition: border-color 0.15s;
}

.card:hover img {
  border-color: var(--accent-strong);
}

h2 {
  margin-top: 14px;
  font-size: 17px;
  font-weight: 620;
  letter-spacing: -0.012em;
}

.card:hover h2 {
  color: var(--accent);
}

h2 span {
  margin-left: 4px;
  color: var(--quiet);
  font-weight: 450;
}

.card p {
  color: var(--quiet);
  font-size: 14px;
}

.card .figure {
  margin-top: 8px;
  color: var(--ink);
}

.figure b {
  color: var(--accent);
  font-weight: 620;
}

.card .small {
  font-size: 13px;
}

footer {
  padding-bottom: 40px;
  color: var(--quiet);
  font-size: 13.5px;
}

footer p:first-child {
  padding-top: 24px;
  border-top: 1px solid var(--line);
}

footer p + p {
  margin-top: 6px;
}

code {
  font: 0.93em ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
}

@media (max-width: 600px) {
  .top,
  main,
  footer {
    padding-right: 16px;
    padding-left: 16px;
  }

  h1 {
    margin-top: 20px;
  }

  .cards {
    margin-top: 28px;
  }
}

@media (prefers-reduced-motion: reduce) {
  .card img {
    transition: none;
  }
}
`;
}
