import type { Env, EnvConfig } from '../../envs/env.ts';
import { sceneWithStandIns, withStandIns } from '../../envs/model/stand-ins.ts';
import type { Credit, Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { mean, none, perStep } from '../baselines/simple.ts';
import type { BaselineEntry } from '../baselines/types.ts';
import type { RolloutRequest } from '../rollout/rollout.ts';
import { timeSteps } from '../train/batch.ts';
import { easeAt } from '../train/ease.ts';
import type { Learner } from '../train/learner.ts';
import type { Origin } from '../train/non-finite.ts';
import type { TrainConfig } from '../train/training.ts';

/** What a recording says of the policy that acted, and of how its advantages were estimated. */
export type Provenance = Pick<
  Recording['header'],
  'policy' | 'gamma' | 'lambda' | 'nSteps' | 'credit' | 'cutAfter' | 'ease'
>;

/** Episodes of an evaluation that a run saves, on the same goals each time: what was learned shows from one to the next. */
export const recordedEpisodes = 16;

/** Episodes of the final policy that a run saves. */
const finalEpisodes = 32;

/** The rollouts of its policy that a run ends with. */
export function finalRollouts({ training }: Learner): RolloutRequest {
  const until = { episodes: finalEpisodes };
  return { seed: training.config.seed, purpose: 'recording', index: 0, until, deterministic: true };
}

/** A policy as its recordings name it: after its configuration, not its folder, so that equal runs give equal files. */
export function provenanceOf(learner: Learner): Provenance {
  const { training, progress, policy } = learner;
  const { config, options } = training;
  const { gamma, lambda, advantage, nSteps } = options;
  return {
    policy: {
      name: runName(config),
      kind: config.algorithm,
      trainedSteps: progress.envSteps,
      squashed: policy.distribution.squashed || undefined,
    },
    gamma,
    // A return less its baseline is GAE with lambda 1.
    lambda: advantage === 'gae' ? lambda : advantage === 'td' ? 0 : 1,
    ...(advantage === 'n-step' && { nSteps }),
    ...creditOf(learner),
  };
}

/** The baselines whose number is the same in every state. */
const stateless: readonly BaselineEntry[] = [none, mean, perStep];

/** How training credits actions, where it does otherwise than with returns to go and values of states. */
function creditOf({ training, baseline }: Learner): Pick<Provenance, 'credit'> {
  const { bootstrap, returns } = training.options;
  const steps = training.baseline === perStep ? training.env.spec.horizon : 1;
  const credit: Credit = {
    ...(!bootstrap && { bootstrap }),
    ...(returns === 'full' && { whole: true }),
    ...(stateless.includes(training.baseline) && {
      baseline: Array.from(baseline.predict(new Float64Array(0), timeSteps(steps))),
    }),
  };
  return Object.keys(credit).length ? { credit } : {};
}

/** The same for an episode of the training that the learner did next: how that began, and whether it was cut off. */
export function provenanceInTraining(learner: Learner, { steps, end }: Trajectory): Provenance {
  const { env, progress, training } = learner;
  const { cutAfter } = training.options;
  const isCut = end === 'truncated' && steps === cutAfter && cutAfter < env.spec.horizon;
  const ease = easeAt(training.options, progress.envSteps / training.config.steps);
  return { ...provenanceOf(learner), ...(isCut && { cutAfter }), ...(ease && { ease }) };
}

/** The episode in which a number was none, as a file. */
export function faultRecording(learner: Learner, { episode, isOfTraining }: Origin): Promise<Uint8Array<ArrayBuffer>> {
  const provenance = isOfTraining ? provenanceInTraining(learner, episode) : provenanceOf(learner);
  return recordingOf(learner.env, [episode], provenance);
}

export function runName({ env, seed }: TrainConfig): string {
  return `${env.env}-s${seed}`;
}

/** Episodes with all that a replay needs, as a file. Other shapes stand for meshes that are not at hand. */
export function recordingOf(
  env: Env,
  episodes: readonly Trajectory[],
  provenance: Provenance,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeRecording({ header: headerOf(env, provenance), episodes, meshes: env.meshes });
}

/** What such a file says of itself. */
export function headerOf({ config, spec, scene, meshes, engine }: Env, provenance: Provenance): RecordingHeader {
  const { robot } = config;
  const env = robot ? { ...config, robot: withStandIns(robot, meshes) } : config;
  return { env, spec, scene: sceneWithStandIns(scene, meshes), ...(engine && { engine }), ...provenance };
}

/** What a command line adds to name the modules of an environment; nothing where there are none. */
export function moduleArgsOf({ modules = {} }: EnvConfig): string[] {
  return Object.entries(modules).flatMap(([kind, { path }]) => [`--${kind}`, path]);
}
