/** The page within another one, and within a site. */
import type { App } from '../commands/command.ts';
import { byId, html } from '../dom/elements.ts';

/** Whether the address asks for what fits in a frame: `?embed`. */
export function isEmbedded(): boolean {
  return new URLSearchParams(location.search).has('embed');
}

/** The address of this page for a frame, or of the whole page. */
export function addressFor(isFrame: boolean): string {
  const url = new URL(location.href);
  url.search = isFrame ? '?embed' : '';
  if (isFrame) url.hash = '';
  return url.href;
}

/** Leaves the scene and its buttons, and a way to the whole page. */
export function embed({ root }: App): void {
  root.dataset.embed = '';
  const whole = html('a', 'whole', 'Open in full');
  whole.target = '_blank';
  whole.rel = 'noopener';
  whole.href = addressFor(false);
  byId(root, 'canvas-host', HTMLElement).after(whole);
}

/** On a page of a site, its name in the bar leads to the gallery. */
export function homeLink({ root }: App): void {
  const up = document.querySelector<HTMLLinkElement>('link[rel="up"]');
  const brand = root.querySelector('.brand');
  if (!up || !brand) return;
  const link = html('a', '', ...brand.childNodes);
  link.href = up.href;
  link.title = 'All arms of this site';
  brand.replaceChildren(link);
}
