/** Links: the state of the page as the text after `#`; pure. Unknown or broken parts are left out, never an error. */
import { type Loop, loops, type StepRange, speeds } from './player.ts';
import { type CameraPose, hiddenAtFirst, trailColorings, type ViewOptions } from './state.ts';

export interface Link extends Partial<ViewOptions> {
  /** Name of a file that the server has. */
  readonly file?: string;
  /** From 0. */
  readonly episode?: number;
  /** Control steps. */
  readonly time?: number;
  /** The recording's usual speed where absent. */
  readonly speed?: number;
  readonly loop?: Loop;
  readonly selection?: StepRange;
  readonly camera?: CameraPose;
  /** Name of the file of a second policy. */
  readonly beside?: string;
  readonly compare?: readonly { readonly file: string; readonly episode: number }[];
  /** Whether to go live. No link to what is in view says so: what is live is not to be seen again. */
  readonly live?: boolean;
}

/** The allowed words of a part; the first is the default, which a link leaves out. */
const words = {
  loop: loops,
  trail: trailColorings,
  theme: ['system', 'light', 'dark'],
  align: ['start', 'success'],
  arrange: ['ghosts', 'split'],
} as const;

/** Episodes are counted from 1 in a link, as on the page. */
export function writeLink(link: Link): string {
  const { file, beside, episode, time, speed, selection, camera, follow, swarm, everyEpisode, hidden, compare } = link;
  const parts = new URLSearchParams();
  const put = (key: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') parts.append(key, String(value));
  };
  put('file', file);
  put('beside', beside);
  put('episode', episode === undefined ? undefined : episode + 1);
  put('time', time);
  put('speed', speed);
  put('selection', selection && `${selection.from}-${selection.to}`);
  for (const key of Object.keys(words) as (keyof typeof words)[]) {
    put(key, link[key] === words[key][0] ? undefined : link[key]);
  }
  put('camera', camera?.map((x) => Number(x.toFixed(4))).join(' '));
  put('follow', follow ? 'yes' : undefined);
  put('swarm', swarm ? (everyEpisode ? 'all' : 'yes') : undefined);
  put('hidden', hidden?.filter((name) => !hiddenAtFirst.includes(name)).join(' '));
  put('shown', hidden && hiddenAtFirst.filter((name) => !hidden.includes(name)).join(' '));
  for (const ref of compare ?? []) put('with', `${ref.episode + 1} ${ref.file}`);
  return parts.toString();
}

export function readLink(text: string): Link {
  const parts = new URLSearchParams(text.replace(/^#/, ''));
  const get = (key: string) => parts.get(key) ?? undefined;
  const episode = count(get('episode'));
  const speed = Number(get('speed') ?? Number.NaN);
  return clean({
    file: get('file'),
    beside: get('beside'),
    episode: episode === undefined ? undefined : episode - 1,
    time: whole(get('time')),
    speed: speed >= speeds[0] && speed <= speeds[speeds.length - 1] ? speed : undefined,
    selection: selectionIn(get('selection')),
    loop: oneOf(words.loop, get('loop')),
    trail: oneOf(words.trail, get('trail')),
    theme: oneOf(words.theme, get('theme')),
    align: oneOf(words.align, get('align')),
    arrange: oneOf(words.arrange, get('arrange')),
    camera: cameraIn(get('camera')),
    follow: get('follow') === 'yes' ? true : undefined,
    swarm: ['yes', 'all'].includes(get('swarm') ?? '') ? true : undefined,
    everyEpisode: get('swarm') === 'all' ? true : undefined,
    hidden: parts.has('hidden') || parts.has('shown') ? hiddenIn(get('hidden'), get('shown')) : undefined,
    live: get('live') === 'yes' ? true : undefined,
    compare: parts.has('with') ? parts.getAll('with').flatMap(refIn) : undefined,
  });
}

function clean(link: Link): Link {
  return Object.fromEntries(Object.entries(link).filter(([, value]) => value !== undefined));
}

function oneOf<T extends string>(allowed: readonly T[], text: string | undefined): T | undefined {
  return allowed.find((word) => word === text);
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A time; below zero where a ghost begins before the episode that plays. */
function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function selectionIn(text = ''): StepRange | undefined {
  const [from, to] = (/^(-?\d+)-(-?\d+)$/.exec(text) ?? []).slice(1).map(whole);
  return from !== undefined && to !== undefined && from < to ? { from, to } : undefined;
}

function cameraIn(text = ''): CameraPose | undefined {
  const numbers = text.split(' ').map(Number);
  const usable = numbers.length === 6 && numbers.every((x) => Number.isFinite(x) && Math.abs(x) < 1e4);
  return usable && text !== '' ? (numbers as unknown as CameraPose) : undefined;
}

function hiddenIn(hidden = '', shown = ''): string[] {
  const isShown = shown.split(' ');
  // Links of earlier versions call the policy's layer by another word.
  const named = hidden
    .replace(/\bmind\b/, 'policy')
    .split(' ')
    .filter(Boolean);
  return [...hiddenAtFirst.filter((name) => !isShown.includes(name)), ...named];
}

function refIn(text: string): { file: string; episode: number }[] {
  const found = /^(\d{1,9}) (.+)$/.exec(text);
  return found && Number(found[1]) > 0 ? [{ episode: Number(found[1]) - 1, file: found[2] }] : [];
}
