import { snapshotOf } from '../../src/rollout/acting-policy.ts';
import { type RolloutRequest, rollOut } from '../../src/rollout/rollout.ts';
import { pack } from '../../src/rollout/workers/transfer.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { type Learner, learn } from '../../src/train/learner.ts';
import { interleave, spread, timed } from './measure.ts';
import type { Grid, Section } from './report.ts';

/** What is trained, and how wide its network is. */
const subjects = [
  { env: 'panda-reach-joints', width: 64 },
  { env: 'panda-push', width: 64 },
  { env: 'panda-push', width: 256 },
  { env: 'panda-pick-and-place', width: 64 },
] as const;

/** Steps that are measured; all costs but that of the parameters grow along with them. */
const steps = 4000;

/** Threads of one machine, and how many times as fast as one of them they learn together, at best. */
const [threads, learners] = [8, 4];

/** Between two machines: a gigabit of wire, and a round trip of 0.2 ms. */
const [bytesPerMs, roundTrip] = [125_000, 0.2];

/** Of an iteration of so many steps. */
const batch = 100_000;

/** What an iteration of PPO weighs, and what more machines to simulate on would make of it. */
export async function machinesSection(rounds: number): Promise<Section> {
  const weights = subjects.map((subject) => ({ subject, ...weigh(subject, Math.min(rounds, 5)) }));
  return {
    name: 'machines',
    title: `Rollouts over machines: an iteration of ppo, measured on ${steps.toLocaleString('en-US')} steps and one thread`,
    figures: [],
    grids: [weightsOf(weights), speedUps(weights)],
    notes: [
      `Speed-ups are computed, not measured: ${batch.toLocaleString('en-US')} steps an iteration, ${threads} threads a machine, which learn ${learners} times as fast as one, a gigabit between machines, and no episode waited for.`,
    ],
  };
}

interface Weight {
  readonly subject: (typeof subjects)[number];
  /** Bytes of what a policy acts by, and of a recorded step. */
  readonly parameters: number;
  readonly step: number;
  /** Milliseconds of a step on one thread. */
  readonly simulating: number;
  readonly learning: number;
}

function weigh({ env, width }: (typeof subjects)[number], rounds: number): Omit<Weight, 'subject'> {
  const learner = learnerOf(configureTraining({ env, algorithm: 'ppo', options: { hiddenWidth: width } }));
  const episodes = rollOut(learner, request(learner, 0));
  const count = episodes.reduce((sum, { steps }) => sum + steps, 0);
  const indexed = episodes.map((trajectory, episode) => ({ episode, trajectory }));
  const { arrays } = pack(indexed, learner.env.spec, learner.acting.distribution);
  const { theta, normalizer, baseline } = snapshotOf(learner);
  const parts = [theta, normalizer.mean, normalizer.squares, ...Object.values(baseline)];
  let index = 0;
  const { simulate, update } = interleave(
    rounds,
    {
      simulate: () => timed(() => rollOut(learner, request(learner, ++index))),
      update: () => timed(() => learn(learner, episodes, 0)),
    },
    1,
  );
  return {
    parameters: parts.reduce((sum, { byteLength }) => sum + byteLength, 0),
    step: (arrays.F64.byteLength + arrays.F32.byteLength) / count,
    simulating: spread(simulate).median / count,
    learning: spread(update).median / count,
  };
}

function request({ training: { config } }: Learner, index: number): RolloutRequest {
  return { seed: config.seed, purpose: 'training', index, until: { steps }, deterministic: false };
}

function weightsOf(weights: readonly Weight[]): Grid {
  return {
    title: 'What an iteration weighs',
    heads: ['', 'width', 'parameters, kB', 'bytes a step', 'simulating, us a step', 'learning, us a step'],
    rows: weights.map(({ subject: { env, width }, parameters, step, simulating, learning }) => [
      env,
      width,
      parameters / 1000,
      step,
      1000 * simulating,
      1000 * learning,
    ]),
  };
}

function speedUps(weights: readonly Weight[]): Grid {
  const machines = [2, 4, 8];
  return {
    title: 'An iteration on one machine, and how many times as fast it would be on more',
    heads: ['', 'width', 'one machine, s', ...machines.map((count) => `${count} machines`)],
    rows: weights.map((weight) => {
      const one = iterationOn(1, weight);
      const { env, width } = weight.subject;
      return [env, width, one / 1000, ...machines.map((count) => one / iterationOn(count, weight))];
    }),
  };
}

/** Milliseconds of an iteration: simulated everywhere, brought together over one wire, learned from on one machine. */
function iterationOn(machines: number, { parameters, step, simulating, learning }: Weight): number {
  const others = machines - 1;
  const simulated = (batch * simulating) / (threads * machines);
  const brought = (others * parameters + ((batch * others) / machines) * step) / bytesPerMs;
  return simulated + (batch * learning) / learners + brought + (others ? roundTrip : 0);
}
