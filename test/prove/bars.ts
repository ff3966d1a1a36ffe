import { arms } from '../../envs/arms/index.ts';
import { algorithms } from '../../src/algorithms/index.ts';

/** What Armature has to reach over many seeds: training runs, and what has to come of them. */
export interface Bar {
  readonly about: string;
  readonly runs: readonly Run[];
  /** Runs that have to pass; all, if not given. */
  readonly needed?: number;
}

export interface Run {
  readonly name: string;
  /** Arguments of `armature train`. */
  readonly train: readonly string[];
  /** Arguments of `armature eval` for the trained run, where more than training's own evaluations is asked. */
  readonly eval?: readonly string[];
  readonly passes: Rule;
}

/** The number of an outcome that is judged, as `--json` has it or made of that, and its bound. */
export interface Rule {
  readonly figure: string | ((outcome: Outcome) => number);
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The last line of a command's JSON. */
export type Outcome = Readonly<Record<string, unknown>>;

const seeds = [0, 1, 2];

function seeded(name: string, train: readonly string[], passes: Rule): Run[] {
  return seeds.map((seed) => ({
    name: `${name}, seed ${seed}`,
    train: [...train, '--seed', String(seed)],
    passes,
  }));
}

/** Options of an environment whose goals lie in a box of 0.55 x 0.9 x 0.65 m. */
export const wideBox = {
  goalLow: '-0.45,-0.45,0.05',
  goalHigh: '0.1,0.45,0.7',
  observeJoints: true,
  relativeGoal: true,
};

/** Least returns of dm_control's tasks. */
export const reacherBars = [
  { env: 'reacher-easy', bar: 800 },
  { env: 'reacher-hard', bar: 640 },
] as const;

/** Least success of any seed on tasks with an object, %. */
const objectBars = [
  { env: 'panda-push', atLeast: 97 },
  { env: 'panda-pick-and-place', atLeast: 80 },
] as const;

function objectBar(env: string, atLeast: number): Bar {
  return {
    about: `\`${env}\`, trained on the shaped reward with what is relative observed: success on 500 fresh goals`,
    runs: [0, 1, 2, 3, 4].map((seed) => ({
      name: `seed ${seed}`,
      train: [env, '--seed', String(seed)],
      eval: ['--episodes', '500'],
      passes: { figure: ({ success_rate: rate }) => 100 * Number(rate), unit: '%', atLeast },
    })),
  };
}

/** By how many points the success under the worst change of the world is above what is asked there. */
function successToSpare({ changes }: Outcome): number {
  const found = changes as readonly { readonly name: string; readonly success_rate: number }[];
  return 100 * Math.min(...found.map(({ name, success_rate: rate }) => rate - (name === 'start-far' ? 0.97 : 0.99)));
}

/** @param robots robot files, each with the flags that it needs, beside the arms that ship */
export function barsOf(robots: readonly (readonly string[])[]): Readonly<Record<string, Bar>> {
  const own = robots.map(([file, ...flags]) => [file.replace(/^.*[\\/]/, ''), '--arm', file, ...flags]);
  const all = [...Object.keys(arms).map((arm) => [arm, '--arm', arm]), ...own];
  return {
    reach: {
      about: '`reach` near home, default settings: solved within 40,000 steps',
      runs: all.flatMap(([name, ...arm]) =>
        seeded(name, ['reach', ...arm, '--until-solved'], { figure: 'solved_at', unit: 'steps', atMost: 40_000 }),
      ),
    },
    'reach-all': {
      about: '`reach --set region=all`, default settings: solved within 600,000 steps, on eight arms of ten',
      needed: Math.ceil(0.8 * all.length),
      runs: all.map(([name, ...arm]) => ({
        name,
        train: ['reach', ...arm, '--set', 'region=all', '--until-solved'],
        passes: { figure: 'solved_at', unit: 'steps', atMost: 600_000 },
      })),
    },
    'wide-box': {
      about:
        '`panda-reach-joints` with goals in a box of 0.55 x 0.9 x 0.65 m, default settings: solved within 250,000 steps, 14 of 15',
      needed: 14,
      runs: Object.keys(algorithms).flatMap((algorithm) => {
        const box = Object.entries(wideBox).flatMap(([option, value]) => ['--set', `${option}=${value}`]);
        const train = ['panda-reach-joints', '--algorithm', algorithm, '--steps', '250000', '--until-solved', ...box];
        return seeded(algorithm, train, { figure: 'solved_at', unit: 'steps', atMost: 250_000 });
      }),
    },
    'gym-reacher': {
      about: "Gymnasium's `reacher`, 400,000 steps: mean return of 500 fresh episodes",
      runs: [
        { algorithm: 'reinforce', atLeast: -5.5 },
        { algorithm: 'natural', atLeast: -4.15 },
      ].flatMap(({ algorithm, atLeast }) =>
        seeds.map((seed) => ({
          name: `${algorithm}, seed ${seed}`,
          train: ['reacher', '--algorithm', algorithm, '--steps', '400000', '--seed', String(seed)],
          eval: ['--episodes', '500'],
          passes: { figure: 'mean_return', unit: '', atLeast },
        })),
      ),
    },
    'reach-pose': {
      about: '`reach-pose`: goals reached at the end of their time, within 2 % of the reach and 0.1 rad',
      runs: ['panda', 'ur5e'].map((arm) => ({
        name: arm,
        train: ['reach-pose', '--reward', 'shaped', '--arm', arm],
        eval: ['--episodes', '100'],
        passes: { figure: 'mean_goals_reached', unit: '%', atLeast: 95 },
      })),
    },
    ...Object.fromEntries(objectBars.map(({ env, atLeast }) => [env, objectBar(env, atLeast)])),
    transfer: {
      about:
        '`panda-reach-joints --randomize transfer`, judged by `eval --robustness --engine mujoco`: points of success above 99 % of 500 goals (97 % from starts off by 0.6 rad) under the worst change',
      runs: [0, 1, 2, 3, 4].map((seed) => ({
        name: `seed ${seed}`,
        train: ['panda-reach-joints', '--steps', '180000', '--randomize', 'transfer', '--seed', String(seed)],
        eval: ['--robustness', '--engine', 'mujoco', '--episodes', '500'],
        passes: { figure: successToSpare, unit: 'points', atLeast: 0 },
      })),
    },
    reacher: {
      about: "dm_control's `reacher-easy` and `reacher-hard`: mean return of 1,000 steps, 100 episodes",
      runs: reacherBars.flatMap(({ env, bar: atLeast }) =>
        [0, 1, 2, 3, 4].map((seed) => ({
          name: `${env}, seed ${seed}`,
          train: [env, '--seed', String(seed)],
          eval: ['--episodes', '100'],
          passes: { figure: 'mean_return', unit: '', atLeast },
        })),
      ),
    },
    track: {
      about: '`track`: mean distance to the goal after the first second',
      runs: ['panda', 'ur5e', 'so101'].map((arm) => ({
        name: arm,
        train: ['track', '--arm', arm],
        eval: ['--episodes', '100'],
        passes: { figure: 'mean_mean_distance', unit: 'm', atMost: 0.02 },
      })),
    },
  };
}
