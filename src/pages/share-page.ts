/** One HTML file out of the viewer's page and recordings: it opens from disk and asks for nothing else. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { embedRecordings } from '../../envs/recording/embedded.ts';

/** The built page: its HTML, and the files that it names, by the name it gives them. */
export interface Page {
  readonly html: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Shared {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly training?: readonly SharedInTraining[];
}

interface SharedInTraining {
  readonly name: string;
  readonly iteration: number;
  readonly success?: number;
  readonly bytes: Uint8Array;
}

/** @throws Error when the page names a file that the build did not make */
export function sharePage(page: Page, recordings: readonly Shared[]): string {
  const embedded = recordings.map(({ name, bytes, training }) => ({
    name,
    gzip: zipped(bytes),
    training: training?.map(({ bytes: then, ...state }) => ({ ...state, gzip: zipped(then) })),
  }));
  return embedRecordings(pageInOne(page), embedded);
}

/**
 * The built page in one file, under its policy.
 * @param prelude what a page needs in which a policy acts: such a page has workers, and its script is packed, for it holds much else
 */
export function pageInOne({ html, files }: Page, prelude?: Prelude): string {
  const file = (name: string) => {
    const text = files[name];
    if (text === undefined) throw new Error(`the page asks for ${name}, which was not built`);
    return text;
  };
  const scripts: string[] = [];
  const styles: string[] = [];
  const body = html
    .replace(/^.*<link rel="icon".*\n/m, '')
    .replace(/<link rel="stylesheet"[^>]* href="([^"]+)">/g, (_, name: string) => {
      styles.push(file(name));
      return `<style>${styles.at(-1)}</style>`;
    })
    .replace(/<script type="module"[^>]* src="([^"]+)"><\/script>/g, (_, name: string) => {
      if (prelude) {
        scripts.push(file(name), prelude.unpack);
        return `<script type="application/octet-stream">${zipped(Buffer.from(file(name)))}</script><script>${prelude.unpack}</script>`;
      }
      // The only texts that would end a script, or change how it ends; both stand in strings and patterns alone.
      scripts.push(file(name).replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'));
      return `<script type="module">${scripts.at(-1)}</script>`;
    });
  const head = '<meta charset="utf-8" />';
  const policies = [
    // The frame has the policy that there is when it is made; the page has both.
    ...(prelude
      ? [
          policyFor([prelude.frame, ...scripts], styles, " 'wasm-unsafe-eval'; worker-src blob:"),
          `<script>${prelude.frame}</script>`,
        ]
      : []),
    policyFor(scripts, styles),
  ];
  return insertAt(body.indexOf(head) + head.length, policies.map((line) => `\n    ${line}`).join(''), body);
}

/** Scripts that run before the page's own. */
export interface Prelude {
  /** Makes a frame whose workers may compile WebAssembly. */
  readonly frame: string;
  /** Puts into the page the script that is packed in the element before it: its text has the hash that the policy names. */
  readonly unpack: string;
}

/**
 * Nothing but these very texts, and no network at all.
 * @param more what scripts may do beside
 */
function policyFor(scripts: readonly string[], styles: readonly string[], more = ''): string {
  const hashes = (texts: readonly string[]) =>
    texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
  const directives = [
    "default-src 'none'",
    `script-src ${hashes(scripts)}${more}`,
    `style-src ${hashes(styles)}`,
    'img-src data: blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')}" />`;
}

export function zipped(bytes: Uint8Array): string {
  return gzipSync(bytes, { level: 9 }).toString('base64');
}

function insertAt(at: number, text: string, html: string): string {
  return html.slice(0, at) + text + html.slice(at);
}
