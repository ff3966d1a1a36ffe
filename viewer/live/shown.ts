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
  },
  strength: { label: 'Motor strength', high: () => 1, share: 1 / 100, text: (value) => `${fixed(100 * value, 0)} %` },
  noise: { label: 'Sensor noise', high: () => 0.2, share: 1 / 100, text: (value) => fixed(value, 3) },
  delay: {
    label: 'Delay',
    high: () => 10,
    text: (value, { header }) => `${fixed(1000 * value * header.spec.dt, 0)} ms`,
  },
};

/** From 0 to what, and in which steps: never beyond what is simulated. Null for a number that has no slider. */
export function rangeOf(
  { name, high: most = Infinity }: Pick<Field, 'name' | 'high'>,
  opened: Pick<Opened, 'mass'>,
): { readonly high: number; readonly step: number } | null {
  if (!Object.hasOwn(shown, name)) return null;
  const { high: own, share } = shown[name];
  const high = Math.min(most, own(opened));
  return { high, step: share ? high * share : 1 };
}
