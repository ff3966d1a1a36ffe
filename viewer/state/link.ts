/** What a link holds of the page, as the text after `#`; pure. Unknown or broken parts are left out, never an error. */
import { type Loop, loops, type Selection, speeds } from './player.ts';
import type { Align, Arrange, ThemeChoice, Trail } from './types.ts';

export type Six = readonly [number, number, number, number, number, number];

export interface Link {
  /** Name of a file that the server has. */
  readonly file?: string;
  /** From 0. */
  readonly episode?: number;
  /** Control steps. */
  readonly time?: number;
  readonly speed?: number;
  readonly loop?: Loop;
  readonly selection?: Selection;
  /** Camera and target, m. */
  readonly camera?: Six;
  readonly follow?: boolean;
  readonly swarm?: boolean;
  readonly hidden?: readonly string[];
  readonly trail?: Trail;
  readonly theme?: ThemeChoice;
  readonly compare?: readonly { readonly file: string; readonly episode: number }[];
  readonly align?: Align;
  readonly arrange?: Arrange;
}

const words = {
  loop: loops,
  trail: ['plain', 'reward', 'advantage'],
  theme: ['system', 'light', 'dark'],
  align: ['start', 'success'],
  arrange: ['ghosts', 'split'],
} as const;

/** Episodes are counted from 1 in a link, as on the page. */
export function writeLink(link: Link): string {
  const { file, episode, time, speed, selection, camera, follow, swarm, hidden, compare } = link;
  const parts = new URLSearchParams();
  const put = (key: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') parts.append(key, String(value));
  };
  put('file', file);
  put('episode', episode === undefined ? undefined : episode + 1);
  put('time', time);
  put('speed', speed === 1 ? undefined : speed);
  put('selection', selection && `${selection.from}-${selection.to}`);
  for (const key of Object.keys(words) as (keyof typeof words)[]) {
    put(key, link[key] === defaults[key] ? undefined : link[key]);
  }
  put('camera', camera?.map((x) => Number(x.toFixed(4))).join(' '));
  put('follow', follow ? 'yes' : undefined);
  put('swarm', swarm ? 'yes' : undefined);
  put('hidden', hidden?.join(' '));
  for (const ref of compare ?? []) put('with', `${ref.episode + 1} ${ref.file}`);
  return parts.toString();
}

const defaults = { loop: 'off', trail: 'plain', theme: 'system', align: 'start', arrange: 'ghosts' } as const;

export function readLink(text: string): Link {
  const parts = new URLSearchParams(text.replace(/^#/, ''));
  const get = (key: string) => parts.get(key) ?? undefined;
  const episode = count(get('episode'));
  const speed = Number(get('speed') ?? Number.NaN);
  return clean({
    file: get('file'),
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
    swarm: get('swarm') === 'yes' ? true : undefined,
    hidden: get('hidden')?.split(' ').filter(Boolean),
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

/** Below zero where another episode begins before the one that plays. */
function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function selectionIn(text = ''): Selection | undefined {
  const [from, to] = (/^(-?\d+)-(-?\d+)$/.exec(text) ?? []).slice(1).map(whole);
  return from !== undefined && to !== undefined && from < to ? { from, to } : undefined;
}

function cameraIn(text = ''): Six | undefined {
  const numbers = text.split(' ').map(Number);
  const usable = numbers.length === 6 && numbers.every((x) => Number.isFinite(x) && Math.abs(x) < 1e4);
  return usable && text !== '' ? (numbers as unknown as Six) : undefined;
}

function refIn(text: string): { file: string; episode: number }[] {
  const found = /^(\d{1,9}) (.+)$/.exec(text);
  return found && Number(found[1]) > 0 ? [{ episode: Number(found[1]) - 1, file: found[2] }] : [];
}
