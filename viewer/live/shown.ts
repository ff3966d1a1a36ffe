/** How numbers of the world are shown. */
import type { Field } from '../../envs/spec.ts';
import { fixed } from '../dom/format.ts';
import type { Opened } from './worker/messages.ts';

/** How a number of the world is shown, and over which range. */
interface Shown {
  readonly label: string;
  readonly high: (opened: Pick<Opened, 'mass'>) => number;
  /** Of the range; 1 of its unit if not given. */
  readonly share?: number;
  readonly text: (value: number, opened: Opened) => string;
  /** Name of what is drawn for episodes that the number stands in place of. */
  readonly replaces?: string;
  /** Name of what is drawn for episodes that the number comes on top of, and its own label there. */
  readonly onTop?: { readonly of: string; readonly label: string };
}

/** A round number near a size. */
function round(size: number): number {
  const unit = 10 ** Math.floor(Math.log10(size));
  return unit * Math.max(1, Math.round(size / unit));
}

export const shown: Readonly<Record<string, Shown>> = {
  gravity: { label: 'Gravity', high: () => 20, share: 1 / 2000, text: (value) => `${fixed(value, 1)} m/s²` },
  payload: {
    label: 'Payload',
    // Links need not have a mass.
    high: ({ mass }) => round(mass > 0 ? mass / 2 : 1),
    share: 1 / 100,
    text: (value, { mass }) => (mass < 2 ? `${fixed(1000 * value, 0)} g` : `${fixed(value, 1)} kg`),
    onTop: { of: 'payload', label: 'More payload' },
  },
  strength: {
    label: 'Motor strength',
    high: () => 1,
    share: 1 / 100,
    text: (value) => `${fixed(100 * value, 0)} %`,
    onTop: { of: 'motor.strength', label: 'Share of strength' },
  },
  noise: {
    label: 'Sensor noise',
    high: () => 0.2,
    share: 1 / 100,
    text: (value) => fixed(value, 3),
    onTop: { of: 'noise.position', label: 'More noise' },
  },
  delay: {
    label: 'Delay',
    high: () => 10,
    text: (value, { header }) => `${fixed(1000 * value * header.spec.dt, 0)} ms`,
    replaces: 'delay',
  },
};

/**
 * From 0 to what, and in which steps: never beyond what is simulated, and as far as what the number replaces is drawn. Null for a
 * number that has no slider.
 * @param drawn what is drawn for episodes
 */
export function rangeOf(
  { name, high: most = Infinity }: Pick<Field, 'name' | 'high'>,
  opened: Pick<Opened, 'mass'>,
  drawn: readonly Field[] = [],
): { readonly high: number; readonly step: number } | null {
  if (!Object.hasOwn(shown, name)) return null;
  const { high: own, share, replaces } = shown[name];
  const farthest = drawn.find((field) => field.name === replaces)?.high ?? 0;
  const high = Math.min(most, Math.max(own(opened), farthest));
  return { high, step: share ? high * share : 1 };
}

/** What a slider is called, so that it is not taken for what was drawn for the episode. */
export function namesOf(
  { name, description }: Pick<Field, 'name' | 'description'>,
  drawn: readonly Field[],
): { readonly label: string; readonly title: string } {
  const { label, onTop } = shown[name];
  if (!onTop || !drawn.some((field) => field.name === onTop.of)) return { label, title: description };
  return { label: onTop.label, title: `${description}; on top of what was drawn for the episode` };
}
