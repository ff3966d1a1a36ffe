/**
 * What a page holds that opens without a server: files, each gzip in base64 in an element of its own, after lists that give their
 * addresses.
 */

/** A recording under its name, as gzip in base64; `training` holds the same run's earlier policies. */
export interface Embedded {
  readonly name: string;
  readonly gzip: string;
  readonly training?: readonly EmbeddedInTraining[];
}

interface EmbeddedInTraining {
  readonly name: string;
  readonly iteration: number;
  readonly success?: number;
  readonly gzip: string;
}

/** What acts in a page, each as gzip in base64. */
export interface EmbeddedLive {
  readonly policy: { readonly name: string; readonly gzip: string };
  /** What the robot is drawn with, as a file of meshes; absent where it has none. */
  readonly meshes?: string;
  /** The script of the worker that simulates: text, and between two pieces of it the bytes that stand there in base64. */
  readonly worker: readonly string[];
}

/** Ids of the elements that hold the lists, and of the frame whose workers may compile WebAssembly. */
export const embeddedIds = {
  list: 'shared-list',
  /** Of the view to begin with. */
  link: 'shared-link',
  policies: 'shared-policies',
  /** The list of a page of a site, whose files lie beside it. */
  site: 'site-list',
  worker: 'shared-worker',
  frame: 'worker-frame',
} as const;

/**
 * @param html a page without recordings
 * @param link of the view that the page is to open with, as the text after `#`; the beginning of the first where there is none
 */
export function embedRecordings(html: string, recordings: readonly Embedded[], link?: string): string {
  const files = new Files();
  const list = recordings.map(({ name, gzip, training }) => {
    const listed = { name, url: files.add(gzip) };
    if (!training?.length) return listed;
    return {
      ...listed,
      training: training.map(({ gzip: then, ...state }) => ({ ...state, url: files.add(then) })),
    };
  });
  const lists = [jsonElement(embeddedIds.list, list), ...(link ? [jsonElement(embeddedIds.link, link)] : [])];
  return files.in(html, lists);
}

/** @param html a page without recordings, which goes live with the policy */
export function embedLive(html: string, { policy, meshes, worker }: EmbeddedLive): string {
  const files = new Files();
  const listed = {
    name: policy.name,
    url: files.add(policy.gzip),
    ...(meshes !== undefined && { meshes: files.add(meshes) }),
  };
  const script = worker.map((part) => files.add(part));
  return files.in(html, [jsonElement(embeddedIds.policies, [listed]), jsonElement(embeddedIds.worker, script)]);
}

/** Elements that hold a file each. */
class Files {
  readonly #elements: string[] = [];

  /** @returns the address of the file in the page */
  add(gzip: string): string {
    const id = `shared-${this.#elements.length}`;
    this.#elements.push(`<script type="application/octet-stream" id="${id}">${gzip}</script>`);
    return `#${id}`;
  }

  /** The page with the lists and the files at its end. */
  in(html: string, lists: readonly string[]): string {
    const end = html.lastIndexOf('</body>');
    return html.slice(0, end) + [...lists, ...this.#elements, ''].join('\n') + html.slice(end);
  }
}

/** An element that holds data. A name may hold anything: this way it cannot end the element. */
export function jsonElement(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`;
}
