/** The ghosts: episodes compared with the one that plays, and where each is in its own time; pure. */
import { engineName } from '../../envs/env.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { paramsAt } from '../../envs/trajectory.ts';
import { integer } from '../dom/format.ts';
import type { Span } from './player.ts';
import type { EpisodeRef, EpisodeView, Moment, State } from './state.ts';

/** Ghosts at most: more could not be told apart. */
export const maxGhosts = 5;

export function sameEpisode(a: EpisodeRef, b: EpisodeRef): boolean {
  return a.file === b.file && a.episode === b.episode;
}

export function isCompared(state: State, ref: EpisodeRef): boolean {
  return state.compare.some((other) => sameEpisode(other, ref));
}

/** Adds an episode to the comparison, or takes it out; the oldest makes room. */
export function toggleCompare(state: State, ref: EpisodeRef): State {
  const others = state.compare.filter((other) => !sameEpisode(other, ref));
  const compare = others.length < state.compare.length ? others : [...others, ref];
  return { ...state, compare: compare.slice(-roomFor(state)) };
}

/** Ghosts at most beside those of a second policy. */
export function roomFor({ beside }: Pick<State, 'beside'>): number {
  return beside === undefined ? maxGhosts : maxGhosts - 1;
}

/** Shows a second policy beside the first, each in a pane of its own; or none any more. The one before is closed. */
export function withBeside(state: State, beside: number | undefined): State {
  if (beside === state.beside) return state;
  const arrange = beside === undefined ? 'ghosts' : state.beside === undefined ? 'split' : state.arrange;
  const compare = state.compare.slice(-roomFor({ beside }));
  const isShown = (id: number) => id === state.file || id === beside || compare.some((ref) => ref.file === id);
  const files = state.files.filter(({ id }) => id !== state.beside || isShown(id));
  return { ...state, files, beside, arrange, compare };
}

/** The episodes shown with the one that plays: the second policy's of the same number, then the ghosts. */
export function comparedWith({ beside, compare, player }: State): readonly EpisodeRef[] {
  if (beside === undefined || !player) return compare;
  const second = { file: beside, episode: player.episode };
  return [second, ...compare.filter((ref) => !sameEpisode(ref, second))];
}

/** The second policy's episode among what is in view; undefined where there is none of that number. */
export function secondOf({ ghosts, state }: Pick<Moment, 'ghosts' | 'state'>): EpisodeView | undefined {
  const [first] = ghosts;
  return first?.ref.file === state.beside && first?.ref.episode === state.player?.episode ? first : undefined;
}

type Worldly = { readonly env: Pick<RecordingHeader['env'], 'env' | 'arm'> };

/** Why episodes of two recordings cannot be shown together, in a sentence; undefined where they can. */
export function mismatch({ env: one }: Worldly, { env: other }: Worldly): string | undefined {
  if (one.env === other.env && one.arm === other.arm) return undefined;
  const nameOf = ({ env, arm }: Worldly['env']) => `${env} with the arm ${arm}`;
  return `It is of another environment: ${nameOf(other)}, where ${nameOf(one)} is open. Their episodes have nothing in common to compare.`;
}

/** Whose policy acts: the run by its folder, or by the name it gave itself, how far it was trained, and by what. */
export function policyLabel({ name, recording }: Pick<EpisodeView, 'name' | 'recording'>): string {
  const { policy } = recording.header;
  const [run = policy.name] = name.includes('/') ? name.split('/') : [];
  const iteration = /(?:^|\/)recordings\/(\d{6,})\.safetensors$/.exec(name)?.[1];
  const steps = policy.trainedSteps > 0 ? `${integer(policy.trainedSteps)} steps` : 'untrained';
  const trained = iteration === undefined ? steps : `iteration ${integer(Number(iteration))}`;
  const kind = run === policy.kind ? [] : [policy.kind];
  return [run, ...(policy.kind === 'controller' ? [] : [trained]), ...kind].join(' · ');
}

type Drawn = Pick<EpisodeView, 'recording' | 'episode'>;

/** Whether two episodes have the same goal, or whatever else was drawn for them. */
export function hasSameGoal(one: Drawn, other: Drawn): boolean {
  const [a, b] = [one, other].map(({ episode, recording }) => paramsAt(episode, recording.header.spec, 0));
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export interface Timing {
  readonly steps: number;
  /** Seconds per control step. */
  readonly dt: number;
  /** First state within the goal; -1 where there is none. */
  readonly reachedAt: number;
}

export function timingOf({
  episode,
  recording,
  derived,
}: Pick<EpisodeView, 'episode' | 'recording' | 'derived'>): Timing {
  return { steps: episode.steps, dt: recording.header.spec.dt, reachedAt: derived.reachedAt };
}

/** A letter for each ghost, in the order of their colours. */
export function ghostLetter(i: number): string {
  return String.fromCharCode(65 + i);
}

/** A ghost's name in plots. */
export function ghostName(ghost: Pick<EpisodeView, 'ref' | 'recording'>, i: number, main: Engined): string {
  const engine = engineIn(ghost.recording, [main.recording]);
  return [ghostLetter(i), `episode ${ghost.ref.episode + 1}`, ...engine].join(' · ');
}

type Engined = { readonly recording: { readonly header: Pick<RecordingHeader, 'engine'> } };

/** What simulated an episode, where not all that are shown with it are of one engine: none or one name. */
export function engineIn({ header }: Engined['recording'], others: readonly Engined['recording'][]): string[] {
  const nameOf = ({ engine }: Pick<RecordingHeader, 'engine'>) => (engine ? engineName(engine) : 'Rapier');
  const own = nameOf(header);
  return others.some((other) => nameOf(other.header) !== own) ? [own] : [];
}

/** Where a ghost is while the episode that plays is at `position`; it rests before its start and after its end. */
export function ghostPosition(position: number, main: Timing, ghost: Timing, bySuccess: boolean): number {
  return clampToEpisode(ghostTime(position, main, ghost, bySuccess), ghost);
}

/** Where an episode rests before its start and after its end. */
export function clampToEpisode(time: number, { steps }: Pick<Timing, 'steps'>): number {
  return Math.min(Math.max(time, 0), steps);
}

/** The time of a ghost on its own clock, from before its start to after its end. */
export function ghostTime(position: number, main: Timing, ghost: Timing, bySuccess: boolean): number {
  const [from, to] = bySuccess && canAlignBySuccess(main, ghost) ? [main.reachedAt, ghost.reachedAt] : [0, 0];
  return to + (position - from) * (main.dt / ghost.dt);
}

/** The time of a ghost on its own clock, by the position of the episode that plays. */
export function ghostClock(main: Moment, ghost: EpisodeView): (position: number) => number {
  const [own, other] = [timingOf(main), timingOf(ghost)];
  return (position) => ghostTime(position, own, other, main.state.align === 'success');
}

/** Whether there are successes to align by. */
export function canAlignBySuccess(main: Timing, ghost: Timing): boolean {
  return main.reachedAt >= 0 && ghost.reachedAt >= 0;
}

/** From the first start to the last end, in whole control steps of the episode that plays. */
export function combinedSpan(main: Timing, ghosts: readonly Timing[], bySuccess: boolean): Span {
  const ends = ghosts.flatMap((ghost) => [0, ghost.steps].map((t) => ghostTime(t, ghost, main, bySuccess)));
  const [from, to] = [Math.min(0, ...ends), Math.max(main.steps, ...ends)];
  // A millionth of a step is rounding.
  return { from: Math.floor(from + 1e-6), to: Math.ceil(to - 1e-6), all: false };
}
