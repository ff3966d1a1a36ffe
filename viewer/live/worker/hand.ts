import type { Env } from '../../../envs/env.ts';
import type { Disturbance } from '../../../envs/trajectory.ts';
import type { Control } from './messages.ts';

type Given = Omit<Disturbance, 't'>;

export type Hand = ReturnType<typeof createHand>;

/** What a hand holds, and what of that the next step has to be told. */
export function createHand({ spec }: Env) {
  const [marker] = spec.markers;
  const velocity = marker && spec.params.find(({ name }) => name === `${marker.param}_velocity`);
  const dynamics = new Map<string, number>();
  let told = new Map<string, number>();
  let goal: readonly number[] | null = null;
  let before: readonly number[] | null = null;
  let spread = 0;
  let pull: Control['pull'] = null;
  const goalGiven = (): Given[] => {
    if (!goal || !marker) return [];
    // A goal that nothing else moves stays where it was put.
    if (!spec.paramsMove && before === goal) return [];
    const moved = goal.map((x, i) => (before ? (x - before[i]) / spec.dt : 0));
    before = goal;
    const given: Given[] = [{ kind: 'param', target: marker.param, values: goal }];
    return velocity ? [...given, { kind: 'param', target: velocity.name, values: moved }] : given;
  };
  return {
    get spread() {
      return spread;
    },
    get pull() {
      return pull;
    },
    get goal() {
      return goal;
    },
    control(control: Control) {
      if (control.spread !== undefined) spread = control.spread;
      if (control.pull !== undefined) pull = control.pull;
      if (control.goal !== undefined) goal = control.goal;
      for (const [name, value] of Object.entries(control.dynamics ?? {})) {
        if (value === null) dynamics.delete(name);
        else dynamics.set(name, value);
      }
    },
    /** What is new since the step before, or has to be said at every step; what is let go of is as usual again. */
    take(usual: Readonly<Record<string, number>>): Given[] {
      const released = [...told.keys()].filter((name) => !dynamics.has(name));
      const held = [...released.map((name) => [name, usual[name]] as const), ...dynamics];
      const changed = held.filter(([name, value]) => told.get(name) !== value);
      told = new Map(dynamics);
      const given = changed.map(([target, value]): Given => ({ kind: 'dynamics', target, values: [value] }));
      return [...given, ...goalGiven()];
    },
    /** Another episode has been told of nothing yet, and has a goal of its own where none is held. */
    again(held: readonly number[] | null) {
      told = new Map();
      goal = held;
      before = null;
      pull = null;
    },
  };
}
