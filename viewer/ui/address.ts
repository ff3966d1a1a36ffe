import type { App } from '../actions/types.ts';
import type { CameraPlace } from '../scene/camera.ts';
import { mostGhosts } from '../state/compare.ts';
import { type Link, writeLink } from '../state/link.ts';
import { clearSelection, type Player, pause, seek, select, spanOf } from '../state/player.ts';
import { spanned } from '../state/session.ts';
import type { EpisodeRef, State } from '../state/types.ts';

/** Rest after the last change before the address tells of it, ms: browsers refuse a change with every frame. */
const rest = 350;

/** The link of what is on the page. */
export function linkOf({ session, stage }: App): Link {
  const { state } = session;
  const { files, player, compare } = state;
  const fileName = (id: number) => files.find((file) => file.id === id)?.name ?? '';
  return {
    file: fileName(state.file),
    episode: player?.episode,
    time: player && Math.round(player.position),
    speed: player?.speed,
    loop: player?.loop,
    selection: player?.selection,
    camera: stage.orbit.place,
    follow: state.follow,
    swarm: state.swarm,
    hidden: state.hidden,
    trail: state.trail,
    theme: state.theme,
    align: state.align,
    arrange: state.arrange,
    compare: compare.map(({ file, episode }) => ({ file: fileName(file), episode })),
  };
}

/** Keeps the address in step with the page, once it has opened what the address asked for. */
export function address(app: App, ready: Promise<void>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settled = false;
  let known = location.hash;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    // Another address was given, and the page is about to follow it.
    if (!settled || !app.session.player || location.hash !== known) return;
    known = `#${writeLink(linkOf(app))}`;
    if (known !== location.hash) history.replaceState(history.state, '', known);
    known = location.hash;
  };
  const later = () => {
    // While it plays, the time changes all along: the address waits for a pause.
    if (app.session.player?.playing) return;
    clearTimeout(timer);
    timer = setTimeout(write, rest);
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

/** Brings what a link holds onto the page; its files are open already. */
export function apply({ session, stage }: App, link: Link): void {
  session.update((state) => withLink(state, link));
  if (link.camera) stage.orbit.place = link.camera as CameraPlace;
  else stage.orbit.preset('home');
}

/** A state as a link wants it; pure. What a link leaves out is as usual, but for the theme, which is the reader's own. */
export function withLink(state: State, link: Link): State {
  const {
    hidden = [],
    trail = 'plain',
    theme,
    follow = false,
    swarm = false,
    align = 'start',
    arrange = 'ghosts',
    compare = [],
    episode = 0,
  } = link;
  const chosen = spanned({
    ...state,
    hidden,
    trail,
    follow,
    swarm,
    align,
    arrange,
    theme: theme ?? state.theme,
    compare: compare.flatMap((ref) => found(state, ref)).slice(-mostGhosts),
    player: state.player && clearSelection(seek(state.player, 0, episode)),
  });
  return { ...chosen, player: chosen.player && playerWith(chosen.player, link) };
}

/** A link with a time shows that time, at rest; one without begins. */
function playerWith(player: Player, { time, speed = 1, loop = 'off', selection }: Link): Player {
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
