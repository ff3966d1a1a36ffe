/** The page that `armature view` serves and `armature share` writes: a viewer with an address, a title and recordings. */
import type { ViewerApi } from './api.ts';
import { byId } from './dom/elements.ts';
import { embeddedLink, hasWorkers, isOfSite, isShared, listPolicies, listRecordings } from './files/recordings.ts';
import { goLive, liveButton, liveCommands, prepareLive } from './go-live.ts';
import { type Link, readLink } from './state/link.ts';
import { address, copyLink } from './ui/address.ts';
import { embed, homeLink, isEmbedded } from './ui/frame.ts';
import { recallTheme, rememberTheme } from './ui/page.ts';
import { savePageCommand } from './ui/save-page.ts';
import { startViewer, type Viewer } from './viewer.ts';
import { viewerApi } from './viewer-api.ts';

declare global {
  interface Window {
    armature: ViewerApi;
  }
}

function start(): void {
  const link = readLink(location.hash || embeddedLink());
  if (!link.live && !(isShared() && hasWorkers())) {
    void begin(link);
    return;
  }
  // A worker starts while the page's own thread has nothing else to do.
  const ready = prepareLive().then(() => begin(link));
  // All else is there by then.
  window.armature = { ready } as ViewerApi;
}

/** Resolves when what the address asks for is in view or has failed. */
function begin(link: Link): Promise<void> {
  const savePage = savePageCommand(() => viewer.opener.offered);
  const options = { scope: window, theme: recallTheme(), commands: [copyLink, ...savePage, ...liveCommands], goLive };
  const viewer: Viewer = startViewer(byId(document, 'viewer', HTMLElement), options);
  const { app, opener } = viewer;
  liveButton(app);
  rememberTheme(app.session);
  if (isEmbedded()) embed(app);
  homeLink(app);
  if (!isOfSite()) {
    app.session.watch(({ name }) => {
      document.title = `${name} · Armature`;
    });
  }
  window.addEventListener('hashchange', () => void opener.follow(readLink(location.hash)));
  const ready = openListed(viewer, link);
  address(app, ready);
  window.armature = viewerApi(viewer, ready);
  return ready;
}

/**
 * Opens what the address names, else the first recording on offer, or goes live with the first policy where there is no recording;
 * resolves when that is in view or has failed.
 */
async function openListed({ app, opener }: Viewer, link: Link): Promise<void> {
  const follow = () => void import('./follow/index.ts').then((room) => room.follow(app, opener));
  const offered = await listRecordings(follow).catch((reason: unknown) => {
    app.messages.fail('The list of recordings', reason);
    return [];
  });
  opener.offer(offered);
  const [first] = offered;
  const hasRecording = link.file !== undefined || first !== undefined;
  if (hasRecording) await opener.follow({ ...link, file: link.file ?? first?.name });
  if (link.live || (!hasRecording && (await listPolicies()).length)) await goLive?.(app);
}

start();
