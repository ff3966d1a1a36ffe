/** One HTML file in which a policy acts: it opens from a disk, and holds the simulator. */
import { embeddedIds, embedLive } from '../../envs/recording/embedded.ts';
import { type Page, type Prelude, pageInOne, zipped } from './share-page.ts';
import { type Description, describedBy } from './tags.ts';

/** The built page that acts, with the script of its workers. */
export interface LivePage extends Page {
  readonly worker: string;
}

/** Files of what acts. */
export interface LiveFiles {
  readonly policy: { readonly name: string; readonly bytes: Uint8Array };
  readonly meshes?: Uint8Array;
}

/** The page without a policy: whoever has one puts it in. */
export interface LiveParts {
  readonly html: string;
  /** As `embedLive` takes it. */
  readonly worker: readonly string[];
}

/** @throws Error when the page names a file that the build did not make */
export function livePageParts(page: LivePage): LiveParts {
  return { html: pageInOne(page, prelude), worker: scriptParts(page.worker).map(zipped) };
}

/** @throws Error when the page names a file that the build did not make */
export function livePage(page: LivePage, { policy, meshes }: LiveFiles, description: Description): string {
  const { html, worker } = livePageParts(page);
  return embedLive(describedBy(html, description), {
    policy: { name: policy.name, gzip: zipped(policy.bytes) },
    ...(meshes && { meshes: zipped(meshes) }),
    worker,
  });
}

const prelude: Prelude = {
  frame: `document.head.append(Object.assign(document.createElement('iframe'), { id: '${embeddedIds.frame}', hidden: true }));`,
  unpack: `{
  const gzip = Uint8Array.from(atob(document.currentScript.previousElementSibling.textContent), (letter) => letter.charCodeAt(0));
  const text = new Response(new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  document.addEventListener('DOMContentLoaded', async () =>
    document.head.append(Object.assign(document.createElement('script'), { type: 'module', textContent: await text })));
}`,
};

/** Base64 as long as this is a file. */
const fewest = 100_000;

/** The parts of a script: text, and between two pieces of it the bytes that stand there in base64, which are smaller as bytes. */
export function scriptParts(script: string): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { 0: base64, index } of script.matchAll(/[A-Za-z0-9+/]+={0,2}/g)) {
    if (base64.length < fewest) continue;
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.toString('base64') !== base64) continue;
    parts.push(Buffer.from(script.slice(at, index)), bytes);
    at = index + base64.length;
  }
  return [...parts, Buffer.from(script.slice(at))];
}
