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
  let turn: readonly number[] | undefined;
  let before: readonly [goal: readonly number[], turn?: readonly number[]] | null = null;
  let spread = 0;
  let pull: Control['pull'] = null;
  /** Steps after which what is pulled is let go of by itself. */
  let left = Number.POSITIVE_INFINITY;
  const goalGiven = (): Given[] => {
    if (!goal || !marker) return [];
    // A goal that nothing else moves stays where it was put.
    if (!spec.paramsMove && before?.[0] === goal && before[1] === turn) return [];
    const from = before?.[0] ?? goal;
    const moved = goal.map((x, i) => (x - from[i]) / spec.dt);
    before = [goal, turn];
    const given: Given[] = [{ kind: 'param', target: marker.param, values: goal }];
    if (velocity) given.push({ kind: 'param', target: velocity.name, values: moved });
    if (marker.rotation !== undefined && turn) given.push({ kind: 'param', target: marker.rotation, values: turn });
    return given;
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
      if (control.pull !== undefined) {
        pull = control.pull;
        left = pull?.steps ?? Number.POSITIVE_INFINITY;
      }
      if (control.goal !== undefined) [goal, turn] = [control.goal, control.turn];
      for (const [name, value] of Object.entries(control.dynamics ?? {})) {
        if (value === null) dynamics.delete(name);
        else dynamics.set(name, value);
      }
    },
    /** Counts a step in which it pulled. */
    pulled() {
      if (--left <= 0) pull = null;
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
      if (!held) turn = undefined;
      goal = held;
      before = null;
      pull = null;
    },
  };
}
