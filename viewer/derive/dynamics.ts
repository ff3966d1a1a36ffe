import type { Field } from '../../envs/spec.ts';
import { fixed } from '../dom/format.ts';

/** A number of an episode's world as text, with a unit in small print. */
interface Shown {
  readonly label: string;
  readonly text: string;
  readonly unit?: string;
}

type Show = (value: number) => Shown;

const factor =
  (label: string): Show =>
  (value) => ({ label, text: `×${fixed(value, 2)}` });

const shows: Readonly<Record<string, Show>> = {
  mass: factor('Mass'),
  'motor.stiffness': factor('Stiffness'),
  'motor.strength': factor('Strength'),
  payload: (value) => ({ label: 'Payload', text: fixed(value, 2), unit: 'kg' }),
  delay: (value) => ({ label: 'Delay', text: fixed(value, 0), unit: value === 1 ? 'step' : 'steps' }),
  'noise.position': (value) => ({ label: 'Noise', text: fixed(1000 * value, 1), unit: 'mm' }),
  start: (value) => ({ label: 'Start', text: `±${fixed(value, 2)}`, unit: 'rad' }),
  gravity: (value) => ({ label: 'Gravity', text: value === 1 ? 'pulls' : 'cancelled' }),
  friction: factor('Friction'),
};

/** A field as the panel shows it; of one that another version draws, its name and number. */
export function shownDynamics({ name, unit }: Pick<Field, 'name' | 'unit'>, value: number): Shown {
  return Object.hasOwn(shows, name) ? shows[name](value) : { label: name, text: fixed(value, 3), unit };
}
