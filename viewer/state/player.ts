/** Where a replay is and how it moves on; pure, so that time can be tested without a clock. */

/** What follows on an episode's end: nothing, the episodes that come next, all of them again and again, or the same. */
export type Loop = 'off' | 'once' | 'all' | 'episode' | 'selection';

/** A stretch of an episode, in control steps. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** What the clock runs over, in control steps of the episode in view; longer than the episode where ghosts are. */
export interface Span {
  /** 0, or below where a ghost begins before. */
  readonly from: number;
  /** T, or above where a ghost ends later. */
  readonly to: number;
  /** Whether all episodes are shown at once, so that none comes next. */
  readonly all: boolean;
}

export interface Player {
  /** Control steps T of every episode. */
  readonly lengths: readonly number[];
  /** Seconds per control step. */
  readonly dt: number;
  readonly episode: number;
  /** Episodes in the order that they follow one another in, those that are left out not among them; by number where absent. */
  readonly order?: readonly number[];
  /** Time in control steps of the episode, within the span; whole numbers from 0 to T are its recorded states. */
  readonly position: number;
  /** That of the episode alone where absent. */
  readonly span?: Span;
  readonly playing: boolean;
  readonly speed: number;
  readonly loop: Loop;
  /** What loop `selection` repeats, in the episode in view. */
  readonly selection?: StepRange;
  /** Seconds spent at the end of the episode. */
  readonly heldSeconds: number;
}

/** Seconds that a finished episode stays in view before the next begins: a quarter of the time it played, within these. */
const hold = { share: 0.25, least: 0.12, most: 0.6 } as const;

export const speeds: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** Speeds of slow motion, each at most half again the one before: one of them brings any length into a range of that width. */
const slow: readonly number[] = [
  0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8,
];

/** Seconds within which an episode can be seen: one that lasts less opens in slow motion. */
const visible = { least: 2, best: 2.5 } as const;

export const loops: readonly Loop[] = ['off', 'once', 'all', 'episode', 'selection'];

/** @param keep speed and loop as chosen; a speed that is absent is the usual one */
export function openPlayer(
  lengths: readonly number[],
  dt: number,
  keep: Partial<Pick<Player, 'speed' | 'loop'>> = {},
): Player {
  const { speed = usualSpeed({ lengths, dt }), loop = 'off' } = keep;
  return { lengths, dt, episode: 0, position: 0, playing: false, speed, loop, heldSeconds: 0 };
}

/**
 * The speed at which episodes open: that at which they happened, and where half of them last less than two seconds, one at which
 * the middle one takes two to three.
 */
export function usualSpeed({ lengths, dt }: Pick<Player, 'lengths' | 'dt'>): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  const seconds = sorted[sorted.length >> 1] * dt;
  if (!(seconds < visible.least)) return 1;
  const missed = (speed: number) => Math.abs(seconds / speed - visible.best);
  return slow.reduce((best, speed) => (missed(speed) < missed(best) ? speed : best));
}

/** The control step in view: the latest that has begun. */
export function stepOf(player: Player): number {
  return Math.floor(player.position);
}

export function spanOf(player: Player): Span {
  return player.span ?? { from: 0, to: player.lengths[player.episode], all: false };
}

/** Has the clock run over another span; a player at the beginning of its span goes to the beginning of the new span. */
export function withSpan(player: Player, span: Span | undefined): Player {
  const before = spanOf(player);
  const after = spanOf({ ...player, span });
  const position = player.position === before.from ? after.from : within(player.position, after);
  const { selection } = player;
  const fits = !selection || (selection.from >= after.from && selection.to <= after.to);
  return { ...(fits ? player : clearSelection(player)), span, position };
}

/** Where playing stops or turns back. */
function endOf(player: Player): number {
  const { loop, selection, position } = player;
  return loop === 'selection' && selection && position <= selection.to ? selection.to : spanOf(player).to;
}

function startOf(player: Player): number {
  const { loop, selection } = player;
  return loop === 'selection' && selection ? selection.from : spanOf(player).from;
}

/** Marks a stretch and repeats it; a stretch of no length marks nothing. */
export function select(player: Player, a: number, b: number): Player {
  const [from, to] = [Math.min(a, b), Math.max(a, b)].map((x) => within(Math.round(x), spanOf(player)));
  if (from === to) return clearSelection(player);
  return { ...player, selection: { from, to }, loop: 'selection' };
}

export function clearSelection(player: Player): Player {
  return { ...player, selection: undefined, loop: player.loop === 'selection' ? 'off' : player.loop };
}

export function setSpeed(player: Player, speed: number): Player {
  return { ...player, speed: clamp(speed, speeds[0], speeds[speeds.length - 1]) };
}

/** The next faster or slower of the usual speeds. */
export function speedBy(player: Player, by: 1 | -1): Player {
  const next = by > 0 ? speeds.find((s) => s > player.speed) : speeds.findLast((s) => s < player.speed);
  return next === undefined ? player : { ...player, speed: next };
}

export function toggle(player: Player): Player {
  return player.playing ? pause(player) : play(player);
}

/** Seconds that the end stays in view. */
export function holdOf(player: Player): number {
  const played = ((endOf(player) - startOf(player)) * player.dt) / player.speed;
  return clamp(hold.share * played, hold.least, hold.most);
}

/** The player after so many seconds. */
export function advance(player: Player, seconds: number): Player {
  if (!player.playing) return player;
  const length = endOf(player);
  const position = player.position + (seconds * player.speed) / player.dt;
  if (position < length) return { ...player, position };
  const late = Math.min(seconds, ((position - length) * player.dt) / player.speed);
  const heldSeconds = player.heldSeconds + late;
  if (heldSeconds < holdOf(player)) return { ...player, position: length, heldSeconds };
  return afterEnd(player);
}

/** The player after the hold at an episode's end. */
function afterEnd(player: Player): Player {
  const { loop, episode, order = [0] } = player;
  const { all, to } = spanOf(player);
  const begin = (next: number) => ({
    ...player,
    episode: next,
    position: 0,
    heldSeconds: 0,
    span: undefined,
    selection: undefined,
  });
  if (loop === 'episode' || loop === 'selection' || (loop === 'all' && all))
    return { ...player, position: startOf(player), heldSeconds: 0 };
  const next = neighbour(player, 1);
  if (next !== episode && loop !== 'off' && !all) return begin(next);
  if (loop === 'all') return begin(order[0] ?? episode);
  return { ...player, position: to, heldSeconds: 0, playing: false };
}

/** Playing from the very end starts the episode anew. */
export function play(player: Player): Player {
  const position = player.position >= endOf(player) ? startOf(player) : player.position;
  return { ...player, playing: true, position, heldSeconds: 0 };
}

/** Pauses at the nearest recorded state, so that what is shown was recorded. */
export function pause(player: Player): Player {
  return { ...player, playing: false, position: Math.round(player.position), heldSeconds: 0 };
}

/** Jumps to a recorded state; goes on playing if it was. */
export function seek(player: Player, step: number, episode = player.episode): Player {
  const e = clamp(Math.round(episode), 0, player.lengths.length - 1);
  const there = e === player.episode ? player : clearSelection({ ...player, episode: e, span: undefined });
  return { ...there, position: within(Math.round(step), spanOf(there)), heldSeconds: 0 };
}

/** Pauses and moves by control steps. */
export function stepBy(player: Player, steps: number): Player {
  const still = pause({ ...player, position: steps < 0 ? Math.ceil(player.position) : Math.floor(player.position) });
  return seek(still, still.position + steps);
}

/** The episode so many places on in the order, or the one at that end of it; the first where the episode in view is not in it. */
function neighbour({ episode, lengths, order }: Player, by: number): number {
  if (!order) return clamp(episode + by, 0, lengths.length - 1);
  const at = order.indexOf(episode);
  return order[at < 0 ? 0 : clamp(at + by, 0, order.length - 1)] ?? episode;
}

/** The beginning of another episode of the order; the player as it is where there is none. */
export function episodeBy(player: Player, by: number): Player {
  const episode = neighbour(player, by);
  return episode === player.episode ? player : seek(player, 0, episode);
}

function within(position: number, { from, to }: Span): number {
  return clamp(position, from, to);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
