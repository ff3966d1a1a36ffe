/** The recordings inside of a page that `armature share` made; they stand in it as gzip in base64. */

/** The list, in the form that a server gives; undefined on any other page. */
export function sharedRecordings(): unknown {
  const text = document.getElementById('shared-list')?.textContent;
  return text ? JSON.parse(text) : undefined;
}

/** The bytes of a recording by its address in that list. */
export async function sharedRecording(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!url.startsWith('#')) return undefined;
  const text = document.getElementById(url.slice(1))?.textContent;
  if (!text) throw new Error('this page does not hold it');
  const gzip = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Whether this page is one that `armature share` made. */
export function isShared(): boolean {
  return document.getElementById('shared-list') !== null;
}
