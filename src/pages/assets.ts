/** What pages are made of, as the build and the packages have it on the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlottingLibrary } from '../report/page.ts';
import { Failure, systemFailure } from '../run/failure.ts';
import { quietly } from '../run/files.ts';
import type { LivePage } from './live-page.ts';
import type { Page } from './share-page.ts';

/** The viewer's files, by the path that a request asks for. */
export function viewerFiles(): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const [name, file] of builtFiles('viewer')) {
    paths.set(`/${name}`, file);
    if (name === 'index.html') paths.set('/', file);
  }
  return paths;
}

/** The viewer as a page that needs no server. */
export function builtPage(): Page {
  return pageIn('share');
}

/** The same in which a policy acts. */
export function builtLivePage(): LivePage {
  const { html, files } = pageIn('live');
  const { './worker.js': worker, ...parts } = files;
  return { html, files: parts, worker };
}

function pageIn(folder: string): Page {
  const files = builtFiles(folder);
  const text = (name: string) => readFileSync(files.get(name) as string, 'utf8');
  const parts = [...files.keys()].filter((name) => /\.(js|css)$/.test(name));
  return { html: text('index.html'), files: Object.fromEntries(parts.map((name) => [`./${name}`, text(name)])) };
}

/** The files of a folder of the build, by their path in it. */
function builtFiles(folder: string): Map<string, string> {
  const root = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  try {
    const names = ['index.html', ...readdirSync(root, { recursive: true, encoding: 'utf8' })];
    const files = names.map((name) => join(root, name)).filter((file) => statSync(file).isFile());
    return new Map(files.map((file) => [relative(root, file).split(sep).join('/'), file]));
  } catch {
    throw new Failure('the viewer is not built: run `npm run build` first');
  }
}

/** uPlot as its package holds it. */
export function plottingLibrary(): PlottingLibrary {
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string) => {
    try {
      return readFileSync(resolve(`uplot/${file}`), 'utf8').trim();
    } catch (error) {
      throw systemFailure(`read uplot's ${file}`, error);
    }
  };
  const { version } = JSON.parse(read('package.json')) as { version: string };
  return {
    script: read('dist/uPlot.iife.min.js'),
    style: read('dist/uPlot.min.css'),
    license: read('LICENSE'),
    version,
    typeface: typeface(),
  };
}

/** The viewer's typeface as it was built, Latin and Greek; none where the viewer is not built. */
function typeface(): string {
  const built = quietly(() => builtFiles('viewer')) ?? new Map<string, string>();
  const rules = Object.entries(alphabets).flatMap(([alphabet, range]) => {
    const file = [...built].find(([name]) => name.includes(`/inter-${alphabet}-`))?.[1];
    if (!file) return [];
    const data = `data:font/woff2;base64,${readFileSync(file).toString('base64')}`;
    return `@font-face{font-family:"Inter";src:url(${data}) format("woff2");font-weight:100 900;unicode-range:${range}}\n`;
  });
  return rules.join('');
}

const alphabets = {
  latin:
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212',
  greek: 'U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF',
} as const;
