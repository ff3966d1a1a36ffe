import { type App, type Command, isReplay } from '../commands/command.ts';
import { html } from '../dom/elements.ts';
import { isLinked } from '../files/linked.ts';
import { isOfSite } from '../files/recordings.ts';
import { roomFor } from '../state/compare.ts';
import { type Link, writeLink } from '../state/link.ts';
import { clearSelection, type Player, pause, seek, select, spanOf, usualSpeed } from '../state/player.ts';
import { withFullSpan } from '../state/session.ts';
import { type EpisodeRef, type State, viewOptions } from '../state/state.ts';

/** Time without a change before the address is written, ms: browsers refuse a change with every frame. */
const settleTime = 350;

/** The link of what is on the page. */
export function linkOf({ session, stage }: App): Link {
  const { state } = session;
  const { files, player, compare } = state;
  const fileName = (id: number) => files.find((file) => file.id === id)?.name ?? '';
  return {
    file: fileName(state.file),
    episode: player?.episode,
    time: player && Math.round(player.position),
    speed: player && player.speed !== usualSpeed(player) ? player.speed : undefined,
    loop: player?.loop,
    selection: player?.selection,
    camera: stage.orbit.pose,
    ...viewOptions(state),
    beside: state.beside === undefined ? undefined : fileName(state.beside),
    compare: compare.map(({ file, episode }) => ({ file: fileName(file), episode })),
  };
}

/** Names of this computer that lead nowhere from another. */
const isHere = /^(localhost|127\.|\[::1)/;

async function copy({ messages, session }: App): Promise<void> {
  window.dispatchEvent(new Event('armature:settle'));
  const { isLive } = session.state;
  const href = isLive ? location.href.replace(/#.*/, '') : location.href;
  try {
    await navigator.clipboard.writeText(href);
    const opens = isLive ? 'this arm, which acts' : 'this file, episode and time as you see them';
    const where = isHere.test(location.hostname) ? ', on this computer alone: save as HTML to send it' : '';
    messages.say('Link copied', `It opens ${opens}${where}.`);
  } catch {
    // A frame may not write to the clipboard unless the page around it lets it.
    messages.tell('The link to this view', 'This page may not copy by itself:', html('code', 'command', href));
  }
}

/** Whether a link to what is in view opens: not where a file, or the page itself, came from the reader's disk. A page of a site is live. */
function hasLink(app: App): boolean {
  return location.protocol !== 'file:' && (isNamed(app) || (isOfSite() && app.session.state.isLive === true));
}

/** Whether the address can name what is in view. */
function isNamed(app: App): boolean {
  const { files, file, beside, compare } = app.session.state;
  const shown = [file, beside, ...compare.map((ref) => ref.file)];
  return isReplay(app) && files.every(({ id, recording }) => !shown.includes(id) || isLinked(recording));
}

export const copyLink: Command = {
  id: 'copy-link',
  title: 'Copy a link to this view',
  words: 'share send url address',
  group: 'File',
  keys: ['y'],
  icon: 'link',
  when: hasLink,
  run: copy,
};

/** Keeps the address in step with the page, once the page has opened what the address names. */
export function address(app: App, ready: Promise<void>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settled = false;
  let known = location.hash;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    // An address that the user entered is about to be followed, and must not be overwritten.
    if (!settled || !isReplay(app) || location.hash !== known) return;
    // What cannot be opened again is not named.
    known = isNamed(app) ? `#${writeLink(linkOf(app))}` : location.pathname + location.search;
    if (known !== location.hash) history.replaceState(history.state, '', known);
    known = location.hash;
  };
  const later = () => {
    // During playback the time changes with every frame: the address waits for a pause.
    if (app.session.player?.playing) return;
    clearTimeout(timer);
    timer = setTimeout(write, settleTime);
  };
  window.addEventListener('hashchange', () => {
    known = location.hash;
  });
  app.session.watchState(later);
  app.stage.orbit.controls.addEventListener('change', later);
  window.addEventListener('armature:settle', write);
  void ready.finally(() => {
    settled = true;
    later();
  });
}

/** Shows what a link holds; its files are open already. */
export function applyLink({ session, stage }: App, link: Link): void {
  session.update((state) => withLink(state, link));
  if (link.camera) stage.orbit.pose = link.camera;
  else stage.orbit.preset('home');
}

/** The state that a link describes; pure. What a link leaves out is as usual, but for the theme, which is the reader's own. */
function withLink(state: State, link: Link): State {
  const { theme = state.theme, compare = [], episode = 0 } = link;
  const beside = state.files.find(({ name }) => name === link.beside)?.id;
  const chosen = withFullSpan({
    ...state,
    ...viewOptions({ ...link, theme }),
    beside,
    compare: compare.flatMap((ref) => found(state, ref)).slice(-roomFor({ beside })),
    player: state.player && clearSelection(seek(state.player, 0, episode)),
  });
  return { ...chosen, player: chosen.player && playerWith(chosen.player, link) };
}

/** A link with a time shows that time, paused; a link without shows the beginning, and one without a speed has the usual. */
function playerWith(player: Player, { time, speed = usualSpeed(player), loop = 'off', selection }: Link): Player {
  const { from, to } = spanOf(player);
  const there = time === undefined ? seek(player, from) : seek(pause(player), time);
  const fits = selection && selection.from >= from && selection.to <= to;
  const within = fits ? select(there, selection.from, selection.to) : there;
  return { ...within, speed, loop: usable(within, loop) };
}

function usable(player: Player, loop: Player['loop']): Player['loop'] {
  return loop === 'selection' && !player.selection ? 'off' : loop;
}

function found({ files }: State, ref: { file: string; episode: number }): EpisodeRef[] {
  const file = files.find(({ name }) => name === ref.file);
  return file && ref.episode < file.recording.episodes.length ? [{ file: file.id, episode: ref.episode }] : [];
}
