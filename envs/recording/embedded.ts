/** Recordings as a page holds them that opens without a server: each gzip in base64 in an element of its own, after a list of them. */

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

/** Ids of the elements that hold the list, and the link of the view to begin with. */
export const embeddedIds = { list: 'shared-list', link: 'shared-link' } as const;

/**
 * @param html a page without recordings
 * @param link of the view that the page is to open with, as the text after `#`; the beginning of the first where there is none
 */
export function embedRecordings(html: string, recordings: readonly Embedded[], link?: string): string {
  const blocks: string[] = [];
  const store = (gzip: string) => {
    const id = `shared-${blocks.length}`;
    blocks.push(`<script type="application/octet-stream" id="${id}">${gzip}</script>`);
    return `#${id}`;
  };
  const list = recordings.map(({ name, gzip, training }) => {
    const listed = { name, url: store(gzip) };
    if (!training?.length) return listed;
    return {
      ...listed,
      training: training.map(({ gzip: then, ...state }) => ({ ...state, url: store(then) })),
    };
  });
  const data = [json(embeddedIds.list, list), ...(link ? [json(embeddedIds.link, link)] : []), ...blocks, ''].join(
    '\n',
  );
  const end = html.lastIndexOf('</body>');
  return html.slice(0, end) + data + html.slice(end);
}

/** A name may hold anything: this way it cannot end the element. */
function json(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`;
}
