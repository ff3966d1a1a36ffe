/** What pages are made of, as the build and the packages have it on the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlottingLibrary } from '../report/page.ts';
import { Failure, systemFailure } from '../run/failure.ts';
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
  const files = builtFiles('share');
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
  };
}
