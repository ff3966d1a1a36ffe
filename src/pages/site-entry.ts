import { episodeSeed } from '../../envs/math/random.ts';
import { encodeMeshes } from '../../envs/recording/meshes.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { collect } from '../rollout/collect.ts';
import { encodeToAct } from '../run/encode-policy.ts';
import { isFolder, read } from '../run/files.ts';
import { provenanceOf, recordingOf } from '../run/recording.ts';
import { policyToAct } from '../run/to-act.ts';
import { type Evaluation, evaluate, evaluationGoals } from '../train/evaluate.ts';
import type { Learner } from '../train/learner.ts';
import { type ListedRecording, recordingsIn } from './library.ts';

/** A policy of a site, with all that its page loads. */
export interface SiteEntry {
  /** Of its folder. */
  readonly name: string;
  readonly learner: Learner;
  /** On fresh goals, by the mean action. */
  readonly evaluation: Evaluation;
  /** An episode that is worth a picture. */
  readonly shown: Trajectory;
  /** Files by their paths within its folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What its page offers, as the server of `view` lists recordings. */
  readonly offered: readonly unknown[];
}

/** Fresh goals that a policy is judged on, and episodes that are recorded of one that has no recordings. */
const [goals, recorded] = [100, 16];

/**
 * @param path of a run's folder or a policy's file, or the name of a policy that ships
 * @param name of its folder in the site
 * @throws Failure where there is no policy, or where a part of it is defined in a module of its author's
 */
export async function siteEntry(path: string, name: string, warn: (message: string) => void): Promise<SiteEntry> {
  const { learner, meshes } = await policyToAct(path, warn);
  const env = Object.keys(meshes).length ? { ...learner.env, meshes } : learner.env;
  const acting = { ...learner, env };
  const { evaluation, trajectories } = evaluate(env, actorOf(learner), {
    seed: 0,
    set: evaluationGoals,
    episodes: goals,
  });
  const files = new Map<string, Uint8Array>([['policy.safetensors', await encodeToAct(learner)]]);
  if (env.meshes) files.set('meshes.safetensors', await encodeMeshes(env.meshes));
  const policy = {
    name: `${name}/policy.safetensors`,
    url: 'policy.safetensors',
    ...(env.meshes && { meshes: 'meshes.safetensors' }),
  };
  const [run] = isFolder(path) ? recordingsIn(path) : [];
  const recording = run ? await taken(run, files) : await recordedOf(acting, files);
  return {
    name,
    learner: acting,
    evaluation,
    shown: tellingOf(trajectories),
    files,
    offered: [{ ...recording, name: `${name}/${recording.url}`, policy }],
  };
}

/** The recordings of a run, as they are. */
async function taken({ file, training = [] }: ListedRecording, files: Map<string, Uint8Array>) {
  const url = 'rollouts.safetensors';
  files.set(url, await read(file));
  const states = [];
  for (const { file: then, name, iteration, success } of training) {
    const at = `recordings/${String(iteration).padStart(6, '0')}.safetensors`;
    files.set(at, await read(then));
    states.push({ name, url: at, iteration, ...(success !== undefined && { success }) });
  }
  return { url, ...(states.length && { training: states }) };
}

/** Some episodes of a policy that has no recordings. */
async function recordedOf(learner: Learner, files: Map<string, Uint8Array>) {
  const url = 'rollouts.safetensors';
  const episodes = collect(learner.env, actorOf(learner), {
    seedOf: (episode) => episodeSeed(0, 'recording', 1, episode),
    until: { episodes: recorded },
    deterministic: true,
  });
  files.set(url, await recordingOf(learner.env, episodes, provenanceOf(learner)));
  return { url };
}

/** The longest of the episodes that reached their goal without detours; the first where none did. */
function tellingOf(episodes: readonly Trajectory[]): Trajectory {
  const reached = episodes.filter(({ success, end }) => success && end !== 'fault');
  const short = reached.filter(({ steps }) => steps <= 20);
  const among = short.length ? short : reached;
  return among.reduce((longest, one) => (one.steps > longest.steps ? one : longest), among[0] ?? episodes[0]);
}
