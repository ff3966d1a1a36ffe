/** A static site of policies: a gallery, a page for each in which it acts, and one to train in; for any host, under any path. */
import { readFileSync } from 'node:fs';
import { embeddedIds, jsonElement } from '../../envs/recording/embedded.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { viewerFiles } from './assets.ts';
import { galleryHtml, type Shown } from './gallery.ts';
import { galleryStyle } from './gallery-style.ts';
import type { SiteEntry } from './site-entry.ts';
import { pictureOf, previewOf } from './site-picture.ts';
import { aboutPolicy, type Description, describedBy } from './tags.ts';

/** What a site says of itself. */
export interface SiteTexts {
  readonly title: string;
  readonly intro: string;
  /** Where it is going to be, with a slash at its end: previews of links need whole addresses. */
  readonly address?: string;
}

/** Its list of its own files. */
export const manifestName = 'armature-site.json';

type Content = string | Uint8Array;

/** Pages of a folder of their own, beside those of the policies. */
export const trainingPage = 'train';

/** The files of a site, by their paths. */
export function siteFiles(entries: readonly SiteEntry[], texts: SiteTexts): Map<string, Content> {
  const files = new Map<string, Content>();
  const viewer = viewerFiles();
  for (const [path, file] of viewer)
    if (path !== '/' && path !== '/index.html') files.set(path.slice(1), readFileSync(file));
  const page = readFileSync(viewer.get('/index.html') as string, 'utf8');
  for (const entry of entries) {
    for (const [path, content] of entry.files) files.set(`${entry.name}/${path}`, content);
    const { env } = entry.learner;
    files.set(`${entry.name}/picture.png`, pictureOf(env, entry.shown));
    files.set(`${entry.name}/preview.png`, previewOf(env, entry.shown));
    files.set(`${entry.name}/index.html`, viewerPage(page, entry.offered, descriptionOf(entry, texts)));
  }
  const title = `Train an arm · ${texts.title}`;
  const text = 'Robot arms learn to reach in this browser tab, in seconds: choose a task, an arm and an algorithm.';
  files.set(`${trainingPage}/index.html`, viewerPage(page, [], { title, text }));
  files.set('gallery.css', galleryStyle(latinOf(files)));
  const first = entries[0]?.name;
  const gallery = galleryHtml({ ...texts, shown: entries.map(shownOf) });
  const picture = first === undefined ? {} : { picture: `${texts.address ?? ''}${first}/preview.png` };
  files.set('index.html', describedBy(gallery, { title: texts.title, text: texts.intro, ...picture }));
  files.set(manifestName, `${JSON.stringify({ format: 'armature.site', files: [...files.keys()].sort() }, null, 2)}\n`);
  return files;
}

/** Nothing from elsewhere; the workers' own scripts come without a policy, and compile WebAssembly. */
const policy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'";

/** The viewer a folder deeper than it was built for: it goes live with the first of what is offered. */
function viewerPage(page: string, offered: readonly unknown[], description: Description): string {
  const html = describedBy(page, description)
    .replace(/(src|href)="\.\//g, '$1="../')
    .replace(
      '<meta charset="utf-8" />',
      (head) => `${head}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace('<link rel="icon"', (link) => `<link rel="up" href="../" />\n    ${link}`);
  const lists = [jsonElement(embeddedIds.site, offered), jsonElement(embeddedIds.link, 'live=yes')];
  return html.replace('</body>', () => `  ${lists.join('\n    ')}\n  </body>`);
}

function descriptionOf({ name, learner, evaluation }: SiteEntry, { title, address = '../' }: SiteTexts): Description {
  const { successRate, episodes } = evaluation;
  const reached =
    successRate === null ? '' : ` It reaches ${Math.round(successRate * episodes)} of ${episodes} fresh goals.`;
  return {
    title: `${name} · ${title}`,
    text: `${aboutPolicy(learner)}${reached}`,
    picture: `${address}${name}/preview.png`,
  };
}

function shownOf({ name, learner, evaluation, files }: SiteEntry): Shown {
  const { config } = learner.training;
  const { env } = config.env;
  return {
    name,
    task: env,
    arm: learner.env.scene.arm.model.name,
    algorithm: config.algorithm,
    about: sentence(tasks[env].description ?? ''),
    trainedSteps: learner.progress.envSteps,
    success: evaluation.successRate,
    meanReturn: evaluation.meanReturn,
    goals: evaluation.episodes,
    bytes: files.get('policy.safetensors')?.length ?? 0,
  };
}

/** What a task says of itself, without where it is from. */
function sentence(description: string): string {
  const text = description.replace(/ \([^()]*\)$/, '');
  return text && `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** Where the Latin letters of the viewer's typeface lie. */
function latinOf(files: ReadonlyMap<string, Content>): string {
  return [...files.keys()].find((path) => path.includes('/inter-latin-')) ?? '';
}
