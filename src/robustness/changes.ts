import type { DynamicsName } from '../../envs/dynamics/fields.ts';
import type { DynamicsRanges } from '../../envs/dynamics/ranges.ts';

/** What a policy is held against: changes of the world that a real arm, or another simulation, may bring. */
export interface Change {
  readonly name: string;
  readonly label: string;
  readonly dynamics: DynamicsRanges;
}

const at = (value: number) => [value, value] as const;
const lagging = {
  payload: at(1),
  'motor.stiffness': at(0.5),
  delay: at(1),
  'noise.position': at(0.005),
  start: at(0.3),
  friction: at(0.7),
};

/** The task as it is, then each change by itself, then together. */
const changes: readonly Change[] = [
  { name: 'nominal', label: 'as the task has it', dynamics: {} },
  { name: 'gravity', label: 'gravity not cancelled', dynamics: { gravity: at(1) } },
  { name: 'mass', label: 'mass × 1.2, gravity not cancelled', dynamics: { mass: at(1.2), gravity: at(1) } },
  { name: 'payload', label: 'payload of 1 kg', dynamics: { payload: at(1) } },
  { name: 'motor.stiffness', label: 'motor stiffness × 0.5', dynamics: { 'motor.stiffness': at(0.5) } },
  { name: 'delay', label: 'one step of delay', dynamics: { delay: at(1) } },
  { name: 'noise.position', label: '5 mm of noise', dynamics: { 'noise.position': at(0.005) } },
  { name: 'start', label: 'start ± 0.3 rad', dynamics: { start: at(0.3) } },
  { name: 'start-far', label: 'start ± 0.6 rad', dynamics: { start: at(0.6) } },
  { name: 'friction', label: 'friction × 0.7', dynamics: { friction: at(0.7) } },
  { name: 'all', label: 'all of it at once, start ± 0.3 rad', dynamics: { mass: at(1.2), gravity: at(1), ...lagging } },
];

/** Those of the changes that can be made to a task, as far as they can be. */
export function changesFor(applicable: readonly DynamicsName[]): Change[] {
  const made = changes.map(({ dynamics, ...rest }) => {
    const entries = Object.entries(dynamics).filter(([name]) => (applicable as readonly string[]).includes(name));
    return { ...rest, dynamics: Object.fromEntries(entries) as DynamicsRanges };
  });
  // What is left of one may be what another is already.
  const keys = made.map(({ dynamics }) => JSON.stringify(dynamics));
  return made.filter((_, i) => keys.indexOf(keys[i]) === i);
}
