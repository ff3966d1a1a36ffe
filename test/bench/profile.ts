import { stream } from '../../envs/math/random.ts';
import { RapierWorld } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { type RollOut, rollOut } from '../../src/rollout/rollout.ts';
import type { Learner } from '../../src/train/learner.ts';
import { timed } from './measure.ts';

/** Where time goes, by wrapping what does the work. A phase counts its own time, not that of another one within it. */
export interface Profile {
  /** ms by phase. */
  readonly spent: Readonly<Record<Phase, number>>;
  /** To run episodes by. */
  readonly roll: RollOut;
  /** Control steps simulated for training, and episodes begun. */
  readonly counts: { steps: number; episodes: number };
  release(): void;
}

export const phases = [
  'physics',
  'commanding',
  'reading',
  'resets',
  'policy',
  'noise',
  'observing and recording',
  'evaluation',
  'gradient',
  'baseline',
  'advantages and the rest',
] as const;
export type Phase = (typeof phases)[number];

/** What these call on is theirs: the forward pass of a gradient, the reading of an arm that is put in place. */
const closed: readonly Phase[] = ['gradient', 'baseline', 'resets'];

/** Wraps a learner and the world's classes until released. Everything a rollout does for evaluation is 'evaluation'. */
export function profileOf(learner: Learner): Profile {
  const spent = Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>;
  const counts = { steps: 0, episodes: 0 };
  const undo: (() => void)[] = [];
  let current: Phase = 'advantages and the rest';
  let since = performance.now();
  let judging = false;

  function enter(phase: Phase): Phase {
    const now = performance.now();
    spent[current] += now - since;
    since = now;
    const before = current;
    current = judging ? 'evaluation' : phase;
    return before;
  }

  function wrap<T extends object, K extends keyof T>(owner: T, method: K & string, phase: Phase): void {
    const original = owner[method] as (...args: unknown[]) => unknown;
    owner[method] = function (this: unknown, ...args: unknown[]) {
      if (closed.includes(current)) return original.apply(this, args);
      const before = enter(phase);
      try {
        return original.apply(this, args);
      } finally {
        enter(before);
      }
    } as T[K & string];
    undo.push(() => {
      owner[method] = original as T[K & string];
    });
  }

  wrap(RapierWorld.prototype, 'step', 'physics');
  wrap(Simulation.prototype, 'command', 'commanding');
  wrap(Simulation.prototype, 'read', 'reading');
  wrap(Simulation.prototype, 'place', 'resets');
  wrap(Simulation.prototype, 'remove', 'resets');
  wrap(learner.policy, 'outputs', 'policy');
  wrap(learner.policy.distribution, 'sample', 'policy');
  wrap(learner.policy.distribution, 'logProbability', 'policy');
  wrap(learner.algorithm, 'update', 'gradient');
  wrap(learner.baseline, 'fit', 'baseline');
  wrap(learner.baseline, 'predict', 'baseline');

  const roll: RollOut = (of, episodes) => {
    judging = episodes.purpose === 'evaluation';
    const before = enter('observing and recording');
    const done = rollOut(of, episodes);
    enter(before);
    if (!judging) {
      counts.steps += done.reduce((sum, { steps }) => sum + steps, 0);
      counts.episodes += done.length;
    }
    judging = false;
    enter(before);
    return done;
  };

  return {
    spent,
    roll,
    counts,
    release() {
      enter(current);
      for (const each of undo.reverse()) each();
      setApart(spent, counts.steps * learner.policy.distribution.actions);
    },
  };
}

/** Streams are closures that nothing can wrap: what so many normals cost, in rows of an episode each, is measured apart. */
function setApart(spent: Record<Phase, number>, normals: number): void {
  const perStream = 350;
  const noise = timed(() => {
    for (let k = 0; k < normals; k += perStream) {
      const random = stream(k, 'noise');
      for (let i = 0; i < perStream; i++) random.normal();
    }
  });
  spent.noise += noise;
  spent['observing and recording'] -= noise;
}
