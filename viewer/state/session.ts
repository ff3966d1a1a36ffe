/** The state of the page, and the moment in view; everything on the page shows one session. */
import type { Recording } from '../../envs/recording/header.ts';
import { derive, tipAt } from '../derive/episode.ts';
import { isLinked } from '../files/linked.ts';
import {
  clampToEpisode,
  combinedSpan,
  comparedWith,
  ghostPosition,
  mismatch,
  sameEpisode,
  type Timing,
  timingOf,
} from './compare.ts';
import { openPlayer, type Player, type Span, spanOf, usualSpeed, withSpan } from './player.ts';
import { type EpisodeRef, type EpisodeView, type Moment, type OpenFile, type State, viewOptions } from './state.ts';
import { episodesShown } from './swarm.ts';

const emptyState: State = { ...viewOptions({}), files: [], file: -1, compare: [], marks: [], verdicts: new Map() };

export class Session {
  readonly #autoplay: boolean;
  readonly #moments: ((moment: Moment) => void)[] = [];
  readonly #states = new Set<(state: State) => void>();
  #state = emptyState;
  #ids = 0;

  /** @param autoplay whether the first recording plays as soon as it opens; another goes on as the one before, playing or still */
  constructor(autoplay: boolean) {
    this.#autoplay = autoplay;
  }

  /** Calls back with every moment that comes into view. */
  watch(listener: (moment: Moment) => void): void {
    this.#moments.push(listener);
  }

  /** Calls back with every state, also while nothing is open, until the signal ends that. */
  watchState(listener: (state: State) => void, signal?: AbortSignal): void {
    this.#states.add(listener);
    signal?.addEventListener('abort', () => this.#states.delete(listener));
  }

  get state(): State {
    return this.#state;
  }

  get player(): Player | undefined {
    return this.#state.player;
  }

  /** Adds a file, if it is not open, and shows its first episode. Files that nothing shows are closed, and those of other environments. */
  open(name: string, recording: Recording): OpenFile {
    const { files, compare, beside } = this.#state;
    const isCompared = ({ id }: OpenFile) => id === beside || compare.some((ref) => ref.file === id);
    const kept = files.filter((other) => isCompared(other) && !mismatch(recording.header, other.recording.header));
    // What the server has under a name is one recording: it may stand beside already. Files of the reader's may share a name.
    const twin = kept.find((other) => other.name === name && isLinked(other.recording));
    const known = isLinked(recording) ? twin : undefined;
    const file = known ?? { id: this.#ids++, name: freeName(name, kept), recording };
    const isKept = (wanted: number | undefined) => kept.some(({ id }) => id === wanted);
    const still = { compare: compare.filter((ref) => isKept(ref.file)), beside: isKept(beside) ? beside : undefined };
    const { player } = this.#state;
    const plays = player ? player.playing : this.#autoplay;
    const open = [...kept.filter((other) => other !== file), file];
    this.update((state) => showFile({ ...state, ...still, files: open, marks: [] }, file, plays));
    return file;
  }

  /** Adds a file for comparison, under a name that no other open one has; the episode that plays goes on. */
  add(name: string, recording: Recording): OpenFile {
    const { files } = this.#state;
    const file = { id: this.#ids++, name: freeName(name, files), recording };
    this.set({ files: [...files, file] });
    return file;
  }

  update(next: (state: State) => State): void {
    const changed = next(this.#state);
    if (changed === this.#state) return;
    const state = withFullSpan(changed);
    this.#state = state;
    for (const listener of this.#states) listener(state);
    const moment = this.moment();
    if (moment) for (const listener of this.#moments) listener(moment);
  }

  set(changes: Partial<State>): void {
    this.update((state) => ({ ...state, ...changes }));
  }

  /** Changes the player; does nothing while no recording is open. */
  change(next: (player: Player) => Player): void {
    this.update((state) => {
      const player = state.player && next(state.player);
      return player === state.player ? state : { ...state, player };
    });
  }

  /** Marks the state under the pointer, in control steps; none without a step. */
  hover(step?: number): void {
    this.update((state) => (state.hover === step ? state : { ...state, hover: step }));
  }

  moment(): Moment | undefined {
    const { player, file, files, align } = this.#state;
    if (!player) return undefined;
    const main = episodeView(files, { file, episode: player.episode }, (own) => clampToEpisode(player.position, own));
    if (!main) return undefined;
    const timing = timingOf(main);
    const ghosts = comparedWith(this.#state)
      .filter((ref) => !sameEpisode(ref, main.ref))
      .map((ref) => episodeView(files, ref, (own) => ghostPosition(player.position, timing, own, align === 'success')))
      .filter((ghost) => ghost !== undefined);
    return { ...main, player, state: this.#state, ghosts };
  }
}

/** A name that no file has: the given one, or that with a number before it. */
function freeName(name: string, files: readonly OpenFile[]): string {
  const isTaken = (wanted: string) => files.some((file) => file.name === wanted);
  let free = name;
  for (let times = 2; isTaken(free); times++) free = `(${times}) ${name}`;
  return free;
}

/** The state that plays a file from its beginning; at the speed that was chosen, if one was. */
export function showFile(state: State, { id, recording }: OpenFile, playing: boolean): State {
  const lengths = recording.episodes.map((episode) => episode.steps);
  const { player: before } = state;
  const keep = before && { loop: before.loop, ...(before.speed !== usualSpeed(before) && { speed: before.speed }) };
  const player = openPlayer(lengths, recording.header.spec.dt, keep);
  const verdicts = id === state.file ? state.verdicts : new Map<number, boolean>();
  return { ...state, file: id, player: { ...player, playing }, hover: undefined, verdicts };
}

/** The state with a clock that runs from the first start to the last end of all that is shown. */
export function withFullSpan(state: State): State {
  const { player } = state;
  if (!player) return state;
  const span = spanOfAll(state, player);
  const before = spanOf(player);
  const after = spanOf({ ...player, span });
  const same = before.from === after.from && before.to === after.to && before.all === after.all;
  return same ? state : { ...state, player: withSpan(player, span) };
}

/** Undefined where the span is that of the episode in view alone. */
function spanOfAll(state: State, player: Player): Span | undefined {
  const { files, file, align, swarm } = state;
  const compare = comparedWith(state);
  if (swarm) {
    const shown = episodesShown(state, player);
    return { from: 0, to: player.lengths.slice(shown.from, shown.to).reduce((a, b) => Math.max(a, b)), all: true };
  }
  if (compare.length === 0) return undefined;
  const timing = (ref: EpisodeRef) => {
    const found = lookUp(files, ref);
    return found && timingOf(found);
  };
  const main = timing({ file, episode: player.episode });
  const ghosts = compare.map(timing).filter((ghost) => ghost !== undefined);
  return main && combinedSpan(main, ghosts, align === 'success');
}

function lookUp(files: readonly OpenFile[], ref: EpisodeRef) {
  const file = files.find(({ id }) => id === ref.file);
  const episode = file?.recording.episodes[ref.episode];
  if (!file || !episode) return undefined;
  const { recording, name } = file;
  return { ref, name, recording, episode, derived: derive(episode, recording.header) };
}

function episodeView(
  files: readonly OpenFile[],
  ref: EpisodeRef,
  positionOf: (timing: Timing) => number,
): EpisodeView | undefined {
  const found = lookUp(files, ref);
  if (!found) return undefined;
  const { episode, recording, derived } = found;
  const { scene } = recording.header;
  const position = positionOf(timingOf(found));
  const step = Math.floor(position);
  const reached = derived.within[step] === 1;
  return { ...found, position, step, tip: tipAt(episode, scene, position), reached };
}
